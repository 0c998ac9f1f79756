//! The sections `connections` and `clients`, and the `limits` of namespaces.

use std::time::Duration;

use saphyr::MarkedYaml;

use super::{
    Clients, Connections, NamespaceLimits,
    reader::{Fields, Reader},
};

/// A million of anything is a mistake, more than an hour too.
const MOST: u64 = 1_000_000;
const LONGEST_MS: u64 = 3_600_000;
const MOST_BYTES: u64 = 1 << 30;

/// Reads the section; violations go to the reader.
pub(super) fn connections(reader: &mut Reader<'_>, node: &MarkedYaml<'_>) -> Connections {
    let mut found = Connections::default();
    let known = ["max", "header_ms", "idle_ms"];
    let Some(fields) = reader.fields(node, "connections", &known) else {
        return found;
    };
    count(reader, &fields, "max", &mut found.max);
    milliseconds(reader, &fields, "header_ms", &mut found.header);
    milliseconds(reader, &fields, "idle_ms", &mut found.idle);
    found
}

/// Reads the section; violations go to the reader.
pub(super) fn clients(reader: &mut Reader<'_>, node: &MarkedYaml<'_>) -> Clients {
    let mut found = Clients::default();
    let known = ["max_calls", "max_connections", "slow_reader_ms"];
    let Some(fields) = reader.fields(node, "clients", &known) else {
        return found;
    };
    count(reader, &fields, "max_calls", &mut found.max_calls);
    count(
        reader,
        &fields,
        "max_connections",
        &mut found.max_connections,
    );
    milliseconds(reader, &fields, "slow_reader_ms", &mut found.slow_reader);
    found
}

/// Reads the `limits` of a namespace; violations go to the reader.
pub(super) fn of_namespace(reader: &mut Reader<'_>, node: &MarkedYaml<'_>) -> NamespaceLimits {
    let known = ["calls_per_second", "max_calls", "max_request_bytes"];
    let Some(fields) = reader.fields(node, "limits", &known) else {
        return NamespaceLimits::default();
    };
    let rate = number(reader, &fields, "calls_per_second", MOST);
    let calls = number(reader, &fields, "max_calls", MOST);
    NamespaceLimits {
        calls_per_second: rate.and_then(|rate| u32::try_from(rate).ok()),
        max_calls: calls.and_then(|calls| usize::try_from(calls).ok()),
        max_request_bytes: number(reader, &fields, "max_request_bytes", MOST_BYTES),
    }
}

fn count(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, name: &str, into: &mut usize) {
    if let Some(number) = number(reader, fields, name, MOST) {
        *into = usize::try_from(number).unwrap_or(usize::MAX);
    }
}

fn milliseconds(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, name: &str, into: &mut Duration) {
    if let Some(ms) = number(reader, fields, name, LONGEST_MS) {
        *into = Duration::from_millis(ms);
    }
}

fn number(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, name: &str, most: u64) -> Option<u64> {
    let node = fields.optional(name)?;
    let number = node.data.as_integer().map(u64::try_from);
    match number {
        Some(Ok(number)) if (1..=most).contains(&number) => Some(number),
        _ => {
            reader.at(
                node,
                format!("`{name}` must be a whole number from 1 to {most}"),
            );
            None
        }
    }
}
