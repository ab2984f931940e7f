use super::state::{KeyView, NodeView};
use crate::cli::{Failure, Target, connect};
use crate::demo::journal::prefix;
use crate::demo::stage::Stage;
use quorate_client::Client;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::sleep;

/// Asks every node how it is and what it holds, as long as somebody looks at the page.
#[derive(Clone, Debug)]
pub(super) struct Looker {
    seen: watch::Receiver<Option<(Instant, Look)>>,
    asked: Arc<AtomicBool>,
}

/// What the nodes said last.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// In the order of the nodes.
    pub(super) nodes: Vec<NodeView>,
    /// A few keys.
    pub(super) keys: Vec<KeyView>,
}

/// How often the nodes are asked.
const PAUSE: Duration = Duration::from_millis(700);
/// How long what the nodes said counts for something: nobody asks them while nobody looks.
const FRESH: Duration = Duration::from_secs(5);
/// How long a node may take; one that is frozen takes for ever.
const PATIENCE: Duration = Duration::from_millis(400);
/// Keys of the load that are shown.
const LOAD_KEYS: [&str; 3] = ["0", "1", "n3"];

impl Looker {
    /// Begins.
    ///
    /// # Errors
    /// No node can be reached.
    pub(super) async fn start(stage: &Arc<Stage>) -> Result<Self, Failure> {
        let impatient = Target { timeout: PATIENCE, ..stage.target().clone() };
        // A machine so busy that nobody answers in that time gets more.
        let client = match connect(&impatient).await {
            Ok(client) => client,
            Err(_) => connect(stage.target()).await?,
        };
        let (told, seen) = watch::channel(None);
        let asked = Arc::new(AtomicBool::new(false));
        tokio::spawn(run(Arc::clone(stage), client, told, Arc::clone(&asked)));
        Ok(Self { seen, asked })
    }

    /// What the nodes said last, nothing if that was long ago. They are asked again.
    pub(super) fn look(&self) -> Look {
        self.asked.store(true, Ordering::Relaxed);
        let seen = self.seen.borrow();
        let fresh = seen.as_ref().filter(|(at, _)| at.elapsed() < FRESH);
        fresh.map(|(_, look)| look.clone()).unwrap_or_default()
    }
}

async fn run(stage: Arc<Stage>, client: Client, told: watch::Sender<Option<(Instant, Look)>>, asked: Arc<AtomicBool>) {
    while !told.is_closed() {
        if asked.swap(false, Ordering::Relaxed) {
            let nodes = client.status().await.unwrap_or_default();
            let mut keys = Vec::new();
            for key in shown(&stage) {
                keys.extend(client.inspect(key.clone()).await.ok().map(|found| KeyView::new(key, &found)));
            }
            let look = Look { nodes: nodes.iter().map(NodeView::new).collect(), keys };
            told.send_replace(Some((Instant::now(), look)));
        }
        sleep(PAUSE).await;
    }
}

/// The keys that were typed last, and some of the load's.
fn shown(stage: &Stage) -> Vec<String> {
    let (operations, _) = stage.load().meter().totals();
    let chapter = prefix(stage.journal().chapter());
    let load = LOAD_KEYS.iter().filter(|_| operations > 0).map(|name| format!("{chapter}{name}"));
    stage.typed_keys().into_iter().chain(load).collect()
}
