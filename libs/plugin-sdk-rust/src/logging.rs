//! One JSON object a line on standard error.

use tracing::Level;
use tracing_subscriber::filter::LevelFilter;

pub(crate) fn start(level: Level) {
    let lines = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(std::io::stderr)
        .with_max_level(LevelFilter::from_level(level));
    // A second start happens only in tests, where the first one will do.
    let _already_started = lines.try_init();
}
