use quorate_node::store::{LoadError, Records, decode_record, encode_record};
use quorate_protocol::{ConfigEpoch, LogId, LogRecord};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a simulated disk holds for sure, in the shipped record format.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    records: Rc<RefCell<BTreeMap<LogId, Vec<u8>>>>,
    epoch: ConfigEpoch,
}

/// The reading half of a [`Disk`], for a driver.
#[derive(Clone, Debug)]
pub struct DiskView(Disk);

impl Disk {
    /// An empty disk of a node in this epoch.
    pub fn new(epoch: ConfigEpoch) -> Self {
        Self { records: Rc::default(), epoch }
    }

    /// Makes a record durable.
    pub fn put(&self, log: &LogId, record: &LogRecord) {
        let bytes = encode_record(self.epoch, log, record);
        self.records.borrow_mut().insert(log.clone(), bytes);
    }

    /// What is durable for a log.
    ///
    /// # Errors
    /// The bytes are no record: a fault of the codec.
    pub fn get(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError> {
        let records = self.records.borrow();
        Ok(records.get(log).map(|bytes| decode_record(self.epoch, log, bytes)).transpose()?)
    }

    /// For a driver.
    pub fn view(&self) -> DiskView {
        DiskView(self.clone())
    }
}

impl Records for DiskView {
    fn load(&self, log: &LogId) -> Result<Option<LogRecord>, LoadError> {
        self.0.get(log)
    }
}
