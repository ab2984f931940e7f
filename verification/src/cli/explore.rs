//! `quorate-check explore`.

use super::Exit;
use super::arguments::{CheckArguments, ExploreArguments};
use super::check::check_one;
use super::commands::{rerun, switch_on, usage};
use super::model_arguments::threads_or_all;
use super::verdict::trace_file;
use crate::check::Progress;
use crate::model::Shown;
use crate::playback::{Settings, Told, TraceFile, Visitor, replay, visit_core};
use stateright::Model;
use std::net::TcpListener;

/// Serves a model to a browser.
pub(super) fn run(options: &ExploreArguments, arguments: &[String]) -> Exit {
    let given = match options.trace.as_deref().map(|path| (path, TraceFile::read(path))) {
        None => None,
        Some((_, Ok(file))) => Some(file),
        Some((path, Err(error))) => return usage(format!("{}: {error}", path.display())),
    };
    let mutant = given.as_ref().map_or(options.settings.mutant.as_deref(), |file| file.mutant.as_deref());
    if mutant.is_some() && !quorate_protocol::MUTANTS_COMPILED_IN {
        return rerun(arguments);
    }
    let served = open(options, given.as_ref(), mutant).map_err(usage);
    served.map_or_else(|exit| exit, |()| Exit::Ok)
}

fn open(options: &ExploreArguments, given: Option<&TraceFile>, mutant: Option<&str>) -> Result<(), String> {
    let name = given.map(|file| file.model.as_str()).or(options.model.as_deref()).unwrap_or_default();
    let settings = given.map_or_else(|| options.settings.settings(), |file| file.settings.clone());
    // A busy port is said before a search, and not by a panic after it.
    TcpListener::bind(&options.addr).map_err(|error| format!("cannot listen on {}: {error}", options.addr))?;
    switch_on(mutant)?;
    let found = match given {
        None if mutant.is_some() => counterexample(name, options, &settings)?,
        _ => None,
    };
    visit_core(name, &settings, Explore { name, file: given.or(found.as_ref()), options })?
}

/// A counterexample of a model with a wrong variant on, if the model has one.
fn counterexample(name: &str, options: &ExploreArguments, settings: &Settings) -> Result<Option<TraceFile>, String> {
    println!("searching {name} for a counterexample first");
    let check = CheckArguments { model: options.settings.clone(), ..CheckArguments::default() };
    let outcome = check_one(name, &check, settings, &mut Progress::new(false))?;
    let mutant = options.settings.mutant.as_deref();
    let file = outcome.violation.as_ref().map(|violation| trace_file(&outcome, violation, settings, mutant));
    if file.is_none() {
        println!("nothing broke: it opens at the start");
    }
    Ok(file)
}

struct Explore<'a> {
    name: &'a str,
    file: Option<&'a TraceFile>,
    options: &'a ExploreArguments,
}

impl Visitor for Explore<'_> {
    type Out = Result<(), String>;

    fn visit<M: Told>(self, model: M, bounds: &str) -> Result<(), String> {
        let threads = threads_or_all(self.options.settings.threads);
        let shown = Shown(model);
        let at = match self.file {
            Some(file) => steps(&shown, bounds, file)?,
            None => String::new(),
        };
        let address = &self.options.addr;
        println!("exploring {} on http://{address} (end with ctrl-c)", self.name);
        if let Some(file) = self.file {
            println!("{}: http://{address}/#/steps{at}?offset=0", file.title());
        }
        shown.checker().threads(threads).serve(address.as_str());
        Ok(())
    }
}

/// The way to the end of a run, as the explorer's addresses have it: the place of the first state, and of each action
/// among those that its state has. The places hold for this very model: it numbers messages as it meets them.
fn steps<M: Told>(shown: &Shown<M>, bounds: &str, file: &TraceFile) -> Result<String, String> {
    let model = &shown.0;
    let path = replay(model, bounds, file).map_err(|error| error.to_string())?;
    let first = path.first().and_then(|(first, _)| model.init_states().iter().position(|state| state == first));
    let mut text = format!("/{}", first.unwrap_or_default());
    for (state, action) in &path {
        let Some(action) = action else { continue };
        let mut actions = Vec::new();
        model.actions(state, &mut actions);
        let place = actions.iter().position(|other| other == action);
        text.push_str(&format!("/{}", place.ok_or("a step that was just taken is none")?));
    }
    Ok(text)
}
