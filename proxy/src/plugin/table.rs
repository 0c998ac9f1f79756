//! All plugins, by namespace.

use std::sync::Arc;

use tonic::Status;

use super::Plugin;
use crate::config::Namespace;

/// The metadata that names a namespace.
pub const NAMESPACE_HEADER: &str = "x-prism-namespace";

/// The configured plugins, in the order of the file.
#[derive(Clone, Debug)]
pub struct Plugins(Arc<[Arc<Plugin>]>);

impl Plugins {
    /// Prepares the connections of each namespace.
    #[must_use]
    pub fn new(namespaces: Vec<Namespace>) -> Self {
        Self(
            namespaces
                .into_iter()
                .map(|n| Arc::new(Plugin::new(n)))
                .collect(),
        )
    }

    /// Those of another configuration, and which of them are new: a plugin whose
    /// namespace is the same stays as it is.
    #[must_use]
    pub fn renewed(&self, namespaces: Vec<Namespace>) -> (Self, Vec<Arc<Plugin>>) {
        let mut new = Vec::new();
        let mut renew = |namespace: Namespace| {
            let old = self.get(&namespace.name);
            let plugin = match old {
                Some(old) if old.namespace == namespace => return Arc::clone(old),
                Some(old) if old.namespace.endpoint == namespace.endpoint => {
                    Arc::new(old.reconfigured(namespace))
                }
                _ => Arc::new(Plugin::new(namespace)),
            };
            new.push(Arc::clone(&plugin));
            plugin
        };
        let all = namespaces.into_iter().map(&mut renew).collect();
        (Self(all), new)
    }

    /// Every plugin.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.0.iter()
    }

    /// The plugin of a namespace. A linear search: there are few, and comparing
    /// short names is cheaper than hashing one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Plugin>> {
        self.0.iter().find(|plugin| plugin.namespace.name == name)
    }

    /// The plugin of the namespace that a call names. The error lists no known
    /// names, so that callers cannot find them out.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown namespace.
    pub fn find(&self, name: &str) -> Result<&Arc<Plugin>, Status> {
        self.get(name)
            .ok_or_else(|| Status::not_found(format!("unknown namespace `{name:.63}`")))
    }
}

/// The one namespace that a call's headers name.
///
/// # Errors
/// `INVALID_ARGUMENT` without a readable header.
pub fn namespace_of(headers: &http::HeaderMap) -> Result<&str, Status> {
    let mut values = headers.get_all(NAMESPACE_HEADER).iter();
    let (value, second) = (values.next(), values.next());
    let Some(value) = value else {
        return Err(Status::invalid_argument(format!(
            "missing metadata `{NAMESPACE_HEADER}`: it names the namespace"
        )));
    };
    if second.is_some() {
        return Err(Status::invalid_argument(format!(
            "metadata `{NAMESPACE_HEADER}` is given more than once"
        )));
    }
    value.to_str().map_err(|_| {
        Status::invalid_argument(format!("metadata `{NAMESPACE_HEADER}` is not ASCII"))
    })
}
