//! What the two ports serve.

mod admin;
mod data;
mod grpc_health;

use std::sync::Arc;

use prism_transport::{Handler, routed};

use crate::{
    config::Config,
    forward::{Clients, Forwarder},
    metrics::Metrics,
    phase::Phases,
    routing::Current,
    spans::Spans,
};

/// What both servers share; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shared {
    /// How far the process has come.
    pub phases: Phases,
    /// What the configuration says to calls.
    pub current: Current,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Where a collector wants spans of calls.
    pub spans: Option<Arc<Spans>>,
}

impl Shared {
    /// Prepares everything but the listeners.
    ///
    /// # Errors
    /// When a metric cannot be registered.
    pub fn new(config: &Config, phases: Phases) -> prometheus::Result<Self> {
        let metrics = Arc::new(Metrics::new()?);
        let spans = |collector| Arc::new(Spans::new(collector, metrics.dropped_spans.clone()));
        Ok(Self {
            phases,
            current: Current::new(config),
            spans: config.collector.clone().map(spans),
            metrics,
        })
    }

    /// What answers on the data port: gRPC, and `GET /health` over HTTP/1.1 or 2.
    pub fn data(&self) -> Handler {
        let forwarder = Forwarder {
            current: self.current.clone(),
            metrics: Arc::clone(&self.metrics),
            spans: self.spans.clone(),
            clients: Clients::default(),
        };
        data::handler(forwarder, grpc_health::service(self), self.phases.clone())
    }

    /// What answers on the admin port.
    pub fn admin(&self) -> Handler {
        routed(admin::router(self.clone()))
    }
}
