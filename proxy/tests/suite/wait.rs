//! Waiting for a state, never for a time.

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// Far more than anything here needs, even on a loaded machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Polls until `probe` gives a value.
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut probe: impl FnMut() -> F,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(value) = probe().await {
            return value;
        }
        assert!(begun.elapsed() < PATIENCE, "gave up waiting for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
