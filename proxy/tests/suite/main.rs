//! The real binary in front of real plugins, on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod admin;
mod certificates;
mod commands;
mod connections;
mod drain;
mod failures;
mod interfaces;
mod limits;
mod load;
mod plugin;
mod proxy;
mod raw;
mod reload;
mod retries;
mod routing;
mod slow_readers;
mod tls;
mod traces;
mod wait;
