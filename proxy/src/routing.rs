//! What a configuration file says to calls; a reload replaces it as a whole.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    access::Access,
    config::{self, Config},
    plugin::Plugins,
};

/// What calls need to know of a configuration.
#[derive(Debug)]
pub struct Routing {
    /// Where calls go.
    pub plugins: Plugins,
    /// What one client may take.
    pub clients: config::Clients,
    /// Who may use which namespaces.
    pub access: Access,
}

impl Routing {
    fn of(config: &Config, plugins: Plugins) -> Self {
        Self {
            plugins,
            clients: config.clients,
            access: Access::new(config.tokens.as_deref()),
        }
    }
}

/// The routing of now; cheap to clone.
#[derive(Clone, Debug)]
pub struct Current(watch::Sender<Arc<Routing>>);

impl Current {
    /// That of the first configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let plugins = Plugins::new(config.namespaces.clone());
        Self(watch::Sender::new(Arc::new(Routing::of(config, plugins))))
    }

    /// What holds for a call that begins now, until it ends.
    #[must_use]
    pub fn get(&self) -> Arc<Routing> {
        Arc::clone(&self.0.borrow())
    }

    /// Replaces everything for calls that begin from now on; connections to
    /// plugins whose endpoint is the same stay. Returns the plugins that are new.
    pub fn replace(&self, config: &Config) -> Vec<Arc<crate::plugin::Plugin>> {
        let (plugins, new) = self.get().plugins.renewed(config.namespaces.clone());
        self.0.send_replace(Arc::new(Routing::of(config, plugins)));
        new
    }

    /// Follows replacements from now on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<Routing>> {
        self.0.subscribe()
    }
}
