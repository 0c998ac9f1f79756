//! From a file's text and the environment to a [`Config`].

use std::{net::SocketAddr, path::Path, time::Duration};

use saphyr::{LoadableYamlNode, MarkedYaml};

use super::{
    Clients, Config, Connections, Environment, Violations, entries,
    environment::{ADDRESS_RULE, apply, host},
    limits,
    reader::{Fields, Reader},
    tls, tokens,
};

const DEFAULT_PORT: u16 = 8980;
const DEFAULT_ADMIN_PORT: u16 = 8981;
const DEFAULT_DRAIN_MS: u64 = 10_000;
const DEFAULT_LAME_DUCK_MS: u64 = 1000;

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
        collector: None,
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
    if let Some(node) = fields.optional("tls") {
        config.tls = tls::tls(reader, node);
    }
    if let Some(node) = reader.required(&fields, "namespaces") {
        config.namespaces = entries::namespaces(reader, node);
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
