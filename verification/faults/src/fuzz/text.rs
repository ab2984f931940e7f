//! Everything that reads a short text: names that people and tools pass on, a node's configuration.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quorate_client::{ClusterId, RequestToken, SEEN_KEYS_MAX, SESSION_TOKEN_BYTES_MAX, SessionToken};
use quorate_node::config::{FileConfig, NodeConfig, Overrides, parse_cluster};
use std::path::Path;

/// A request token, a cluster id. What parses prints, and what it prints parses to the same.
pub(super) fn names(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(token) = text.parse::<RequestToken>() {
        assert_eq!(token.to_string().parse(), Ok(token));
    }
    if let Ok(cluster) = text.parse::<ClusterId>() {
        assert_eq!(cluster.to_string().parse(), Ok(cluster));
    }
    if let Ok(cluster) = parse_cluster(text) {
        assert_eq!(text.parse(), Ok(ClusterId(cluster)), "the file and the client read one id differently");
        assert_ne!(cluster, 0);
    }
}

/// A session token: the text itself, and any bytes in a text whose form and checksum are right. What is taken is within
/// its bounds, prints as it was read, and can be handed on.
pub(super) fn session_token(data: &[u8]) {
    let sealed = [data, &crc32c::crc32c(data).to_le_bytes()].concat();
    let sealed = format!("qs1-{}", URL_SAFE_NO_PAD.encode(sealed));
    for text in std::str::from_utf8(data).ok().into_iter().chain([&*sealed]) {
        let Ok(token) = text.parse::<SessionToken>() else { continue };
        assert!(text.len() <= SESSION_TOKEN_BYTES_MAX && token.keys() <= SEEN_KEYS_MAX);
        assert_eq!(token.to_string(), text);
        let mut merged = SessionToken::empty(token.cluster());
        assert_eq!(merged.merge(&token), Ok(()));
        assert_eq!(merged, token, "nothing was seen before");
    }
}

/// A node's configuration file. What is taken has this node among its voters, and bounds above zero.
pub(super) fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(file) = toml::from_str::<FileConfig>(text) else { return };
    let Ok(config) = NodeConfig::merge(file, &Overrides::default(), Path::new("/data")) else { return };
    assert!(config.voters.is_voter(config.node) && config.members.len() == config.voters.voters().len());
    assert!(config.limits.connections > 0 && config.limits.inbox > 0 && config.limits.map_bytes > 0);
}
