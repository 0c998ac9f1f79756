//! A span of each call, for a collector that the environment names.
//!
//! By hand: the official crates bring an exporter with its own HTTP client and
//! protobuf, for which the image has no room. OTLP has a form in JSON.

mod context;
mod encode;
mod export;

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use http::HeaderMap;
use prometheus::IntCounter;
use tonic::Code;

use self::context::Context;
pub use self::export::keep_exporting;
use crate::config::Collector;

/// Spans that wait. A call never waits for room: its span is dropped then.
const MOST: usize = 8192;

/// Spans that wait for the collector. Nobody is woken by one: the exporter looks
/// for itself.
#[derive(Debug)]
pub struct Spans {
    collector: Collector,
    waiting: Mutex<Vec<Span>>,
    dropped: IntCounter,
}

/// The finished span of one call.
#[derive(Debug)]
struct Span {
    context: Context,
    namespace: String,
    /// As it came: `/service/Method`.
    path: String,
    code: Code,
    begun: SystemTime,
    took: Duration,
}

/// The span of a call that is being served.
#[derive(Debug)]
pub struct Open {
    spans: Arc<Spans>,
    context: Context,
    begun: SystemTime,
}

impl Spans {
    /// For a collector. `dropped` counts spans that it did not get.
    #[must_use]
    pub fn new(collector: Collector, dropped: IntCounter) -> Self {
        Self {
            collector,
            waiting: Mutex::default(),
            dropped,
        }
    }

    /// Begins the span of a call, and tells the plugin of it in the headers.
    #[must_use]
    pub fn begin(self: &Arc<Self>, headers: &mut HeaderMap) -> Option<Open> {
        Some(Open {
            context: Context::enter(headers)?,
            spans: Arc::clone(self),
            begun: SystemTime::now(),
        })
    }

    fn add(&self, span: Span) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST {
            waiting.push(span);
        } else {
            self.dropped.inc();
        }
    }

    fn take(&self) -> Vec<Span> {
        mem::take(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Open {
    /// Ends the span with the status of its call.
    pub fn end(self, namespace: &str, path: &str, code: Code, took: Duration) {
        self.spans.add(Span {
            context: self.context,
            namespace: namespace.to_owned(),
            path: path.to_owned(),
            code,
            begun: self.begun,
            took,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_without_room_are_dropped_and_counted() -> Result<(), Box<dyn std::error::Error>> {
        let collector = Collector {
            endpoint: "c:1".parse()?,
            path: "/v1/traces".into(),
            service: "s".into(),
        };
        let dropped = IntCounter::new("dropped", "d")?;
        let spans = Arc::new(Spans::new(collector, dropped.clone()));
        for _ in 0..MOST + 3 {
            if let Some(open) = spans.begin(&mut HeaderMap::new()) {
                open.end("n", "/s/M", Code::Ok, Duration::ZERO);
            }
        }
        assert_eq!((spans.take().len(), dropped.get()), (MOST, 3));
        assert!(spans.take().is_empty());
        Ok(())
    }
}
