//! Transport failures as gRPC statuses.

use std::error::Error;

use tonic::{Code, Status};

use crate::plugin::Plugin;

/// The status of a call that got no answer from its plugin.
pub(super) fn from_transport(plugin: &Plugin, error: &(dyn Error + 'static)) -> Status {
    let of = plugin.describe();
    Status::unavailable(format!("plugin {of} is unavailable: {}", root_cause(error)))
}

/// The status of a call whose answer broke off.
pub(super) fn from_broken_answer(status: Status) -> Status {
    match status.code() {
        // What hyper knows only as a failed read is a lost plugin to the client.
        Code::Unknown | Code::Internal => Status::unavailable(format!(
            "the connection to the plugin was lost: {}",
            root_cause(&status)
        )),
        _ => status,
    }
}

/// The innermost message of an error: the outer ones say only "transport error".
#[must_use]
pub fn root_cause(error: &(dyn Error + 'static)) -> String {
    std::iter::successors(Some(error), |&error| error.source())
        .last()
        .map_or_else(String::new, ToString::to_string)
}
