//! One call, from its arrival until its last byte is gone.

use std::{sync::Arc, time::Instant};

use tonic::Code;

use crate::metrics::Metrics;

/// Counts a call when it ends, however it ends.
#[derive(Debug)]
pub(super) struct Call {
    metrics: Arc<Metrics>,
    namespace: String,
    method: String,
    begun: Instant,
    finished: bool,
}

impl Call {
    /// Begins a call. An empty namespace is one that could not be routed.
    pub(super) fn begin(metrics: &Arc<Metrics>, namespace: &str, method: &str) -> Self {
        metrics.in_flight.inc();
        Self {
            metrics: Arc::clone(metrics),
            namespace: namespace.to_owned(),
            method: method.to_owned(),
            begun: Instant::now(),
            finished: false,
        }
    }

    /// Ends the call with a status code.
    pub(super) fn finish(mut self, code: Code) {
        self.record(code);
    }

    /// Ends a call whose client does not read its answer.
    pub(super) fn cut_off(mut self) {
        self.metrics.count_slow_reader(&self.namespace);
        self.record(Code::Cancelled);
    }

    fn record(&mut self, code: Code) {
        self.finished = true;
        self.metrics
            .observe(&self.namespace, &self.method, code, self.begun.elapsed());
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // The client went away before the status was known.
        if !self.finished {
            self.record(Code::Cancelled);
        }
        self.metrics.in_flight.dec();
    }
}
