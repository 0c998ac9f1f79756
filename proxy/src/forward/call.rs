//! One call, from its arrival until its last byte is gone.

use std::{sync::Arc, time::Instant};

use tonic::Code;

use crate::{metrics::Metrics, plugin::Plugin, spans::Open};

/// Counts a call when it ends, however it ends.
#[derive(Debug)]
pub(super) struct Call {
    metrics: Arc<Metrics>,
    plugin: Option<Arc<Plugin>>,
    method: String,
    begun: Instant,
    span: Option<Open>,
    finished: bool,
}

impl Call {
    /// Begins a call. One that could not be routed has no plugin.
    pub(super) fn begin(
        metrics: &Arc<Metrics>,
        plugin: Option<&Arc<Plugin>>,
        method: &str,
        span: Option<Open>,
    ) -> Self {
        metrics.in_flight.inc();
        Self {
            metrics: Arc::clone(metrics),
            plugin: plugin.cloned(),
            method: method.to_owned(),
            begun: Instant::now(),
            span,
            finished: false,
        }
    }

    /// Ends the call with a status code.
    pub(super) fn finish(mut self, code: Code) {
        self.record(code);
    }

    /// Ends a call whose client does not read its answer.
    pub(super) fn cut_off(mut self) {
        if let Some(plugin) = &self.plugin {
            self.metrics.count_slow_reader(plugin);
        }
        self.record(Code::Cancelled);
    }

    fn record(&mut self, code: Code) {
        self.finished = true;
        let took = self.begun.elapsed();
        self.metrics
            .observe(self.plugin.as_deref(), &self.method, code, took);
        if let Some(span) = self.span.take() {
            let namespace = self.plugin.as_ref().map(|plugin| &plugin.namespace.name);
            span.end(
                namespace.map_or("", String::as_str),
                &self.method,
                code,
                took,
            );
        }
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
