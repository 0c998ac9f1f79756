use std::time::Duration;

use super::{Config, Connections, Environment, Violations, parse};

fn read(text: &str) -> Result<Config, Violations> {
    parse("c.yaml", text, &Environment::default())
}

fn problems(text: &str) -> Vec<String> {
    match read(text) {
        Ok(_) => Vec::new(),
        Err(violations) => violations.to_string().lines().map(str::to_owned).collect(),
    }
}

#[test]
fn the_example_is_valid() {
    let config = read(include_str!("../../config.example.yaml")).map_err(|v| v.to_string());
    let rows: Vec<_> = config
        .iter()
        .flat_map(|config| &config.namespaces)
        .map(|n| {
            (
                n.name.as_str(),
                n.backend.as_str(),
                n.endpoint.to_string(),
                n.timeout,
            )
        })
        .collect();
    let (two, ten) = (Some(Duration::from_secs(2)), Some(Duration::from_secs(10)));
    assert_eq!(
        rows,
        [
            (
                "memory",
                "memstore",
                "plugin-memstore:50100".to_owned(),
                two
            ),
            ("sql", "postgres", "plugin-postgres:50100".to_owned(), ten),
        ],
        "{config:?}"
    );
    let listen = config.map(|c| (c.listen.to_string(), c.admin_listen.to_string()));
    assert_eq!(
        listen,
        Ok(("127.0.0.1:8980".into(), "127.0.0.1:8981".into()))
    );
}

#[test]
fn interfaces_and_clients_have_defaults_and_limits() {
    let text = "\
clients: {max_calls: 5, slow_reader_ms: 250, max_connections: 6}
connections: {max: 7, header_ms: 8, idle_ms: 9}
namespaces:
  - {name: a, backend: b, endpoint: 'c:1'}
  - {name: b, backend: b, endpoint: 'c:2', interfaces: [x.v1.Y, _z.Z_2]}
";
    let config = read(text).map_err(|v| v.to_string());
    let lists: Vec<_> = config.iter().flat_map(|c| &c.namespaces).collect();
    let lists: Vec<_> = lists.iter().map(|n| n.interfaces.join(" ")).collect();
    assert_eq!(lists, ["prism.keyvalue.v1.KeyValue", "x.v1.Y _z.Z_2"]);
    let clients = config.map(|c| (c.clients.max_calls, c.clients.slow_reader.as_millis()));
    assert_eq!(clients, Ok((5, 250)));
    let connections = read(text).map(|c| {
        let Connections { max, header, idle } = c.connections;
        let times = (header.as_millis(), idle.as_millis());
        (c.clients.max_connections, max, times)
    });
    assert_eq!(connections, Ok((6, 7, (8, 9))));
    let clients = read("namespaces: [{name: a, backend: b, endpoint: 'c:1'}]");
    let clients = clients.map(|c| (c.clients.max_calls, c.clients.slow_reader.as_secs()));
    assert_eq!(clients, Ok((2000, 10)));

    let text = "\
clients: {max_calls: 0, slow_reader_ms: 1s, colour: red}
namespaces:
  - {name: a, backend: b, endpoint: 'c:1', interfaces: []}
  - {name: b, backend: b, endpoint: 'c:1', interfaces: x.Y}
  - name: c
    backend: b
    endpoint: 'c:1'
    interfaces:
      - prism.lifecycle.v1.Lifecycle
      - grpc.health.v1.Health
      - x.Y
      - /x.Y
      - x..Y
      - 'x.Y/'
      - '*'
      - ''
      - 7
      - x.Y
";
    let expected = [
        "c.yaml:1: unknown field `colour` in clients",
        "c.yaml:1: `max_calls` must be a whole number from 1 to 1000000",
        "c.yaml:1: `slow_reader_ms` must be",
        "c.yaml:3: `interfaces` must be a list of at least one gRPC service",
        "c.yaml:4: `interfaces` must be a list of at least one gRPC service",
        "c.yaml:9: interface `prism.lifecycle.v1.Lifecycle` cannot be forwarded",
        "c.yaml:10: interface `grpc.health.v1.Health` cannot be forwarded",
        "c.yaml:12: interface `/x.Y` must be the full name",
        "c.yaml:13: interface `x..Y` must be",
        "c.yaml:14: interface `x.Y/` must be",
        "c.yaml:15: interface `*` must be",
        "c.yaml:16: interface `` must be",
        "c.yaml:17: interface `` must be",
        "c.yaml:18: duplicate interface `x.Y`",
    ];
    let found = problems(text);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} is not {expected}");
    }
}

#[test]
fn every_violation_is_told_with_its_line() {
    let text = "\
listen: here
colour: red
namespaces:
  - name: a
    backend: memstore
    endpoint: nowhere
    timeout_ms: -1
  - name: a
    endpoint: host:1
    retries: 3
  - name: 7
    backend: ''
    endpoint: host:1
  - text
";
    let found = problems(text);
    let expected = [
        "c.yaml:2: unknown field `colour`",
        "c.yaml:1: `listen` must be an IP address and port",
        "c.yaml:6: endpoint `nowhere` has no port",
        "c.yaml:7: `timeout_ms` must be",
        "c.yaml:10: unknown field `retries`",
        "c.yaml:8: duplicate namespace `a`; first on line 4",
        "c.yaml:8: namespace has no `backend`",
        "c.yaml:11: `name` must be a non-empty string",
        "c.yaml:12: `backend` must be a non-empty string",
        "c.yaml:14: namespace must be a mapping",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} is not {expected}");
    }
}

#[test]
fn whole_files_are_refused() {
    for (text, expected) in [
        ("", "c.yaml:1: the file is empty"),
        ("[]", "c.yaml:1: the configuration must be a mapping"),
        (
            "listen: 0.0.0.0:1",
            "c.yaml:1: the configuration has no `namespaces`",
        ),
        (
            "namespaces: []",
            "c.yaml:1: `namespaces` must be a list of at least one",
        ),
        ("namespaces: [", "c.yaml:2: not valid YAML"),
        (
            "listen: 0.0.0.0:1\nlisten: 0.0.0.0:2\n",
            "c.yaml:2: not valid YAML: duplicated key",
        ),
        (
            "namespaces: {}\n---\nb: 1\n",
            "c.yaml:3: more than one YAML document",
        ),
    ] {
        let found = problems(text);
        assert!(
            found.first().is_some_and(|f| f.starts_with(expected)),
            "{text:?}: {found:?}"
        );
    }
}

#[test]
fn the_environment_overrides_and_is_validated() {
    let text = "listen: 127.0.0.1:1\nnamespaces: [{name: a, backend: b, endpoint: 'c:1'}]";
    let some = |text: &str| Some(text.to_owned());
    let good = Environment {
        listen_host: some("0.0.0.0"),
        listen: some("127.0.0.1:2"),
        admin_listen: some("[::1]:3"),
        drain_timeout_ms: some("250"),
        lame_duck_ms: some("7"),
        ..Environment::default()
    };
    let config = parse("c.yaml", text, &good).map(|c| {
        (
            c.listen.port(),
            c.admin_listen.port(),
            c.drain_timeout.as_millis(),
            c.lame_duck.as_millis(),
        )
    });
    assert_eq!(config, Ok((2, 3, 250, 7)));

    let bad = Environment {
        listen_host: some("everywhere"),
        listen: some("8980"),
        admin_listen: some("127.0.0.1:1"),
        drain_timeout_ms: some("1s"),
        lame_duck_ms: some("-1"),
        otlp_endpoint: some("https://c:4318"),
        service_name: None,
    };
    let places: Vec<_> = match parse("c.yaml", text, &bad) {
        Ok(_) => Vec::new(),
        Err(violations) => violations.0.into_iter().map(|v| v.place).collect(),
    };
    assert_eq!(
        places,
        [
            "PRISM_LISTEN_HOST",
            "PRISM_LISTEN",
            "PRISM_DRAIN_TIMEOUT_MS",
            "PRISM_LAME_DUCK_MS",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "listen"
        ]
    );

    let image = Environment {
        listen_host: some("0.0.0.0"),
        ..Environment::default()
    };
    let config = parse("c.yaml", text, &image);
    let listen = config.map(|c| (c.listen.to_string(), c.admin_listen.to_string()));
    assert_eq!(listen, Ok(("127.0.0.1:1".into(), "0.0.0.0:8981".into())));
}

#[test]
fn a_collector_is_a_plain_url() {
    let collector = |url: &str| {
        let environment = Environment {
            otlp_endpoint: Some(url.to_owned()),
            ..Environment::default()
        };
        let text = "namespaces: [{name: a, backend: b, endpoint: 'c:1'}]";
        let config = parse("c.yaml", text, &environment).ok()?;
        let found = config.collector?;
        Some((found.endpoint.to_string(), found.path, found.service))
    };
    for (url, path) in [
        ("http://c:4318", "/v1/traces"),
        ("http://c:4318/", "/v1/traces"),
        ("http://c:4318/otlp/", "/otlp/v1/traces"),
    ] {
        let found = ("c:4318".into(), path.into(), "prism-proxy".into());
        assert_eq!(collector(url), Some(found), "{url}");
    }
    for url in [
        "c:4318",
        "http://c",
        "http://c:x",
        "http://c:1/ a",
        "grpc://c:1",
    ] {
        assert_eq!(collector(url), None, "{url}");
    }
}

#[test]
fn one_endpoint_has_several_namespaces_only_where_both_say_so() {
    let of = |a: &str, b: &str| {
        problems(&format!(
            "namespaces:\n  - {{name: a, backend: m, endpoint: 'c:1'{a}}}\n  - {{name: b, backend: m, endpoint: 'c:1'{b}}}\n"
        ))
    };
    let shared = ", shared: true";
    assert_eq!(of(shared, shared), [""; 0]);
    for (a, b) in [
        ("", ""),
        (shared, ""),
        ("", shared),
        (shared, ", shared: false"),
    ] {
        let found = of(a, b);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("c.yaml:3: namespaces `a` and `b` share c:1"),
            "{found:?}"
        );
    }
    let odd = of(", shared: yes", ", shared: true");
    assert!(
        odd[0].starts_with("c.yaml:2: `shared` must be true or false"),
        "{odd:?}"
    );
}

#[test]
fn limits_and_tokens_are_read_and_checked() {
    let digest = "0f".repeat(32);
    let text = format!(
        "\
tokens:
  - {{name: shop, sha256: {digest}, namespaces: [a]}}
namespaces:
  - name: a
    backend: b
    endpoint: 'c:1'
    limits: {{calls_per_second: 5, max_calls: 6, max_request_bytes: 7}}
"
    );
    let config = read(&text).map_err(|v| v.to_string());
    let tokens: Vec<_> = config
        .iter()
        .flat_map(|c| c.tokens.clone())
        .flatten()
        .collect();
    assert_eq!(tokens.len(), 1, "{config:?}");
    assert_eq!(
        (tokens[0].sha256, &tokens[0].namespaces[..]),
        ([15; 32], &["a".to_owned()][..])
    );
    let limits = config.map(|c| c.namespaces[0].limits.clone());
    let limits = limits.map(|l| (l.calls_per_second, l.max_calls, l.max_request_bytes));
    assert_eq!(limits, Ok((Some(5), Some(6), Some(7))));

    let text = format!(
        "\
tokens:
  - {{name: shop, sha256: {digest}, namespaces: [z]}}
  - {{name: shop, sha256: {digest}, namespaces: [a]}}
  - {{sha256: secret, namespaces: []}}
namespaces:
  - name: a
    backend: b
    endpoint: 'c:1'
    limits: {{calls_per_second: 0, max_calls: many, colour: red}}
tls: {{cert: /nowhere, key: k, client_ca: [], colour: red}}
"
    );
    let expected = [
        "c.yaml:10: unknown field `colour` in tls",
        "c.yaml:10: `cert`: /nowhere: cannot be read",
        "c.yaml:10: `key`: k: cannot be read",
        "c.yaml:10: `client_ca` must be a non-empty string",
        "c.yaml:9: unknown field `colour` in limits",
        "c.yaml:9: `calls_per_second` must be a whole number",
        "c.yaml:9: `max_calls` must be a whole number",
        "c.yaml:2: no namespace `z` is configured",
        "c.yaml:3: the same token as on line 2",
        "c.yaml:4: token has no `name`",
        "c.yaml:4: `sha256` must be the 64 hexadecimal digits",
        "c.yaml:4: `namespaces` of a token must be a list",
    ];
    let found = problems(&text);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} is not {expected}");
    }
}
