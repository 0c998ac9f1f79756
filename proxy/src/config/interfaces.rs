//! The `interfaces` of a namespace: what the public port forwards.

use super::reader::{Fields, Reader};

const DEFAULT: &str = "prism.keyvalue.v1.KeyValue";
/// Packages that are not for clients: plugins serve `Lifecycle` on a listener of
/// its own, and the proxy answers health checks itself.
const NOT_FOR_CLIENTS: [&str; 2] = ["prism.lifecycle.", "grpc.health."];

/// Reads the list; `None` notes a violation.
pub(super) fn interfaces(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Vec<String>> {
    let Some(node) = fields.optional("interfaces") else {
        return Some(vec![DEFAULT.to_owned()]);
    };
    let Some(items) = node.data.as_sequence().filter(|items| !items.is_empty()) else {
        reader.at(
            node,
            format!("`interfaces` must be a list of at least one gRPC service, such as {DEFAULT}"),
        );
        return None;
    };
    let mut found: Vec<String> = Vec::new();
    let mut valid = true;
    for item in items {
        let name = item.data.as_str().unwrap_or_default();
        match check(name) {
            Err(why) => {
                reader.at(item, why);
                valid = false;
            }
            Ok(()) if found.iter().any(|one| one == name) => {
                reader.at(item, format!("duplicate interface `{name}`"));
                valid = false;
            }
            Ok(()) => found.push(name.to_owned()),
        }
    }
    valid.then_some(found)
}

fn check(name: &str) -> Result<(), String> {
    if !is_service(name) {
        return Err(format!(
            "interface `{name}` must be the full name of a gRPC service, such as {DEFAULT}"
        ));
    }
    if NOT_FOR_CLIENTS
        .iter()
        .any(|package| name.starts_with(package))
    {
        return Err(format!(
            "interface `{name}` cannot be forwarded: it is not for clients"
        ));
    }
    Ok(())
}

/// Identifiers of protobuf, with dots between them.
fn is_service(name: &str) -> bool {
    name.split('.').all(|part| {
        let first = part.bytes().next();
        first.is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}
