//! Histories as text.

mod support;

use quorate_history::{HEADER, HistoryError, Operation, ParseErrorKind, parse, parse_bytes, write};
use support::{Load, Store};

fn line(text: &str) -> Result<Operation, ParseErrorKind> {
    let text = format!("{HEADER}\n\n# a remark\n{text}\n");
    parse(text.as_bytes()).map(|mut history| history.remove(0)).map_err(|error| {
        assert_eq!(error.line, 4);
        error.kind
    })
}

/// The lines are part of the format: they may only change with its number.
#[test]
fn golden_lines_read_and_write_back() {
    let lines = [
        "3 1000 1450 :user/7 put :new%20value => done 12.0 -",
        "4 1100 - :user/7 cas version 11.3 :x => unknown",
        "4 1100 1200 :%00%FF%25 cas value : - => refused 4.1",
        "4 1100 1200 : cas absent :x => refused -",
        "5 1500 1600 :k get => read :v 12.0",
        "5 1500 1600 :k get => read - -",
        "5 1500 1600 :k del => not-applied",
        "6 18446744073709551615 18446744073709551615 :k incr -9223372036854775808 => done 1.63 :-9223372036854775808",
    ];
    for text in lines {
        let operation = line(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(operation.to_string(), text);
    }
    assert_eq!(HEADER, "quorate-history 1");
}

#[test]
fn whole_histories_come_back_as_they_were() {
    let mut store = Store::new(3);
    store.run(Load { clients: 5, keys: 3, operations: 500, unknown_one_in: 10, values: 0 });
    let mut text = Vec::new();
    write(&mut text, &store.history).expect("memory takes it");
    assert_eq!(parse(text.as_slice()), Ok(store.history));
}

#[test]
fn what_is_wrong_is_said_by_line_and_kind() {
    let malformed = |wanted, found: &str| Err(ParseErrorKind::Malformed { wanted, found: found.to_owned() });
    assert_eq!(line("1 2 3 :k"), Err(ParseErrorKind::Missing("an operation")));
    assert_eq!(line("1 2 3 :k put"), Err(ParseErrorKind::Missing("a value")));
    assert_eq!(line("1 2 3 :k get"), Err(ParseErrorKind::Missing("=>")));
    assert_eq!(line("x 2 3 :k get => unknown"), malformed("a process", "x"));
    assert_eq!(line("1 -2 3 :k get => unknown"), malformed("the time of the call", "-2"));
    assert_eq!(line("1 2 3 k get => unknown"), malformed("a key", "k"));
    assert_eq!(line("1 2 3 :%2 get => unknown"), malformed("a key", ":%2"));
    assert_eq!(line("1 2 3 :%zz get => unknown"), malformed("a key", ":%zz"));
    assert_eq!(line("1 2 3 :\u{e9} get => unknown"), malformed("a key", ":\u{e9}"));
    assert_eq!(line("1 2 3 :k got => unknown"), malformed("an operation", "got"));
    assert_eq!(line("1 2 3 :k get => read :a 1"), malformed("a version", "1"));
    assert_eq!(line("1 2 3 :k cas if :a :b => unknown"), malformed("absent, value or version", "if"));
    assert_eq!(line("1 2 3 :k  get => unknown"), malformed("an operation", ""));
    assert_eq!(line("1 2 3 :k get => unknown x"), Err(ParseErrorKind::Trailing("x".to_owned())));
    let impossible = Err(ParseErrorKind::Impossible(HistoryError::ReturnBeforeCall));
    assert_eq!(line("1 4 3 :k get => unknown"), impossible);
    let kind = |text: &[u8]| parse(text).map_err(|error| (error.line, error.kind));
    assert_eq!(kind(b""), Err((1, ParseErrorKind::NotAHistory)));
    assert_eq!(kind(b"1 2 3 :k get => unknown\n"), Err((1, ParseErrorKind::NotAHistory)));
    assert_eq!(kind(b"quorate-history 2\n"), Err((1, ParseErrorKind::UnknownFormatVersion("2".to_owned()))));
    let not_text = kind(b"quorate-history 1\n\xff\n");
    assert_eq!(not_text, Err((2, ParseErrorKind::Io(std::io::ErrorKind::InvalidData))));
}

/// Found by fuzzing: of the two readers, one took such a file and the other refused its first line.
#[test]
fn both_readers_take_lines_that_end_with_a_carriage_return() {
    let text = b"quorate-history 1\r\n1 2 3 :k get => read :v 1.0\r\n\r\n";
    let read = parse(&text[..]).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(parse_bytes(text, 2), Ok(read));
    let unended: [&[u8]; 2] = [b"quorate-history 1\r", b"quorate-history 1\n1 2 3 :k get => unknown\r"];
    assert!(unended.into_iter().all(|text| parse(text).is_err() && parse(text) == parse_bytes(text, 1)));
}
