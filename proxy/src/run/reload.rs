//! SIGHUP: the configuration is read again, and no call notices.

use std::sync::Arc;

use super::Source;
use crate::{config::Config, plugin::keep_probing, server::Shared, tls::Certificates};

/// What a reload needs.
pub(super) struct Reload {
    pub(super) source: Source,
    /// The one that holds now.
    pub(super) config: Config,
    pub(super) shared: Shared,
    /// Those of handshakes, where the data port speaks TLS.
    pub(super) certificates: Option<Certificates>,
}

impl Reload {
    /// Reads the file again. A wrong one changes nothing.
    pub(super) fn run(&mut self) {
        let read = self.source.read().map_err(|violations| {
            let text = violations.to_string();
            text.trim_end().replace('\n', "; ")
        });
        let config = match read {
            Ok(config) => config,
            Err(violations) => {
                tracing::error!(violations, "the configuration stays as it was");
                return;
            }
        };
        for plugin in self.shared.current.replace(&config) {
            tokio::spawn(keep_probing(Arc::downgrade(&plugin)));
        }
        if let (Some(certificates), Some(identity)) = (&self.certificates, &config.tls) {
            certificates.replace(identity.clone());
        }
        let restart = needs_restart(&self.config, &config);
        if !restart.is_empty() {
            let fields = restart.join(", ");
            tracing::warn!(fields, "a change of these fields needs a restart");
        }
        let namespaces = config.namespaces.len();
        self.config = config;
        tracing::info!(namespaces, "the configuration was read again");
    }
}

/// Fields of listeners, which are open already.
fn needs_restart(old: &Config, new: &Config) -> Vec<&'static str> {
    let changed = [
        ("listen", old.listen != new.listen),
        ("admin_listen", old.admin_listen != new.admin_listen),
        ("connections", old.connections != new.connections),
        (
            "clients.max_connections",
            old.clients.max_connections != new.clients.max_connections,
        ),
        // Other certificates need none.
        ("tls", old.tls.is_some() != new.tls.is_some()),
    ];
    changed
        .into_iter()
        .filter_map(|(field, changed)| changed.then_some(field))
        .collect()
}
