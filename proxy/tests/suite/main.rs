//! The real binary in front of real plugins, on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod admin;
mod commands;
mod drain;
mod failures;
mod plugin;
mod proxy;
mod routing;
mod wait;
