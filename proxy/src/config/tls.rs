//! The `tls` section.

use std::path::Path;

use saphyr::MarkedYaml;

use super::reader::{Fields, Reader};
use crate::tls::{Identity, certificates, private_key};

/// Reads the section and the files that it names; violations go to the reader.
pub(super) fn tls(reader: &mut Reader<'_>, node: &MarkedYaml<'_>) -> Option<Identity> {
    let fields = reader.fields(node, "tls", &["cert", "key", "client_ca"])?;
    // Every file is read before any `?`, so that one bad file hides no other.
    let chain = file(reader, &fields, "cert", certificates);
    let key = file(reader, &fields, "key", private_key);
    let roots = match fields.optional("client_ca") {
        None => Some(Vec::new()),
        Some(_) => file(reader, &fields, "client_ca", certificates),
    };
    Identity::new(chain?, key?, roots?)
        .map_err(|why| reader.at(node, why))
        .ok()
}

/// What a file holds.
fn file<T>(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    name: &str,
    read: fn(&Path) -> Result<T, String>,
) -> Option<T> {
    let path = reader.string(fields, name)?;
    let node = fields.optional(name)?;
    read(Path::new(path))
        .map_err(|why| reader.at(node, format!("`{name}`: {path}: {why}")))
        .ok()
}
