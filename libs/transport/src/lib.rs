//! What the proxy and plugins in Rust share: listeners, connections, signals.
//!
//! A crate of its own because it instantiates the generic machinery of hyper,
//! h2 and the resolver, which costs the compiler most of a minute and hardly
//! ever changes: an edit of the proxy must not pay for it.

mod activity;
mod batched;
mod channel;
mod connect;
mod connection;
mod connections;
mod endpoint;
mod listener;
mod peer;
mod per_client;
mod pool;
mod reachable;
mod reader;
mod resolve;
mod signals;
mod stream;
mod windows;
mod workers;

pub use channel::{BoxError, Channel, Incoming, channel};
pub use connect::{Connecting, connect};
pub use connections::{Connections, Limits};
pub use endpoint::{Endpoint, Host};
pub use listener::{Answering, Handler, Listener, Stop, routed};
pub use peer::Peer;
pub use per_client::{Counted, PerClient};
pub use pool::{Lease, Pool};
pub use reachable::reachable;
pub use reader::Reader;
pub use resolve::resolve;
pub use signals::Signals;
pub use stream::{Handshake, Secure, Secured};
pub use workers::Workers;
