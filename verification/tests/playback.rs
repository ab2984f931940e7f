//! Runs as files: what is written is played again step by step, and what does not fit is refused by the step's number.
#![allow(missing_docs)]

use quorate_verification::playback::{
    FileError, ReplayError, Run, Settings, Told, TraceFile, Visitor, example, replay, visit, write,
};

/// A shortest run to a branch, with its file.
struct To(&'static str, &'static str);

impl Visitor for To {
    type Out = (Run, TraceFile);

    fn visit<M: Told>(self, model: M, bounds: &str) -> Self::Out {
        let Self(name, branch) = self;
        let path = example(&model, |model| model.has_reached(branch)).unwrap_or_else(|| panic!("{name}: {branch}"));
        let run = Run::of(&model, &path);
        let file = TraceFile::new(name, bounds, &Settings::default(), None, None, &run);
        (run, file)
    }
}

struct Again<'a>(&'a TraceFile);

impl Visitor for Again<'_> {
    type Out = Result<Vec<String>, ReplayError>;

    fn visit<M: Told>(self, model: M, bounds: &str) -> Self::Out {
        let path = replay(&model, bounds, self.0)?;
        Ok(Run::of(&model, &path).steps.into_iter().map(|step| step.says).collect())
    }
}

fn run_to(model: &'static str, branch: &'static str) -> (Run, TraceFile) {
    visit(model, &Settings::default(), To(model, branch)).expect("a model")
}

fn again(file: &TraceFile) -> Result<Vec<String>, ReplayError> {
    visit(&file.model, &file.settings, Again(file)).expect("a model")
}

#[test]
fn what_was_written_is_played_again() {
    for (model, branch) in [
        ("slot", "Adopted"),
        ("restart", "TailLost"),
        ("late", "LateReply"),
        ("stale", "NewBase"),
        ("rejoin", "Returned"),
    ] {
        let (run, file) = run_to(model, branch);
        assert!(!run.steps.is_empty());
        let read = TraceFile::parse(&file.text().unwrap()).unwrap();
        assert_eq!(read, file);
        let says: Vec<String> = run.steps.iter().map(|step| step.says.clone()).collect();
        assert_eq!(again(&read), Ok(says), "{model}");
    }
}

#[test]
fn a_run_that_does_not_fit_is_refused_by_the_number_of_its_step() {
    let (_, file) = run_to("slot", "Adopted");
    let last = file.steps.len();

    let mut swapped = file.clone();
    swapped.steps.swap(0, last - 1);
    assert!(matches!(again(&swapped), Err(ReplayError::Impossible { step: 1, .. })), "{:?}", again(&swapped));

    let mut strange = file.clone();
    strange.steps[1].action = serde_json::json!({"happened": {"explode": 3}});
    assert!(matches!(again(&strange), Err(ReplayError::Unreadable { step: 2, .. })));

    let mut elsewhere = file.clone();
    elsewhere.steps[last - 1].state ^= 1;
    let error = again(&elsewhere).unwrap_err();
    assert!(matches!(&error, ReplayError::Elsewhere { step, .. } if *step == last));
    assert!(error.to_string().contains(&format!("step {last} ")), "{error}");

    let mut salted = file.clone();
    salted.settings.salt = 7;
    assert!(matches!(again(&salted), Err(ReplayError::Start { .. })));

    let mut wider = file.clone();
    wider.settings.bounds.insert("crashes".to_owned(), 2);
    assert!(matches!(again(&wider), Err(ReplayError::Bounds { .. })));

    let mut blamed = file;
    blamed.property = Some("P1 Agreement".to_owned());
    let error = again(&blamed).unwrap_err();
    assert!(matches!(&error, ReplayError::Ending { here, .. } if here == "everything holds"), "{error}");
}

#[test]
fn a_file_of_something_else_is_refused() {
    let (_, file) = run_to("slot", "FastChosen");
    let text = file.text().unwrap();
    let parse = |from: &str, to: &str| TraceFile::parse(&text.replacen(from, to, 1)).unwrap_err();
    assert!(matches!(parse("quorate-check run", "a shopping list"), FileError::Format(_)));
    assert!(matches!(parse("\"version\": 1", "\"version\": 2"), FileError::Version(2)));
    assert!(matches!(parse("\"model\"", "\"modell\""), FileError::Json(_)));
    assert!(matches!(TraceFile::parse("{"), Err(FileError::Json(_))));
    assert!(matches!(TraceFile::read(std::path::Path::new("/nowhere/run.json")), Err(FileError::Io(_))));
}

#[test]
fn a_picture_shows_crashes_lost_writes_disks_and_messages_that_do_not_arrive() {
    let (run, file) = run_to("restart", "TailLost");
    let svg = run.svg(&file.title(), &[]);
    for part in
        ["the write is lost", "class=\"cross\"", "class=\"taken\"", "does not arrive in this run", "put B", ">n2<"]
    {
        assert!(svg.contains(part), "{part}");
    }
    assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
    let mermaid = run.mermaid(&file.title());
    for part in ["sequenceDiagram", "participant L0 as n0", "--x", "crash: the write is lost"] {
        assert!(mermaid.contains(part), "{part}: {mermaid}");
    }

    let (run, file) = run_to("slot", "FastChosen");
    let svg = run.svg(&file.title(), &[]);
    assert!(svg.contains("class=\"disk\"") && svg.contains("slot 2: B is chosen"));
    assert!(run.mermaid(&file.title()).contains("on disk: "));
}

#[test]
fn all_of_a_run_is_in_the_directory() {
    let directory = std::env::temp_dir().join(format!("quorate-playback-{}", std::process::id()));
    let (run, file) = run_to("slot", "FastChosen");
    let files = write(&directory, &file, &run, &[]).unwrap();
    assert_eq!(TraceFile::read(&files.json).unwrap(), file);
    for path in [&files.story, &files.svg, &files.mermaid] {
        assert!(std::fs::metadata(path).unwrap().len() > 100, "{}", path.display());
    }
    std::fs::remove_dir_all(&directory).unwrap();
}
