//! The channel to one plugin.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint as Options};

use crate::{
    Endpoint,
    connect::Connector,
    windows::{PLUGIN_CONNECTION_WINDOW, STREAM_WINDOW},
};

/// A channel that connects at its first call, and anew after a loss, resolving
/// the name each time. Needs a Tokio runtime.
#[must_use]
pub fn channel(endpoint: Endpoint) -> Channel {
    open(Connector::new(endpoint))
}

/// A channel of its own; connectors that are clones share what they know of
/// failures.
pub(crate) fn open(connector: Connector) -> Channel {
    // The connector knows the address; the URI only has to be valid, and
    // becomes the `:authority` of calls.
    Options::from_static("http://prism-plugin")
        // A plugin whose host vanished sends no reset: only pings notice.
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(3))
        .keep_alive_while_idle(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(PLUGIN_CONNECTION_WINDOW)
        // Data of a cancelled call that is still on its way is an error of the
        // plugin once its stream is forgotten, and 1024 errors would end the
        // connection for everyone's calls: clients may cancel as they like.
        .http2_max_concurrent_reset_streams(1024)
        .http2_max_local_error_reset_streams(None)
        .connect_with_connector_lazy(connector)
}
