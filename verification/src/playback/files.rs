//! Everything of a run in a directory: the story, the pictures, the run for a program.

use super::{FileError, Run, TraceFile};
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The story.
    pub story: PathBuf,
    /// The picture.
    pub svg: PathBuf,
    /// The picture in Mermaid's language.
    pub mermaid: PathBuf,
    /// The run, for `replay` and `explore --trace`.
    pub json: PathBuf,
}

impl TraceFile {
    /// A title for the run's picture.
    pub fn title(&self) -> String {
        let mutant = self.mutant.as_ref().map_or(String::new(), |mutant| format!(" with {mutant}"));
        match &self.property {
            Some(property) => format!("{}{mutant}: {property} breaks in {} steps", self.model, self.steps.len()),
            None => format!("{}{mutant}: a run of {} steps", self.model, self.steps.len()),
        }
    }
}

/// Writes a run into a directory, which is made if it is not there. `about` is for below the picture's title. The names
/// begin with the model's, and with the mutant's where there is one.
///
/// # Errors
/// A file cannot be written.
pub fn write(directory: &Path, file: &TraceFile, run: &Run, about: &[String]) -> Result<Files, FileError> {
    std::fs::create_dir_all(directory)?;
    let name = match &file.mutant {
        Some(mutant) => format!("{}-{mutant}", file.model),
        None => file.model.clone(),
    };
    let path = |extension: &str| directory.join(format!("{name}.{extension}"));
    let files = Files { story: path("txt"), svg: path("svg"), mermaid: path("mmd"), json: path("json") };
    let title = file.title();
    std::fs::write(&files.story, format!("{title}\n{}", run.story()))?;
    std::fs::write(&files.svg, run.svg(&title, about))?;
    std::fs::write(&files.mermaid, run.mermaid(&title))?;
    std::fs::write(&files.json, file.text()?)?;
    Ok(files)
}
