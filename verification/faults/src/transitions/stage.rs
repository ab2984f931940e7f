use super::mismatch::{Mismatch, same};
use super::played::{Down, Played, Stop};
use bytes::Bytes;
use quorate_node::store::{Identity, LmdbStore, Store, StoreOptions};
use quorate_protocol::{Incarnation, LogId, LogRecord};
use quorate_verification::model::transitions::Witness;
use std::path::Path;

/// What was played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Performed {
    /// Witnesses that came out on the driver as in their models.
    pub witnesses: usize,
    /// Their steps.
    pub steps: usize,
    /// Commits of LMDB, each of which made many witnesses' records durable, as a node's commits do.
    pub commits: u64,
    /// Starts of the node.
    pub starts: u32,
}

/// Plays witnesses of one node side by side over one new LMDB environment in `directory`, each with a key of its own.
///
/// # Errors
/// The first witness that came out otherwise, by its index; or none, and the store failed.
pub fn perform(directory: &Path, witnesses: &[&Witness]) -> Result<Performed, (Option<usize>, Mismatch)> {
    let Some(first) = witnesses.first() else { return Ok(Performed::default()) };
    let replica = &first.replica;
    let identity = Identity::new(7, replica.me().node, replica.config().epoch());
    let mut stage = Stage { directory, identity, witnesses, playing: Vec::new(), performed: Performed::default() };
    LmdbStore::init(directory, &identity, OPTIONS).map_err(failed)?;
    let mut store = stage.open()?;
    stage.begin(&mut store)?;
    loop {
        let crashed = stage.play(&mut store)?;
        stage.performed.commits += store.commits();
        if crashed.is_empty() {
            return Ok(stage.performed);
        }
        drop(store);
        store = stage.open()?;
        stage.restart(crashed, &store)?;
    }
}

type Failure = (Option<usize>, Mismatch);

const OPTIONS: StoreOptions = StoreOptions { map_bytes: 1 << 30 };

struct Stage<'a> {
    directory: &'a Path,
    identity: Identity,
    witnesses: &'a [&'a Witness],
    playing: Vec<(usize, Played<'a>)>,
    performed: Performed,
}

impl<'a> Stage<'a> {
    /// Opens the store for one start more.
    fn open(&mut self) -> Result<LmdbStore, Failure> {
        let store = LmdbStore::open(self.directory, &self.identity, OPTIONS).map_err(failed)?;
        self.performed.starts += 1;
        Ok(store)
    }

    /// Writes what disks hold at first, and has everybody start from it.
    fn begin(&mut self, store: &mut LmdbStore) -> Result<(), Failure> {
        let keys = 0..self.witnesses.len();
        let keys = keys.map(|index| LogId::of_key(Bytes::from(format!("witness-{index}"))));
        let records: Vec<_> = keys.zip(self.witnesses).map(|(log, witness)| (log, witness.record.clone())).collect();
        store.commit(&records).map_err(failed)?;
        let found = store.identity().incarnation;
        for (index, ((log, _), witness)) in records.into_iter().zip(self.witnesses).enumerate() {
            let at = |mismatch| (Some(index), mismatch);
            same(0, "the incarnation", &found, &witness.replica.me().incarnation).map_err(at)?;
            self.playing.push((index, Played::new(witness, log, store.reader()).map_err(at)?));
        }
        Ok(())
    }

    /// Plays everybody to the end or to a crash. Those who wait for the disk are committed together.
    fn play(&mut self, store: &mut LmdbStore) -> Result<Vec<(usize, Down<'a>)>, Failure> {
        let (mut crashed, mut kept) = (Vec::new(), Vec::new());
        let mut playing = std::mem::take(&mut self.playing);
        while !playing.is_empty() {
            let (mut written, mut records) = (Vec::new(), Vec::new());
            for (index, mut played) in playing {
                match played.advance().map_err(|mismatch| (Some(index), mismatch))? {
                    Stop::Commit(record) => {
                        records.push((played.log().clone(), record));
                        written.push((index, played));
                    }
                    Stop::Crash(record) => {
                        kept.extend(record.map(|record| (played.log().clone(), record)));
                        crashed.push((index, played.crash()));
                    }
                    Stop::End => {
                        self.performed.witnesses += 1;
                        self.performed.steps += self.witnesses.get(index).map_or(0, |witness| witness.steps.len());
                    }
                }
            }
            commit(store, &records)?;
            let reader = store.reader();
            for (index, played) in &mut written {
                played.confirm(&reader).map_err(|mismatch| (Some(*index), mismatch))?;
            }
            playing = written;
        }
        // The last thing that the disk did before the node went.
        commit(store, &kept)?;
        Ok(crashed)
    }

    fn restart(&mut self, crashed: Vec<(usize, Down<'a>)>, store: &LmdbStore) -> Result<(), Failure> {
        let incarnation: Incarnation = store.identity().incarnation;
        for (index, down) in crashed {
            let restarted = down.restart(store.reader(), incarnation);
            self.playing.push((index, restarted.map_err(|mismatch| (Some(index), mismatch))?));
        }
        Ok(())
    }
}

fn commit(store: &mut LmdbStore, records: &[(LogId, LogRecord)]) -> Result<(), Failure> {
    if records.is_empty() { Ok(()) } else { store.commit(records).map_err(failed) }
}

fn failed(error: quorate_node::store::StoreError) -> Failure {
    (None, error.into())
}
