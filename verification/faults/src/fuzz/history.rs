//! Recorded histories: their texts, and the search for an order behind them.

use quorate_history::{Bound, Checker, Format, HistoryError, Recording, check_versions, parse, write};

/// So little work that one input takes a moment; a bound that is reached is an answer too.
const WORK: Bound = Bound(2_000);

/// A history of any text, in the form that its beginning says. Ours, once it parses, is written back to what parses to
/// the same, a line at a time and in chunks alike; every form's operations are judged without a panic.
pub(super) fn history(data: &[u8]) {
    let Ok(recording) = Recording::read(data, 1) else {
        assert!(
            Format::of(data) != Some(Format::Quorate) || parse(data).is_err(),
            "one reader takes what another refuses"
        );
        return;
    };
    let history = recording.operations;
    if recording.format == Format::Quorate {
        let mut text = Vec::new();
        write(&mut text, &history).expect("memory takes all that is written");
        assert_eq!(parse(&*text).as_ref(), Ok(&history));
        assert_eq!(parse(data).as_ref(), Ok(&history));
        assert_eq!(Recording::read(data, 3).map(|again| again.operations).as_ref(), Ok(&history));
    }
    let checker = Checker { bound: WORK, initial: recording.initial, ..Checker::default() };
    let report = match checker.check(&history) {
        // Each operation was judged alone when it was read; this one speaks of two.
        Err((_, HistoryError::AppendAndIncrement)) => return,
        judged => judged.expect("every operation passed its check when it was read"),
    };
    assert_eq!(report.keys.values().map(|key| key.operations).sum::<usize>(), history.len());
    let _ = check_versions(&history);
}
