//! The `tls` section.

use std::path::PathBuf;

use saphyr::MarkedYaml;

use super::{Tls, reader::Reader};
use crate::tls;

/// Reads the section and the files that it names; violations go to the reader.
pub(super) fn tls(reader: &mut Reader<'_>, node: &MarkedYaml<'_>) -> Option<Tls> {
    let fields = reader.fields(node, "tls", &["cert", "key", "client_ca"])?;
    let cert = reader.string(&fields, "cert").map(PathBuf::from);
    let key = reader.string(&fields, "key").map(PathBuf::from);
    let client_ca = fields.optional("client_ca");
    let client_ca = client_ca.and_then(|_| reader.string(&fields, "client_ca"));
    let found = Tls {
        cert: cert?,
        key: key?,
        client_ca: client_ca.map(PathBuf::from),
    };
    match tls::server(&found) {
        Ok(_) => Some(found),
        Err(why) => {
            reader.at(node, why);
            None
        }
    }
}
