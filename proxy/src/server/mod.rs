//! What the two ports serve.

mod admin;
mod data;
mod grpc_health;

use std::sync::Arc;

use axum::Router;

use crate::{
    config::{self, Config},
    forward::{Clients, Forwarder},
    metrics::Metrics,
    phase::Phases,
    plugin::Plugins,
};

/// What both servers share; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shared {
    /// How far the process has come.
    pub phases: Phases,
    /// The configured plugins.
    pub plugins: Plugins,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What one client may take.
    limits: config::Clients,
}

impl Shared {
    /// Prepares everything but the listeners.
    ///
    /// # Errors
    /// When a metric cannot be registered.
    pub fn new(config: &Config, phases: Phases) -> prometheus::Result<Self> {
        let plugins = Plugins::new(config.namespaces.clone());
        Ok(Self {
            phases,
            plugins,
            metrics: Arc::new(Metrics::new()?),
            limits: config.clients,
        })
    }

    /// Routes of the data port: gRPC, and `GET /health` over HTTP/1.1 or 2.
    pub fn data(&self) -> Router {
        let forwarder = Forwarder {
            plugins: self.plugins.clone(),
            metrics: Arc::clone(&self.metrics),
            clients: Arc::new(Clients::new(self.limits.max_calls)),
            slow_reader: self.limits.slow_reader,
        };
        data::router(forwarder, grpc_health::service(self))
    }

    /// Routes of the admin port.
    pub fn admin(&self) -> Router {
        admin::router(self.clone())
    }
}
