//! The channel to one plugin.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint as Options};

use crate::{Endpoint, connect::Connector};

/// A channel that connects at its first call, and anew after a loss, resolving
/// the name each time. Needs a Tokio runtime.
#[must_use]
pub fn channel(endpoint: Endpoint) -> Channel {
    // The connector knows the address; the URI only has to be valid, and
    // becomes the `:authority` of calls.
    Options::from_static("http://prism-plugin")
        // A plugin whose host vanished sends no reset: only pings notice.
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(3))
        .keep_alive_while_idle(true)
        .http2_adaptive_window(true)
        .connect_with_connector_lazy(Connector::new(endpoint))
}
