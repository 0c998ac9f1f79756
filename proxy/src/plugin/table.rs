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

    /// The plugin that a call's headers ask for.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` without a readable header, `NOT_FOUND` for an unknown namespace.
    pub fn route(&self, headers: &http::HeaderMap) -> Result<&Arc<Plugin>, Status> {
        let mut values = headers.get_all(NAMESPACE_HEADER).iter();
        let (value, second) = (values.next(), values.next());
        let Some(value) = value else {
            return Err(Status::invalid_argument(format!(
                "missing metadata `{NAMESPACE_HEADER}`: name one of {}",
                self.names()
            )));
        };
        if second.is_some() {
            return Err(Status::invalid_argument(format!(
                "metadata `{NAMESPACE_HEADER}` is given more than once"
            )));
        }
        let name = value.to_str().map_err(|_| {
            Status::invalid_argument(format!("metadata `{NAMESPACE_HEADER}` is not ASCII"))
        })?;
        self.get(name).ok_or_else(|| {
            Status::not_found(format!(
                "unknown namespace `{name}`; known: {}",
                self.names()
            ))
        })
    }

    fn names(&self) -> String {
        self.0
            .iter()
            .map(|p| p.namespace.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }
}
