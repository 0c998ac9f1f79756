//! Whether a connection does anything.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep, sleep_until};

use crate::Limits;

/// A closing connection may say goodbye for this time.
const GOODBYE: Duration = Duration::from_secs(5);

/// Whether a connection has requests. Cloning gives another handle.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<State>);

#[derive(Debug)]
struct State {
    opened: Instant,
    running: AtomicUsize,
    any: AtomicBool,
    /// Milliseconds from `opened` to the end of the last request.
    last: AtomicU64,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State {
            opened: Instant::now(),
            running: AtomicUsize::new(0),
            any: AtomicBool::new(false),
            last: AtomicU64::new(0),
        }))
    }

    /// A request runs until the guard is dropped.
    pub(crate) fn begin(&self) -> Running {
        self.0.any.store(true, Relaxed);
        self.0.running.fetch_add(1, Relaxed);
        Running(self.clone())
    }

    fn touch(&self) {
        let since = self.0.opened.elapsed().as_millis();
        self.0
            .last
            .store(u64::try_from(since).unwrap_or(u64::MAX), Relaxed);
    }

    /// Returns when there has been no request for too long. Requests do not wake
    /// it, which would cost each of them: it looks again when time is up.
    pub(crate) async fn idle(&self, limits: &Limits) {
        let limit = if self.0.any.load(Relaxed) {
            limits.idle
        } else {
            limits.header
        };
        self.quiet_for(limit, limits.idle).await;
    }

    /// Returns when a connection that is closing has had the time for it.
    pub(crate) async fn goodbye(&self) {
        self.touch();
        self.quiet_for(GOODBYE, GOODBYE).await;
    }

    async fn quiet_for(&self, first: Duration, then: Duration) {
        let mut limit = first;
        loop {
            if self.0.running.load(Relaxed) > 0 {
                sleep(limit).await;
                limit = then;
                continue;
            }
            let quiet_since = self.0.opened + Duration::from_millis(self.0.last.load(Relaxed));
            let due = quiet_since + limit;
            if due <= Instant::now() {
                return;
            }
            sleep_until(due).await;
            if self.0.any.load(Relaxed) {
                limit = then;
            }
        }
    }
}

/// One running request.
#[derive(Debug)]
pub(crate) struct Running(Activity);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.touch();
        self.0.0.running.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_quiet_connections_are_idle() {
        let limits = Limits::default();
        let begun = Instant::now();
        Activity::new().idle(&limits).await;
        assert_eq!(begun.elapsed().as_secs(), limits.header.as_secs());

        let activity = Activity::new();
        let begun = Instant::now();
        let running = activity.begin();
        let work = async {
            sleep(Duration::from_secs(1000)).await;
            drop(running);
        };
        tokio::join!(work, activity.idle(&limits));
        let quiet = begun.elapsed() - Duration::from_secs(1000);
        assert!(quiet >= limits.idle && quiet < 2 * limits.idle, "{quiet:?}");
    }
}
