/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Info,
    /// It could not be measured; the finding says why.
    Unmeasured,
    /// It will hurt under some circumstances.
    Warning,
    /// It hurts now.
    Error,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at.
    pub check: &'static str,
    /// What was found.
    pub found: String,
    /// Why that matters; empty where all is well.
    pub cause: String,
    /// What to do; empty where nothing is to be done.
    pub cure: String,
}

impl Level {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Unmeasured => "unmeasured",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    fn new(level: Level, check: &'static str, found: impl Into<String>) -> Self {
        Self { level, check, found: found.into(), cause: String::new(), cure: String::new() }
    }

    /// All is well.
    pub fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(Level::Ok, check, found)
    }

    /// Worth knowing.
    pub fn info(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(Level::Info, check, found)
    }

    /// It could not be measured.
    pub fn unmeasured(check: &'static str, why: impl Into<String>) -> Self {
        Self::new(Level::Unmeasured, check, why)
    }

    /// It will hurt under some circumstances.
    pub fn warning(
        check: &'static str,
        found: impl Into<String>,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { cause: cause.into(), cure: cure.into(), ..Self::new(Level::Warning, check, found) }
    }

    /// It hurts now.
    pub fn error(
        check: &'static str,
        found: impl Into<String>,
        cause: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { level: Level::Error, ..Self::warning(check, found, cause, cure) }
    }
}
