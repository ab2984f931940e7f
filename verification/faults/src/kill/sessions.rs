use super::Plan;
use quorate_client::{Client, Consistency, Error, Session, SessionToken, Version};
use quorate_node::driver::SplitMix64;
use quorate_spec::SessionView;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Sessions beside the load.
const SESSIONS: u64 = 4;
/// Keys that they write, which nobody deletes and the load does not touch.
const KEYS: u64 = 12;
/// Tokens that wait for a session.
const TOKENS_MAX: usize = 4;
/// They are there to be judged, not to be a load.
const PAUSE: Duration = Duration::from_millis(2);

/// A token as it travels, as text, with what its session had truly seen.
type HandedOn = (String, SessionView<String, Version>);

/// What sessions did, and what they should not have seen (P22).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// Causal reads that returned.
    pub causal: u64,
    /// Eventual reads that returned.
    pub eventual: u64,
    /// Of these, the ones that were older than what their session had seen.
    pub older: u64,
    /// Writes that were acknowledged.
    pub writes: u64,
    /// Tokens that a session took over from another.
    pub handed_on: u64,
    /// Causal reads that unsaw something, and tokens that were not taken.
    pub faults: Vec<String>,
}

/// One session, its true view beside its token.
struct Walker {
    session: Session,
    view: SessionView<String, Version>,
    client: Client,
    random: SplitMix64,
    inbox: mpsc::Receiver<HandedOn>,
    next: mpsc::Sender<HandedOn>,
    done: Sessions,
}

/// Starts them, in a ring: each hands its token on to the next.
pub(super) fn start(
    runtime: &Runtime,
    clients: &[Client],
    plan: &Plan,
    stop: &Arc<AtomicBool>,
) -> Vec<JoinHandle<Sessions>> {
    let (senders, inboxes): (Vec<_>, Vec<_>) = (0..SESSIONS).map(|_| mpsc::channel(TOKENS_MAX)).unzip();
    let nexts = senders.iter().cycle().skip(1).cloned();
    let rings = inboxes.into_iter().zip(nexts).zip(clients.iter().cycle());
    let walkers = (0..).zip(rings).map(|(number, ((inbox, next), client))| Walker {
        session: client.session(),
        view: SessionView::default(),
        client: client.clone(),
        random: SplitMix64::new(plan.seed.wrapping_mul(0x2_0003) ^ number),
        inbox,
        next,
        done: Sessions::default(),
    });
    walkers.map(|walker| runtime.spawn(walker.run(stop.clone()))).collect()
}

impl Sessions {
    /// All of them together.
    pub(super) fn sum(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::default(), |mut sum, part| {
            sum.causal += part.causal;
            sum.eventual += part.eventual;
            sum.older += part.older;
            sum.writes += part.writes;
            sum.handed_on += part.handed_on;
            sum.faults.extend(part.faults);
            sum
        })
    }
}

impl std::fmt::Display for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { causal, eventual, older, writes, handed_on, faults } = self;
        write!(f, "{causal} causal reads, {eventual} eventual ones ({older} older than was seen), ")?;
        write!(f, "{writes} writes, {handed_on} tokens handed on; {} unseen", faults.len())
    }
}

impl Walker {
    async fn run(mut self, stop: Arc<AtomicBool>) -> Sessions {
        while !stop.load(Ordering::Relaxed) {
            self.take_over();
            let key = format!("session-{}", self.random.below(KEYS));
            match self.random.below(100) {
                0..50 => self.read(key, Consistency::Causal).await,
                50..65 => self.read(key, Consistency::Eventual).await,
                65..90 => self.write(key).await,
                90..98 => self.hand_on(),
                _ => self.begin_anew(),
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.done
    }

    async fn read(&mut self, key: String, consistency: Consistency) {
        let found = match self.session.get(key.clone()).consistency(consistency).await {
            Ok(found) => found,
            Err(error @ (Error::SessionAhead(_) | Error::ForeignToken(_))) => {
                return self.done.faults.push(error.to_string());
            }
            Err(_) => return,
        };
        // Nobody deletes these keys: one without a value was never written.
        let version = found.map(|found| found.version).unwrap_or_default();
        let unseen = self.view.allows(&key, &version).err();
        if consistency == Consistency::Causal {
            self.done.causal += 1;
            self.done.faults.extend(unseen.map(|violation| violation.to_string()));
        } else {
            self.done.eventual += 1;
            self.done.older += u64::from(unseen.is_some());
        }
        self.view.saw(&key, version);
    }

    async fn write(&mut self, key: String) {
        if let Ok(version) = self.session.put(key.clone(), "v").await {
            self.done.writes += 1;
            self.view.saw(&key, version);
        }
    }

    fn hand_on(&self) {
        // A full inbox: this token is lost on its way, as messages are.
        let _ = self.next.try_send((self.session.token().to_string(), self.view.clone()));
    }

    fn take_over(&mut self) {
        while let Ok((text, view)) = self.inbox.try_recv() {
            let taken = text.parse::<SessionToken>().map_err(|error| error.to_string());
            match taken.and_then(|token| self.session.observe(&token).map_err(|error| error.to_string())) {
                Ok(()) => {
                    self.view.handed_on(&view);
                    self.done.handed_on += 1;
                }
                Err(error) => self.done.faults.push(error),
            }
        }
    }

    /// Its work goes on elsewhere: another process would have the token's text and nothing else.
    fn begin_anew(&mut self) {
        let token = self.session.token().to_string().parse::<SessionToken>().map_err(|error| error.to_string());
        let begun =
            token.and_then(|token| Session::from_token(&self.client, &token).map_err(|error| error.to_string()));
        match begun {
            Ok(session) => self.session = session,
            Err(error) => self.done.faults.push(error),
        }
    }
}
