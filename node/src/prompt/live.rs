use rustyline::ExternalPrinter;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A line above the prompt that is written again and again. It takes the place of itself as long as nothing else was
/// written since, and never touches what is being typed.
#[derive(Clone)]
pub(crate) struct LiveLine {
    printer: Arc<Mutex<dyn ExternalPrinter + Send>>,
    /// Whether it stands right above the prompt.
    stands: Arc<AtomicBool>,
    /// Whether the prompt does.
    prompts: Arc<AtomicBool>,
}

impl LiveLine {
    /// Over a terminal's own way to print beside its prompt.
    pub(super) fn new(printer: impl ExternalPrinter + Send + 'static) -> Self {
        let (stands, prompts) = (Arc::default(), Arc::default());
        Self { printer: Arc::new(Mutex::new(printer)), stands, prompts }
    }

    /// Writes it, if the prompt waits for somebody to type. Blocks while the terminal takes it.
    pub(crate) fn write(&self, line: &str) {
        if !self.prompts.load(Ordering::Acquire) {
            return;
        }
        let up = if self.stands.swap(true, Ordering::AcqRel) { "\x1b[1A\x1b[2K" } else { "" };
        // It must not wrap: the next one goes up by one line.
        let line: String = line.chars().take(columns().saturating_sub(1)).collect();
        let mut printer = self.printer.lock().unwrap_or_else(PoisonError::into_inner);
        // A terminal that is gone needs no line.
        let _ = printer.print(format!("{up}{line}\n"));
    }

    /// The prompt begins to wait, or ends.
    pub(super) fn prompts(&self, prompts: bool) {
        self.prompts.store(prompts, Ordering::Release);
        if !prompts {
            self.stands.store(false, Ordering::Release);
        }
    }
}

fn columns() -> usize {
    rustix::termios::tcgetwinsize(std::io::stdout()).map_or(80, |size| usize::from(size.ws_col.max(20)))
}
