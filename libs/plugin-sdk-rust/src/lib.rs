//! What plugins in Rust share: settings, JSON logs on standard error, the gRPC
//! server with `KeyValue`, `Lifecycle` and `grpc.health.v1`, and graceful drain. A
//! plugin implements [`Store`] and calls [`run`].

mod apart;
mod call;
mod control;
mod gate;
mod health;
mod lifecycle;
mod limits;
mod logging;
mod metrics;
mod pages;
mod plugin;
mod probe;
mod reflection;
mod run;
mod serve;
mod service;
mod settings;
mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use apart::{Apart, MAX_STORED_KEY_BYTES};
pub use call::namespace;
pub use limits::{MAX_KEY_BYTES, MAX_VALUE_BYTES};
pub use plugin::Plugin;
pub use prism_proto::keyvalue::v1 as proto;
pub use run::run;
pub use settings::{FromSettings, Settings};
pub use store::{Entry, Error, Page, Query, Result, Store, Ttl};
pub use tonic::{Code, async_trait};

// The system allocator of a static glibc binary serializes threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
