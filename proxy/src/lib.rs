//! The Prism data-plane proxy: one gRPC port in front of many backend plugins.
//!
//! A call names its namespace in the request metadata `x-prism-namespace`;
//! configuration says which plugin serves it. Bodies are passed on as they
//! arrive, so the proxy knows no message type and a new service needs no change
//! here.

pub mod access;
pub mod cli;
pub mod config;
pub mod forward;
pub mod logging;
pub mod metrics;
pub mod phase;
pub mod plugin;
pub mod routing;
pub mod run;
pub mod self_check;
pub mod server;
pub mod spans;
pub mod tls;
