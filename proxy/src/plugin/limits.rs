//! What all clients of a namespace may take together.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};

use tonic::Status;

use crate::config::NamespaceLimits;

/// Counts the calls of a namespace.
#[derive(Debug)]
pub(super) struct Counts {
    running: Arc<AtomicUsize>,
    bucket: Mutex<Bucket>,
}

/// A second's worth of calls, filled evenly.
#[derive(Debug)]
struct Bucket {
    level: f64,
    filled: Instant,
}

impl Counts {
    pub(super) fn new(limits: &NamespaceLimits) -> Self {
        Self {
            running: Arc::default(),
            bucket: Mutex::new(Bucket {
                level: limits.calls_per_second.map_or(0.0, f64::from),
                filled: Instant::now(),
            }),
        }
    }

    /// Counts a call until the place is dropped.
    pub(super) fn enter(&self, name: &str, limits: &NamespaceLimits) -> Result<Place, Status> {
        let place = Place(Arc::clone(&self.running));
        let before = self.running.fetch_add(1, Relaxed);
        if let Some(most) = limits.max_calls.filter(|most| before >= *most) {
            return Err(Status::resource_exhausted(format!(
                "namespace {name} has {most} calls in flight, its limit; try again later"
            )));
        }
        if let Some(rate) = limits.calls_per_second {
            let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
            if !bucket.take(rate, Instant::now()) {
                return Err(Status::resource_exhausted(format!(
                    "namespace {name} has more than {rate} calls a second, its limit; try again later"
                )));
            }
        }
        Ok(place)
    }
}

impl Bucket {
    fn take(&mut self, rate: u32, now: Instant) -> bool {
        let rate = f64::from(rate);
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.level = (self.level + passed * rate).min(rate);
        self.filled = now;
        let enough = self.level >= 1.0;
        if enough {
            self.level -= 1.0;
        }
        enough
    }
}

/// One call of a namespace.
#[derive(Debug)]
pub struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn places_are_given_back() {
        let limits = NamespaceLimits {
            max_calls: Some(2),
            ..NamespaceLimits::default()
        };
        let counts = Counts::new(&limits);
        let held = (counts.enter("n", &limits), counts.enter("n", &limits));
        for _ in 0..3 {
            assert!(counts.enter("n", &limits).is_err());
        }
        drop(held);
        assert!(counts.enter("n", &limits).is_ok());
    }

    #[test]
    fn a_second_has_so_many_calls() {
        let start = Instant::now();
        let mut bucket = Bucket {
            level: 3.0,
            filled: start,
        };
        let mut take = |ms: u64| bucket.take(3, start + Duration::from_millis(ms));
        assert_eq!(
            [take(0), take(0), take(0), take(0)],
            [true, true, true, false]
        );
        assert_eq!([take(300), take(400), take(400)], [false, true, false]);
        // A pause earns a second's worth, not more.
        assert_eq!(
            [take(9000), take(9000), take(9000), take(9000)],
            [true, true, true, false]
        );
    }
}
