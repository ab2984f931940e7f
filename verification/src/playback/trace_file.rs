//! A run as a file: enough to play it again, and to see that it is the same run.

use super::{Run, Settings, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// What the first field of a file says.
const FORMAT: &str = "quorate-check run";
/// The version that this build writes and reads.
const VERSION: u32 = 1;
/// Bytes of a file that is read.
const BYTES_MAX: u64 = 16 << 20;
/// Steps of a file that is read.
const STEPS_MAX: usize = 10_000;

/// A run with the model that it is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceFile {
    format: String,
    version: u32,
    /// The model's name.
    pub model: String,
    /// Its bounds, all of them, as `list` prints them: another build may have others under the same name.
    pub bounds: String,
    /// How it differs from the model of that name.
    pub settings: Settings,
    /// The wrong variant that was on.
    pub mutant: Option<String>,
    /// The property that breaks in the last state; none of an example.
    pub property: Option<String>,
    /// The digest of the first state.
    #[serde(with = "hex")]
    pub start: u64,
    /// The steps, in order.
    pub steps: Vec<FileStep>,
}

/// A step in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileStep {
    /// Its number, from 1, for people.
    pub step: usize,
    /// What happens, for people: nothing is read from it.
    pub says: String,
    /// What changed, for people.
    pub changes: Vec<String>,
    /// The action: what a replay looks for among those that may happen.
    pub action: Value,
    /// The digest of the state that it leads to.
    #[serde(with = "hex")]
    pub state: u64,
}

/// Why a file is none.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is larger than any run.
    #[error("it has more than {} MiB", BYTES_MAX >> 20)]
    TooLarge,
    /// It is not JSON, or has other fields.
    #[error("not a run of quorate-check: {0}")]
    Json(#[from] serde_json::Error),
    /// It is a file of something else.
    #[error("not a run of quorate-check: its format is '{0}'")]
    Format(String),
    /// It is of another version.
    #[error("it has version {0} of the format, this build reads version {VERSION}")]
    Version(u32),
    /// It has more steps than any run.
    #[error("it has {0} steps, more than {STEPS_MAX}")]
    TooLong(usize),
}

impl TraceFile {
    /// The file of a run.
    pub fn new(
        model: &str,
        bounds: &str,
        settings: &Settings,
        mutant: Option<&str>,
        property: Option<&str>,
        run: &Run,
    ) -> Self {
        let step = |(number, step): (usize, &Step)| FileStep {
            step: number,
            says: step.says.clone(),
            changes: step.changes.clone(),
            action: step.action.clone(),
            state: step.state,
        };
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            model: model.to_owned(),
            bounds: bounds.to_owned(),
            settings: settings.clone(),
            mutant: mutant.map(str::to_owned),
            property: property.map(str::to_owned),
            start: run.start,
            steps: (1..).zip(&run.steps).map(step).collect(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is too large, or holds no run of this version.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let mut text = String::new();
        std::fs::File::open(path)?.take(BYTES_MAX + 1).read_to_string(&mut text)?;
        if text.len() as u64 > BYTES_MAX {
            return Err(FileError::TooLarge);
        }
        Self::parse(&text)
    }

    /// Reads its text.
    ///
    /// # Errors
    /// As [`TraceFile::read`], but for the disk's.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let file: Self = serde_json::from_str(text)?;
        if file.format != FORMAT {
            return Err(FileError::Format(file.format));
        }
        if file.version != VERSION {
            return Err(FileError::Version(file.version));
        }
        if file.steps.len() > STEPS_MAX {
            return Err(FileError::TooLong(file.steps.len()));
        }
        Ok(file)
    }

    /// Its text.
    ///
    /// # Errors
    /// None that a run could cause.
    pub fn text(&self) -> Result<String, FileError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// A digest as text: programs that know numbers of 53 bits alone read the file as well.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(digest: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{digest:016x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map_err(|_| D::Error::custom(format!("'{text}' is no digest")))
    }
}
