//! What tests of plugins use: the suite that every store has to pass, and the
//! plugin as a process of its own.

mod conformance;
mod process;

pub use conformance::conform;
pub use process::Process;
