//! Listeners of the proxy and its connections to plugins.
//!
//! A crate of its own because it instantiates the generic machinery of hyper,
//! h2 and the resolver, which costs the compiler most of a minute and hardly
//! ever changes: an edit of the proxy must not pay for it.

mod channel;
mod connect;
mod endpoint;
mod listener;
mod resolve;

pub use channel::channel;
pub use endpoint::{Endpoint, Host};
pub use listener::{Listener, Stop};
pub use resolve::resolve;
