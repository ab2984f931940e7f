use super::answer::Answer;
use super::{Exit, Failure};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Draws a cluster id, and writes one configuration and one data directory for each node.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// Where to write; must be empty or absent
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// How many nodes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=9))]
    pub nodes: u16,
    /// Node N listens on this port + N, its admin port is 100 above
    #[arg(long, default_value_t = 7400, value_parser = clap::value_parser!(u16).range(1..=65_400))]
    pub base_port: u16,
    /// The host that all addresses name; change the files for nodes on several machines
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
}

impl Init {
    /// Runs the command.
    ///
    /// # Errors
    /// The directory holds something, or cannot be written.
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let cluster = self.create()?;
        let mut text = format!("cluster {cluster:032x}\n");
        for node in 1..=self.nodes {
            let _ = writeln!(text, "node {node}: quorate serve -c {}", self.config_path(node).display());
        }
        let endpoints: Vec<String> = (1..=self.nodes).map(|node| self.address(node, 0)).collect();
        let next = format!(
            "Wrote {} configurations and data directories under {}. Start each node, then:\n  \
             export QUORATE_ENDPOINTS={}\n  quorate put greeting hello && quorate get greeting\n",
            self.nodes,
            self.out.display(),
            endpoints.join(",")
        );
        let answer = Answer::text("created", text, Exit::Ok).aside(next);
        let nodes: Value = (1..=self.nodes).map(|node| self.node_json(node)).collect();
        Ok(answer.with("cluster", format!("{cluster:032x}")).with("endpoints", endpoints).with("nodes", nodes))
    }

    fn node_json(&self, node: u16) -> Value {
        json!({
            "node": node,
            "config": self.config_path(node).display().to_string(),
            "data": self.data_path(node).display().to_string(),
            "listen": self.address(node, 0),
            "admin": self.address(node, 100),
        })
    }

    /// Writes everything; returns the cluster id.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) fn create(&self) -> Result<u128, Failure> {
        refuse_occupied(&self.out)?;
        let cluster = random_cluster()?;
        for node in 1..=self.nodes {
            super::identity::create(&self.data_path(node), cluster, node)?;
            let path = self.config_path(node);
            fs::write(&path, self.config(cluster, node)).map_err(|error| cannot_write(&path, &error))?;
        }
        Ok(cluster)
    }

    /// Where node `node`'s configuration goes.
    pub(crate) fn config_path(&self, node: u16) -> PathBuf {
        self.out.join(format!("node{node}.toml"))
    }

    fn data_path(&self, node: u16) -> PathBuf {
        self.out.join(format!("node{node}"))
    }

    /// Where node `node` listens; `offset` 100 for its admin port.
    pub(crate) fn address(&self, node: u16, offset: u16) -> String {
        format!("{}:{}", self.host, self.base_port + offset + node)
    }

    fn config(&self, cluster: u128, node: u16) -> String {
        let mut text = format!(
            "# Node {node} of {} of one Quorate cluster.\ncluster = \"{cluster:032x}\"\nnode = {node}\n\
             data = \"node{node}\"\nlisten = \"{}\"\nadmin = \"{}\"\n\n# Every voter; the same in every node's file.\n\
             [members]\n",
            self.nodes,
            self.address(node, 0),
            self.address(node, 100),
        );
        for member in 1..=self.nodes {
            let _ = writeln!(text, "{member} = \"{}\"", self.address(member, 0));
        }
        text
    }
}

fn refuse_occupied(out: &Path) -> Result<(), Failure> {
    match fs::read_dir(out) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::usage(format!("{} is not empty; nothing was written", out.display()))
                .hint("Name a directory with --out that is empty or does not exist yet.")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            fs::create_dir_all(out).map_err(|error| cannot_write(out, &error))
        }
        Err(error) => Err(cannot_write(out, &error)),
    }
}

fn random_cluster() -> Result<u128, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new(Exit::Unavailable, format!("no random numbers: {error}")))?;
    // Zero means "any cluster" on the wire; it comes up once in 2^128.
    Ok(u128::from_be_bytes(bytes).max(1))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot write {}: {error}", path.display()))
        .hint("Name a directory with --out that this user may write to.")
}
