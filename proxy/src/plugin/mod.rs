//! Backend plugins: connections to each, and what is known of their health.

mod ejection;
mod limits;
mod probe;
mod table;

use std::{sync::Arc, time::Instant};

use prism_transport::Pool;
use tokio::sync::watch;
use tonic::Status;

use self::{ejection::Ejection, limits::Counts};
pub use limits::Place;
pub use probe::keep_probing;
pub use table::{NAMESPACE_HEADER, Plugins, namespace_of};

use crate::config::Namespace;

/// What the last probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether the plugin answers and says that it serves.
    pub up: bool,
    /// Why not, or `serving`.
    pub detail: String,
}

/// A namespace and the connections to its plugin.
#[derive(Debug)]
pub struct Plugin {
    /// The namespace as configured.
    pub namespace: Namespace,
    /// Connects at the first call, and anew after a loss.
    pub pool: Arc<Pool>,
    health: Arc<watch::Sender<Health>>,
    counts: Counts,
    ejection: Arc<Ejection>,
}

impl Plugin {
    /// Prepares a plugin's connections; nothing is connected yet.
    #[must_use]
    pub fn new(namespace: Namespace) -> Self {
        let pool = Arc::new(Pool::new(namespace.endpoint.clone()));
        let health = Health {
            up: false,
            detail: "not probed yet".into(),
        };
        Self {
            counts: Counts::new(&namespace.limits),
            namespace,
            pool,
            health: Arc::new(watch::Sender::new(health)),
            ejection: Arc::default(),
        }
    }

    /// The plugin of another configuration with the same endpoint: connections
    /// and what is known of its health stay.
    fn reconfigured(&self, namespace: Namespace) -> Self {
        Self {
            counts: Counts::new(&namespace.limits),
            namespace,
            pool: Arc::clone(&self.pool),
            health: Arc::clone(&self.health),
            ejection: Arc::clone(&self.ejection),
        }
    }

    /// A place for a call among those of its namespace.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` beyond a limit, `UNAVAILABLE` while the plugin is
    /// ejected.
    pub fn enter(&self) -> Result<Place, Status> {
        let Namespace { name, limits, .. } = &self.namespace;
        let place = self.counts.enter(name, limits)?;
        if self.ejection.allows(Instant::now()) {
            Ok(place)
        } else {
            Err(Status::unavailable(format!(
                "plugin {} is unavailable: {} calls in a row got no answer; try again in a second",
                self.describe(),
                ejection::FAILURES
            )))
        }
    }

    /// The plugin answered.
    pub fn succeeded(&self) {
        self.ejection.succeeded();
    }

    /// A call got no answer. Returns whether that ejects the plugin.
    pub fn failed(&self) -> bool {
        self.ejection.failed(Instant::now())
    }

    /// Whether the namespace declares this gRPC service, byte by byte.
    #[must_use]
    pub fn serves(&self, service: &str) -> bool {
        let mut declared = self.namespace.interfaces.iter();
        declared.any(|interface| interface == service)
    }

    /// What the last probe found.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    /// Follows the health; the present value counts as unseen.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Health> {
        let mut seen = self.health.subscribe();
        seen.mark_changed();
        seen
    }

    /// `memory (memstore at plugin-memstore:50100)`, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        let Namespace {
            name,
            backend,
            endpoint,
            ..
        } = &self.namespace;
        format!("{name} ({backend} at {endpoint})")
    }
}
