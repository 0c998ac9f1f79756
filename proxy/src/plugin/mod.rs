//! Backend plugins: connections to each, and what is known of their health.

mod probe;
mod table;

use std::sync::Arc;

use prism_transport::Pool;
use tokio::sync::watch;

pub use probe::keep_probing;
pub use table::{NAMESPACE_HEADER, Plugins};

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
    health: watch::Sender<Health>,
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
            namespace,
            pool,
            health: watch::Sender::new(health),
        }
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
