//! What a node is told: a file, then the environment, then flags; the later one wins.

mod error;
mod file;
mod limits;
mod merge;
mod origin;
mod overrides;
mod reload;
mod share;
#[cfg(test)]
mod tests;

pub use error::ConfigError;
pub use file::{FileConfig, LimitsTable};
pub use limits::{BOUNDS, Bound, Limits};
pub(crate) use merge::closest;
pub use origin::{Origin, OverrideOrigin, OverrideOrigins, Setting};
pub use overrides::{LogFormat, Overrides};
pub use share::{NotAShare, Share};

use merge::{Lines, Merge};

use quorate_protocol::{Config, ConfigEpoch, NodeId};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that one node runs with.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// The cluster's identity, drawn by `quorate init`.
    pub cluster: u128,
    /// This node.
    pub node: NodeId,
    /// Where peers and clients connect.
    pub listen: String,
    /// Where the admin port listens; `None`: nowhere.
    pub admin: Option<String>,
    /// The data directory.
    pub data: PathBuf,
    /// Where to record what every log does; `None`: nowhere.
    pub record: Option<PathBuf>,
    /// Every voter's address, this node's included.
    pub members: BTreeMap<NodeId, String>,
    /// Where this node reaches others, if not at their addresses in `members`. Clients are told the latter.
    pub dial: BTreeMap<NodeId, String>,
    /// The voters of `members`, in the epoch that the file names.
    pub voters: Config,
    /// What is logged, in the syntax of `tracing_subscriber::EnvFilter`.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Whether slow operations are remembered with their keys.
    pub show_keys: bool,
    /// The collector that spans are sent to; `None`: none.
    pub otlp_endpoint: Option<String>,
    /// Which share of the requests is traced whose client does not trace them.
    pub otlp_share: Share,
    /// Every bound.
    pub limits: Limits,
    /// All of the above as text, each with where it comes from.
    pub settings: Vec<Setting>,
}

impl NodeConfig {
    /// Reads `path` and applies `overrides` (environment and flags) to it.
    ///
    /// # Errors
    /// The file cannot be read or parsed, has an unknown key, or a value is out of its bounds.
    pub fn load(path: &Path, overrides: &Overrides) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })?;
        let file: FileConfig = toml::from_str(&text).map_err(|source| {
            let hint = merge::suggestion(source.message()).map(|meant| format!("did you mean `{meant}`?"));
            let message = format!("{}{}", source, hint.unwrap_or_default());
            ConfigError::Parse { path: path.to_path_buf(), message: message.trim_end().to_owned() }
        })?;
        Self::assemble(file, &merge::lines(&text), overrides, path.parent().unwrap_or(Path::new(".")))
    }

    /// A file's content with `overrides` over it; a relative data directory is relative to `directory`.
    ///
    /// # Errors
    /// A value is missing or out of its bounds.
    pub fn merge(file: FileConfig, overrides: &Overrides, directory: &Path) -> Result<Self, ConfigError> {
        Self::assemble(file, &Lines::new(), overrides, directory)
    }

    fn assemble(file: FileConfig, lines: &Lines, overrides: &Overrides, directory: &Path) -> Result<Self, ConfigError> {
        let mut merge = Merge::new(lines, overrides);
        let cluster = parse_cluster(&file.cluster)?;
        let node = NodeId(file.node);
        let members = parse_members(&file.members)?;
        let own = members.get(&node).ok_or(ConfigError::NotAMember(file.node))?.clone();
        let voters = Config::new(ConfigEpoch(file.epoch.unwrap_or(1)), members.keys().copied())
            .map_err(|error| ConfigError::Members(error.to_string()))?;
        merge.file_only("cluster", &file.cluster, true);
        merge.file_only("node", file.node, true);
        merge.file_only("epoch", voters.epoch().0, file.epoch.is_some());
        for (id, address) in &file.members {
            merge.file_only(&format!("members.{id}"), address, true);
        }
        let off = || ("off".to_owned(), Origin::Default);
        let on = |address: String| Some(address).filter(|address| address != "off");
        let listen = merge.pick("listen", overrides.listen.clone(), file.listen, || (own, Origin::Derived("members")));
        let admin = on(merge.pick("admin", overrides.admin.clone(), file.admin, off));
        let below = (directory.join(&file.data), merge.in_file("data"));
        let data = merge.over("data", overrides.data.clone(), below, |path| path.display().to_string());
        let below = match file.record {
            Some(record) => (Some(directory.join(record)), merge.in_file("record")),
            None => (None, Origin::Default),
        };
        let shown = |path: &Option<PathBuf>| path.as_ref().map_or("off".to_owned(), |path| path.display().to_string());
        let record = merge.over("record", overrides.record.clone().map(Some), below, shown);
        let log = merge.pick("log", overrides.log.clone(), file.log, || ("info".to_owned(), Origin::Default));
        let default = || (LogFormat::default(), Origin::Default);
        let log_format = merge.pick("log_format", overrides.log_format, file.log_format, default);
        let show_keys = merge.pick("show_keys", overrides.show_keys, file.show_keys, || (false, Origin::Default));
        let endpoint = merge.pick("otlp_endpoint", overrides.otlp_endpoint.clone(), file.otlp_endpoint, off);
        let otlp_endpoint = on(endpoint).map(check_otlp_endpoint).transpose()?;
        let default = || (Share::default(), Origin::Default);
        let otlp_share = merge.pick("otlp_share", overrides.otlp_share, file.otlp_share, default);
        let limits = Limits::resolve(&file.limits, overrides, &mut merge)?;
        let dial = check_dial(&overrides.dial, node, &members)?;
        for (node, address) in &dial {
            merge.above_only(&format!("dial.{}", node.0), "dial", address);
        }
        let settings = merge.finish();
        Ok(Self {
            cluster,
            node,
            listen,
            admin,
            data,
            record,
            dial,
            members,
            voters,
            log,
            log_format,
            show_keys,
            otlp_endpoint,
            otlp_share,
            limits,
            settings,
        })
    }

    /// Where this node reaches each member.
    pub fn dialled(&self) -> BTreeMap<NodeId, String> {
        let mut addresses = self.members.clone();
        addresses.extend(self.dial.clone());
        addresses
    }
}

/// A cluster id as written: 32 hexadecimal digits.
///
/// # Errors
/// It is something else, or zero, which on the wire means "any".
pub fn parse_cluster(text: &str) -> Result<u128, ConfigError> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u128::from_str_radix(text, 16) {
        Ok(id) if digits && id != 0 => Ok(id),
        _ => Err(ConfigError::Cluster(text.to_owned())),
    }
}

fn parse_members(members: &BTreeMap<String, String>) -> Result<BTreeMap<NodeId, String>, ConfigError> {
    let mut parsed = BTreeMap::new();
    for (node, address) in members {
        let id = node.parse::<u16>().ok().filter(|id| *id != 0 && *id != u16::MAX && id.to_string() == *node);
        let id = id.ok_or_else(|| ConfigError::MemberId(node.clone()))?;
        if !is_address(address) {
            return Err(ConfigError::Address(address.clone()));
        }
        parsed.insert(NodeId(id), address.clone());
    }
    Ok(parsed)
}

fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// `NODE=HOST:PORT`, as `--dial` takes it.
fn parse_dial(text: &str) -> Result<(NodeId, String), String> {
    let parsed = text.split_once('=').and_then(|(node, address)| Some((node.parse().ok()?, address)));
    let parsed = parsed.filter(|(_, address)| is_address(address));
    parsed.map(|(node, address)| (NodeId(node), address.to_owned())).ok_or_else(|| "NODE=HOST:PORT".to_owned())
}

fn check_dial(
    dial: &[(NodeId, String)],
    me: NodeId,
    members: &BTreeMap<NodeId, String>,
) -> Result<BTreeMap<NodeId, String>, ConfigError> {
    let stranger = dial.iter().find(|(node, _)| *node == me || !members.contains_key(node));
    stranger.map_or(Ok(()), |(node, _)| Err(ConfigError::Dial(node.0)))?;
    Ok(dial.iter().cloned().collect())
}

/// An address that spans can be sent to, by a build that sends them.
fn check_otlp_endpoint(url: String) -> Result<String, ConfigError> {
    let address = url.strip_prefix("http://").map(|rest| rest.split('/').next().unwrap_or(rest));
    if !address.is_some_and(is_address) {
        return Err(ConfigError::OtlpEndpoint(url));
    }
    if cfg!(feature = "otlp") { Ok(url) } else { Err(ConfigError::NoOtlp) }
}
