//! What the proxy and plugins in Rust share: listeners, connections, signals.
//!
//! A crate of its own because it instantiates the generic machinery of hyper,
//! h2 and the resolver, which costs the compiler most of a minute and hardly
//! ever changes: an edit of the proxy must not pay for it.

mod channel;
mod connect;
mod endpoint;
mod listener;
mod reachable;
mod resolve;
mod signals;

pub use channel::channel;
pub use endpoint::{Endpoint, Host};
pub use listener::{Listener, Stop};
pub use reachable::reachable;
pub use resolve::resolve;
pub use signals::Signals;
