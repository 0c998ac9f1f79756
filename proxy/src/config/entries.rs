//! The `namespaces` list.

use std::{collections::HashMap, time::Duration};

use prism_transport::Endpoint;
use saphyr::MarkedYaml;

use super::{
    Namespace,
    interfaces::interfaces,
    limits,
    reader::{Fields, Reader},
};

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// A day: longer is a mistake in the unit.
const LONGEST_TIMEOUT_MS: u64 = 86_400_000;

/// Reads every namespace; violations go to the reader.
pub(super) fn namespaces(reader: &mut Reader<'_>, node: &MarkedYaml<'_>) -> Vec<Namespace> {
    let Some(items) = node.data.as_sequence().filter(|items| !items.is_empty()) else {
        reader.at(
            node,
            "`namespaces` must be a list of at least one namespace",
        );
        return Vec::new();
    };
    let mut first_lines = HashMap::new();
    let mut found = Vec::new();
    for item in items {
        let Some(namespace) = namespace(reader, item, &mut first_lines) else {
            continue;
        };
        check_endpoint(reader, item, &namespace, &found);
        found.push(namespace);
    }
    found
}

/// One endpoint has one set of keys, unless its plugin keeps namespaces apart.
fn check_endpoint(
    reader: &mut Reader<'_>,
    item: &MarkedYaml<'_>,
    namespace: &Namespace,
    others: &[Namespace],
) {
    let same = |other: &&Namespace| other.endpoint == namespace.endpoint;
    let Some(other) = others.iter().find(same) else {
        return;
    };
    if !(namespace.shared && other.shared) {
        reader.at(
            item,
            format!(
                "namespaces `{}` and `{}` share {} and would share their keys; set `shared: true` in \
                 both if the plugin keeps namespaces apart, as memstore and postgres do",
                other.name, namespace.name, namespace.endpoint
            ),
        );
    }
}

fn shared(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<bool> {
    let Some(node) = fields.optional("shared") else {
        return Some(false);
    };
    let shared = node.data.as_bool();
    if shared.is_none() {
        reader.at(node, "`shared` must be true or false");
    }
    shared
}

fn namespace(
    reader: &mut Reader<'_>,
    item: &MarkedYaml<'_>,
    first_lines: &mut HashMap<String, usize>,
) -> Option<Namespace> {
    let known = [
        "name",
        "backend",
        "endpoint",
        "interfaces",
        "timeout_ms",
        "shared",
        "limits",
    ];
    let fields = reader.fields(item, "namespace", &known)?;
    // Every field is read before any `?`, so that one bad field hides no other.
    let name = name(reader, &fields, first_lines);
    let backend = reader.string(&fields, "backend");
    let endpoint = endpoint(reader, &fields);
    let interfaces = interfaces(reader, &fields);
    let timeout = timeout(reader, &fields);
    let shared = shared(reader, &fields);
    let limits = fields.optional("limits");
    let limits = limits.map(|node| limits::of_namespace(reader, node));
    Some(Namespace {
        name: name?,
        backend: backend?.to_owned(),
        endpoint: endpoint?,
        interfaces: interfaces?,
        timeout: timeout?,
        shared: shared?,
        limits: limits.unwrap_or_default(),
    })
}

fn name(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    first_lines: &mut HashMap<String, usize>,
) -> Option<String> {
    let name = reader.string(fields, "name")?;
    let line = fields.optional("name")?.span.start.line();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.len() > 63 || !name.bytes().all(plain) {
        reader.at_line(
            line,
            format!("name `{name}` must be 1 to 63 of letters, digits, `-`, `_` and `.`"),
        );
        return None;
    }
    if let Some(first) = first_lines.get(name) {
        reader.at_line(
            line,
            format!("duplicate namespace `{name}`; first on line {first}"),
        );
        return None;
    }
    first_lines.insert(name.to_owned(), line);
    Some(name.to_owned())
}

fn endpoint(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Endpoint> {
    let text = reader.string(fields, "endpoint")?;
    let node = fields.optional("endpoint")?;
    text.parse()
        .map_err(|why: String| reader.at(node, why))
        .ok()
}

/// The outer `None` is a violation, the inner one "no limit".
#[allow(clippy::option_option)]
fn timeout(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Option<Duration>> {
    let Some(node) = fields.optional("timeout_ms") else {
        return Some(Some(DEFAULT_TIMEOUT));
    };
    match node.data.as_integer().map(u64::try_from) {
        Some(Ok(0)) => Some(None),
        Some(Ok(ms)) if ms <= LONGEST_TIMEOUT_MS => Some(Some(Duration::from_millis(ms))),
        _ => {
            reader.at(
                node,
                format!(
                    "`timeout_ms` must be a whole number from 0 (no limit) to {LONGEST_TIMEOUT_MS}"
                ),
            );
            None
        }
    }
}
