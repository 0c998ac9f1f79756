//! One JSON object a line on standard output.

use tracing::level_filters::STATIC_MAX_LEVEL;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// The variable that sets verbosity: a level (`info`) or levels by target
/// (`info,prism_proxy=debug`).
pub const LEVEL_VARIABLE: &str = "PRISM_LOG_LEVEL";

/// Starts logging at the level of the environment; `info` when it is unset or
/// unreadable, with a warning in the second case.
pub fn start() {
    let wanted = std::env::var(LEVEL_VARIABLE).unwrap_or_default();
    let parsed = wanted.trim().parse::<Targets>();
    let usable = !wanted.trim().is_empty() && parsed.is_ok();
    let targets = match parsed {
        Ok(targets) if usable => targets,
        _ => Targets::new().with_default(tracing::Level::INFO),
    };
    let levels = targets.iter().map(|(_, level)| level);
    let finest = levels.chain(targets.default_level()).max();
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    // A second start happens only in tests, where the first one's format will do.
    let _already_started = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
    if finest > Some(STATIC_MAX_LEVEL) {
        tracing::warn!(
            value = wanted,
            "{LEVEL_VARIABLE} asks for more than {STATIC_MAX_LEVEL}, the most that this build has"
        );
    }
    if !usable && !wanted.trim().is_empty() {
        tracing::warn!(
            value = wanted,
            "{LEVEL_VARIABLE} is not a log level; using info"
        );
    }
}
