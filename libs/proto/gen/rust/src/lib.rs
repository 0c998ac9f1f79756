//! Messages, clients and servers of the Prism data plane.
//!
//! Everything but this file is generated from `libs/proto/prism` and committed,
//! so that users need neither protoc nor a build script.

// Generated code follows its generator's style.
#![allow(missing_docs, clippy::all)]

mod generated;

pub use generated::prism::*;

/// What the proto files say, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!("generated/descriptors.bin");
