#![allow(clippy::indexing_slicing)]

use super::*;

const FILE: &str = r#"
    cluster = "0123456789abcdef0123456789abcdef"
    node = 2
    data = "node2"
    log = "warn"
    [members]
    1 = "127.0.0.1:1"
    2 = "127.0.0.1:2"
    3 = "127.0.0.1:3"
    [limits]
    connections = 7
"#;

fn merged(text: &str, overrides: &Overrides) -> Result<NodeConfig, ConfigError> {
    let file = toml::from_str(text).map_err(|e| ConfigError::Parse { path: "t".into(), message: e.to_string() })?;
    NodeConfig::merge(file, overrides, Path::new("/etc/quorate"))
}

#[test]
fn the_file_alone() {
    let config = merged(FILE, &Overrides::default()).unwrap();
    assert_eq!(config.listen, "127.0.0.1:2");
    assert_eq!(config.data, Path::new("/etc/quorate/node2"));
    assert_eq!(config.limits.connections, 7);
    assert_eq!(config.voters.majority(), 2);
    assert_eq!(config.admin, None);
}

#[test]
fn overrides_win() {
    let mut overrides = Overrides { listen: Some("[::1]:9".into()), log: Some("trace".into()), ..Overrides::default() };
    overrides.limits.connections = Some(9);
    let config = merged(FILE, &overrides).unwrap();
    assert_eq!((config.listen.as_str(), config.log.as_str(), config.limits.connections), ("[::1]:9", "trace", 9));
}

#[test]
fn peers_may_be_dialled_elsewhere() {
    let dial = |dial: &str| merged(FILE, &Overrides { dial: vec![parse_dial(dial).unwrap()], ..Overrides::default() });
    let config = dial("3=proxy:9").unwrap();
    assert_eq!(config.dialled().get(&NodeId(3)).map(String::as_str), Some("proxy:9"));
    assert_eq!(config.members.get(&NodeId(3)).map(String::as_str), Some("127.0.0.1:3"), "clients are told this one");
    for stranger in ["2=proxy:9", "4=proxy:9"] {
        assert!(matches!(dial(stranger), Err(ConfigError::Dial(_))), "{stranger}");
    }
    for wrong in ["3", "3=proxy", "x=proxy:9", "=proxy:9", "3=:9"] {
        assert!(parse_dial(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_a_running_node_takes_over() {
    let before = merged(FILE, &Overrides::default()).unwrap();
    let after = |from: &str, to: &str| merged(&FILE.replacen(from, to, 1), &Overrides::default()).unwrap();
    for (from, to) in [
        ("\"warn\"", "\"debug\""),
        ("log =", "show_keys = true\nlog ="),
        ("connections = 7", "connections = 7\nslow_ms = 1"),
    ] {
        assert!(before.needs_restart(&after(from, to)).is_empty(), "{to}");
    }
    assert_eq!(before.needs_restart(&after("connections = 7", "connections = 8")), ["limits"]);
    assert_eq!(before.needs_restart(&after("127.0.0.1:2", "127.0.0.1:4")), ["members", "listen"]);
    assert_eq!(
        before.needs_restart(&after("data = \"node2\"", "data = \"other\"\nadmin = \"[::1]:1\"")),
        ["data", "admin"]
    );
}

#[test]
fn each_value_has_its_origin() {
    let file = toml::from_str(FILE).unwrap();
    let mut overrides = Overrides { admin: Some("off".into()), ..Overrides::default() };
    overrides.limits.inbox = Some(5);
    let config = NodeConfig::assemble(file, &merge::lines(FILE), &overrides, Path::new("d")).unwrap();
    let origin = |name: &str| {
        let found: Vec<_> = config.settings.iter().filter(|setting| setting.name == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        (found[0].value.as_str(), found[0].origin.clone())
    };
    assert_eq!(origin("cluster").1, Origin::File { line: Some(2) });
    assert_eq!(origin("data"), ("d/node2", Origin::File { line: Some(4) }));
    assert_eq!(origin("listen"), ("127.0.0.1:2", Origin::Derived("members")));
    assert_eq!(origin("epoch"), ("1", Origin::Default));
    assert_eq!(origin("admin"), ("off", Origin::Override(OverrideOrigin::Program)));
    assert_eq!(origin("limits.connections"), ("7", Origin::File { line: Some(11) }));
    assert_eq!(origin("limits.inbox"), ("5", Origin::Override(OverrideOrigin::Program)));
    assert_eq!(origin("limits.outbox").1, Origin::Default);
    assert_eq!(config.settings.len(), 15 + BOUNDS.len(), "every key of the file");
}

#[test]
fn spans_go_to_an_address_that_this_build_can_send_to() {
    let told =
        |endpoint: &str| merged(FILE, &Overrides { otlp_endpoint: Some(endpoint.to_owned()), ..Overrides::default() });
    assert_eq!(told("off").unwrap().otlp_endpoint, None);
    for wrong in ["", "127.0.0.1:4318", "https://127.0.0.1:4318", "http://127.0.0.1", "http://:4318"] {
        assert!(matches!(told(wrong), Err(ConfigError::OtlpEndpoint(_))), "{wrong}");
    }
    for right in ["http://127.0.0.1:4318", "http://[::1]:4318/", "http://collector:80/v1/traces"] {
        match told(right) {
            Ok(config) => assert_eq!((cfg!(feature = "otlp"), config.otlp_endpoint.as_deref()), (true, Some(right))),
            Err(error) => assert!(!cfg!(feature = "otlp") && matches!(error, ConfigError::NoOtlp), "{error}"),
        }
    }
}

#[test]
fn unknown_keys_are_refused() {
    for text in [format!("lisen = \"x\"\n{FILE}"), format!("{FILE}\nconections = 1\n")] {
        let error = merged(&text, &Overrides::default()).unwrap_err().to_string();
        assert!(error.contains("unknown field"), "{error}");
    }
}

#[test]
fn every_bound_has_a_maximum() {
    for bound in BOUNDS {
        for value in [0, bound.max + 1] {
            let mut overrides = Overrides::default();
            *(bound.field)(&mut overrides.limits) = Some(value);
            let refused = merged(FILE, &overrides);
            assert!(matches!(refused, Err(ConfigError::Bound { .. })), "{} = {value}", bound.name);
        }
    }
    assert_eq!(Limits::default().connections, 1024);
}

#[test]
fn identities_are_checked() {
    for (from, to) in [
        ("node = 2", "node = 4"),
        ("2 = \"127", "02 = \"127"),
        ("2 = \"127", "0 = \"127"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("0123456789abcdef0123456789abcdef", "00000000000000000000000000000000"),
        ("0123456789abcdef0123456789abcdef", "+123456789abcdef0123456789abcdef"),
    ] {
        let text = FILE.replacen(from, to, 1);
        assert!(merged(&text, &Overrides::default()).is_err(), "{to} was taken");
    }
}
