//! Connections to plugins, made without the C library's resolver: a static
//! glibc binary cannot load its name service modules inside a scratch image.

mod connect;
mod resolve;

pub use connect::Connector;
pub use resolve::resolve;
