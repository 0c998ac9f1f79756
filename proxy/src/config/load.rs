//! From a file's text and the environment to a [`Config`].

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use saphyr::{LoadableYamlNode, MarkedYaml};

use super::{
    Clients, Config, Connections, Violations, entries, limits,
    reader::{Fields, Reader},
    tls, tokens,
};

/// Of listeners whose address nobody names. Images, whose network is their own,
/// set `PRISM_LISTEN_HOST`.
const DEFAULT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const DEFAULT_PORT: u16 = 8980;
const DEFAULT_ADMIN_PORT: u16 = 8981;
const DEFAULT_DRAIN_MS: u64 = 10_000;
const DEFAULT_LAME_DUCK_MS: u64 = 1000;

/// The variables that configuration reads.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `PRISM_LISTEN_HOST`: IP address of listeners that nothing else names.
    pub listen_host: Option<String>,
    /// `PRISM_LISTEN`: `address:port` of the data plane.
    pub listen: Option<String>,
    /// `PRISM_ADMIN_LISTEN`: `address:port` of the admin server.
    pub admin_listen: Option<String>,
    /// `PRISM_DRAIN_TIMEOUT_MS`: milliseconds.
    pub drain_timeout_ms: Option<String>,
    /// `PRISM_LAME_DUCK_MS`: milliseconds.
    pub lame_duck_ms: Option<String>,
}

impl Environment {
    /// Of this process. An empty variable counts as unset.
    #[must_use]
    pub fn of_process() -> Self {
        let get = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            listen_host: get("PRISM_LISTEN_HOST"),
            listen: get("PRISM_LISTEN"),
            admin_listen: get("PRISM_ADMIN_LISTEN"),
            drain_timeout_ms: get("PRISM_DRAIN_TIMEOUT_MS"),
            lame_duck_ms: get("PRISM_LAME_DUCK_MS"),
        }
    }
}

/// Reads and validates a configuration file.
///
/// # Errors
/// Every violation that was found, of the file and of the environment.
pub fn load(path: &Path, environment: &Environment) -> Result<Config, Violations> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let mut violations = Violations::default();
        violations.add(&file, format!("cannot be read: {error}"));
        violations
    })?;
    parse(&file, &text, environment)
}

/// Validates the text of a configuration file; `file` is its name in messages.
///
/// # Errors
/// Every violation that was found, of the text and of the environment.
pub fn parse(file: &str, text: &str, environment: &Environment) -> Result<Config, Violations> {
    let mut reader = Reader::new(file);
    let documents = MarkedYaml::load_from_str(text).unwrap_or_else(|error| {
        reader.at_line(
            error.marker().line(),
            format!("not valid YAML: {}", error.info()),
        );
        Vec::new()
    });
    let host = host(environment, &mut reader.violations);
    let mut config = Config {
        listen: SocketAddr::new(host, DEFAULT_PORT),
        admin_listen: SocketAddr::new(host, DEFAULT_ADMIN_PORT),
        drain_timeout: Duration::from_millis(DEFAULT_DRAIN_MS),
        lame_duck: Duration::from_millis(DEFAULT_LAME_DUCK_MS),
        tls: None,
        tokens: None,
        connections: Connections::default(),
        clients: Clients::default(),
        namespaces: Vec::new(),
    };
    match documents.as_slice() {
        [document] => read_document(&mut reader, document, &mut config),
        _ if !reader.violations.0.is_empty() => {}
        [] => reader.at_line(1, "the file is empty; expected `namespaces`"),
        [_, second, ..] => reader.at(second, "more than one YAML document"),
    }
    apply(environment, &mut config, &mut reader.violations);
    if reader.violations.0.is_empty() {
        Ok(config)
    } else {
        Err(reader.violations)
    }
}

fn read_document(reader: &mut Reader<'_>, document: &MarkedYaml<'_>, config: &mut Config) {
    let known = [
        "listen",
        "admin_listen",
        "connections",
        "clients",
        "tls",
        "tokens",
        "namespaces",
    ];
    let Some(fields) = reader.fields(document, "the configuration", &known) else {
        return;
    };
    address(reader, &fields, "listen", &mut config.listen);
    address(reader, &fields, "admin_listen", &mut config.admin_listen);
    if let Some(node) = fields.optional("clients") {
        config.clients = limits::clients(reader, node);
    }
    if let Some(node) = fields.optional("connections") {
        config.connections = limits::connections(reader, node);
    }
    if let Some(node) = reader.required(&fields, "namespaces") {
        config.namespaces = entries::namespaces(reader, node);
    }
    if let Some(node) = fields.optional("tls") {
        config.tls = tls::tls(reader, node);
    }
    if let Some(node) = fields.optional("tokens") {
        config.tokens = Some(tokens::tokens(reader, node, &config.namespaces));
    }
}

fn address(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, name: &str, into: &mut SocketAddr) {
    let Some(node) = fields.optional(name) else {
        return;
    };
    match node.data.as_str().map(str::parse) {
        Some(Ok(address)) => *into = address,
        _ => reader.at(node, format!("`{name}` {ADDRESS_RULE}")),
    }
}

const ADDRESS_RULE: &str = "must be an IP address and port, such as 0.0.0.0:8980";

fn host(environment: &Environment, violations: &mut Violations) -> IpAddr {
    match environment.listen_host.as_deref().map(str::parse) {
        Some(Ok(host)) => host,
        Some(Err(_)) => {
            violations.add(
                "PRISM_LISTEN_HOST",
                "must be an IP address, such as 0.0.0.0",
            );
            DEFAULT_HOST
        }
        None => DEFAULT_HOST,
    }
}

fn apply(environment: &Environment, config: &mut Config, violations: &mut Violations) {
    let mut set = |name: &str, value: &Option<String>, into: &mut SocketAddr| match value
        .as_deref()
        .map(str::parse)
    {
        Some(Ok(address)) => *into = address,
        Some(Err(_)) => violations.add(name, ADDRESS_RULE),
        None => {}
    };
    set("PRISM_LISTEN", &environment.listen, &mut config.listen);
    set(
        "PRISM_ADMIN_LISTEN",
        &environment.admin_listen,
        &mut config.admin_listen,
    );
    let mut set = |name: &str, value: &Option<String>, into: &mut Duration| match value
        .as_deref()
        .map(str::parse::<u32>)
    {
        Some(Ok(ms)) => *into = Duration::from_millis(ms.into()),
        Some(Err(_)) => violations.add(name, "must be a whole number of milliseconds"),
        None => {}
    };
    set(
        "PRISM_DRAIN_TIMEOUT_MS",
        &environment.drain_timeout_ms,
        &mut config.drain_timeout,
    );
    set(
        "PRISM_LAME_DUCK_MS",
        &environment.lame_duck_ms,
        &mut config.lame_duck,
    );
    let clash = config.listen == config.admin_listen && config.listen.port() != 0;
    if clash {
        violations.add(
            "listen",
            format!("both listeners would use {}", config.listen),
        );
    }
}
