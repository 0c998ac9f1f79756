//! The `clients` section: what one client may take.

use std::time::Duration;

use saphyr::MarkedYaml;

use super::{
    Clients,
    reader::{Fields, Reader},
};

/// A million calls is a mistake, an hour too.
const MOST_CALLS: u64 = 1_000_000;
const LONGEST_MS: u64 = 3_600_000;

/// Reads the section; violations go to the reader.
pub(super) fn clients(reader: &mut Reader<'_>, node: &MarkedYaml<'_>) -> Clients {
    let mut found = Clients::default();
    let known = ["max_calls", "slow_reader_ms"];
    let Some(fields) = reader.fields(node, "clients", &known) else {
        return found;
    };
    if let Some(calls) = number(reader, &fields, "max_calls", MOST_CALLS) {
        found.max_calls = usize::try_from(calls).unwrap_or(usize::MAX);
    }
    if let Some(ms) = number(reader, &fields, "slow_reader_ms", LONGEST_MS) {
        found.slow_reader = Duration::from_millis(ms);
    }
    found
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
