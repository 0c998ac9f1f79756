//! What runs, by its name.

/// What a plugin is called.
#[derive(Clone, Copy, Debug)]
pub struct Plugin {
    /// As in `memstore`; the binary is `plugin-memstore`.
    pub name: &'static str,
    /// What `--version` prints and `Lifecycle.HealthCheck` answers.
    pub version: &'static str,
}
