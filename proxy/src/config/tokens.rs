//! The `tokens` list: who may use which namespaces.

use std::collections::HashMap;

use saphyr::MarkedYaml;

use super::{
    Namespace, Token,
    reader::{Fields, Reader},
};

/// Reads the list; violations go to the reader. An empty list lets nobody in.
pub(super) fn tokens(
    reader: &mut Reader<'_>,
    node: &MarkedYaml<'_>,
    namespaces: &[Namespace],
) -> Vec<Token> {
    let Some(items) = node.data.as_sequence() else {
        reader.at(node, "`tokens` must be a list");
        return Vec::new();
    };
    let mut lines = HashMap::new();
    let mut found = Vec::new();
    for item in items {
        let Some(token) = token(reader, item, namespaces) else {
            continue;
        };
        let line = item.span.start.line();
        if let Some(first) = lines.insert(token.sha256, line) {
            reader.at(item, format!("the same token as on line {first}"));
        }
        found.push(token);
    }
    found
}

fn token(
    reader: &mut Reader<'_>,
    item: &MarkedYaml<'_>,
    namespaces: &[Namespace],
) -> Option<Token> {
    let fields = reader.fields(item, "token", &["name", "sha256", "namespaces"])?;
    let name = reader.string(&fields, "name").map(str::to_owned);
    let sha256 = sha256(reader, &fields);
    let namespaces = allowed(reader, &fields, namespaces);
    Some(Token {
        name: name?,
        sha256: sha256?,
        namespaces: namespaces?,
    })
}

fn sha256(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<[u8; 32]> {
    let node = reader.required(fields, "sha256")?;
    let digest = node.data.as_str().and_then(from_hex);
    if digest.is_none() {
        reader.at(
            node,
            "`sha256` must be the 64 hexadecimal digits of the token's SHA-256: printf %s \"$TOKEN\" | sha256sum",
        );
    }
    digest
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
        let pair = text.get(at..at + 2)?;
        // `from_str_radix` takes a sign, too.
        if !pair.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(digest)
}

fn allowed(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    namespaces: &[Namespace],
) -> Option<Vec<String>> {
    let node = reader.required(fields, "namespaces")?;
    let Some(items) = node.data.as_sequence().filter(|items| !items.is_empty()) else {
        reader.at(
            node,
            "`namespaces` of a token must be a list of at least one name",
        );
        return None;
    };
    let mut found = Vec::new();
    for item in items {
        let name = item.data.as_str().unwrap_or_default();
        if namespaces.iter().any(|namespace| namespace.name == name) {
            found.push(name.to_owned());
        } else {
            reader.at(item, format!("no namespace `{name}` is configured"));
        }
    }
    Some(found)
}
