//! Prometheus metrics.

mod names;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use prism_transport::Connections;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder, core::Collector,
};
use tonic::Code;

use self::names::code_name;
use crate::plugin::{Plugin, Plugins};

/// Clients choose paths, and every label value costs memory for ever: paths
/// beyond this many are counted as `other`.
const MOST_METHODS: usize = 256;
/// Upper bounds in seconds: a memory backend answers in well under a
/// millisecond, a database may take a second.
const BUCKETS: [f64; 12] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// What the proxy counts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
    plugin_up: IntGaugeVec,
    slow_readers: IntCounterVec,
    retries: IntCounterVec,
    ejections: IntCounterVec,
    connections: IntGauge,
    refused: IntCounter,
    failed_handshakes: IntCounter,
    /// Of the data port, once it is open.
    watched: OnceLock<Arc<Connections>>,
    /// Held while gauges are refreshed and read: two scrapes at once would see
    /// half a reset, and count refused connections twice.
    rendering: Mutex<()>,
    /// Calls that are being served now.
    pub in_flight: IntGauge,
    /// Spans that the collector of traces did not get.
    pub dropped_spans: IntCounter,
    methods: RwLock<HashSet<String>>,
}

impl Metrics {
    /// Registers every metric.
    ///
    /// # Errors
    /// When a name or label is invalid or taken, which is a mistake in this file.
    pub fn new() -> prometheus::Result<Self> {
        let by_plugin = ["namespace", "backend"];
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("prism_requests_total", "Calls by final gRPC status."),
                &["namespace", "backend", "method", "code"],
            )?,
            latency: HistogramVec::new(
                HistogramOpts::new(
                    "prism_request_duration_seconds",
                    "Time from a call's arrival to its status.",
                )
                .buckets(BUCKETS.to_vec()),
                &["namespace", "backend", "method"],
            )?,
            plugin_up: IntGaugeVec::new(
                Opts::new(
                    "prism_plugin_up",
                    "1 when the last probe found the plugin serving.",
                ),
                &by_plugin,
            )?,
            slow_readers: IntCounterVec::new(
                Opts::new(
                    "prism_slow_readers_total",
                    "Answers that were reset because their client did not read.",
                ),
                &by_plugin,
            )?,
            retries: IntCounterVec::new(
                Opts::new(
                    "prism_retries_total",
                    "Calls of idempotent methods that were sent once more.",
                ),
                &by_plugin,
            )?,
            ejections: IntCounterVec::new(
                Opts::new(
                    "prism_plugin_ejections_total",
                    "Times that a plugin got no calls for a moment, after some in a row got no answer.",
                ),
                &by_plugin,
            )?,
            connections: IntGauge::new("prism_connections", "Open connections of clients.")?,
            refused: IntCounter::new(
                "prism_connections_refused_total",
                "Connections that were closed at once because of a limit.",
            )?,
            failed_handshakes: IntCounter::new(
                "prism_tls_handshakes_failed_total",
                "Connections that ended before they were secured.",
            )?,
            watched: OnceLock::new(),
            rendering: Mutex::default(),
            in_flight: IntGauge::new("prism_requests_in_flight", "Calls being served now.")?,
            dropped_spans: IntCounter::new(
                "prism_spans_dropped_total",
                "Spans that the collector of traces did not get.",
            )?,
            methods: RwLock::default(),
        };
        let info = IntGaugeVec::new(
            Opts::new("prism_build_info", "Always 1; labels name the build."),
            &["version", "arch"],
        )?;
        info.with_label_values(&[env!("CARGO_PKG_VERSION"), std::env::consts::ARCH])
            .set(1);
        let all: [Box<dyn Collector>; 11] = [
            Box::new(metrics.requests.clone()),
            Box::new(metrics.latency.clone()),
            Box::new(metrics.plugin_up.clone()),
            Box::new(metrics.slow_readers.clone()),
            Box::new(metrics.retries.clone()),
            Box::new(metrics.ejections.clone()),
            Box::new(metrics.in_flight.clone()),
            Box::new(metrics.connections.clone()),
            Box::new(metrics.refused.clone()),
            Box::new(metrics.failed_handshakes.clone()),
            Box::new(metrics.dropped_spans.clone()),
        ];
        for one in all {
            metrics.registry.register(one)?;
        }
        metrics.registry.register(Box::new(info))?;
        Ok(metrics)
    }

    /// Counts a finished call. One that could not be routed has no plugin.
    pub fn observe(&self, plugin: Option<&Plugin>, path: &str, code: Code, took: Duration) {
        let routed = plugin.is_some();
        let [namespace, backend] = plugin.map_or(["", ""], labels);
        let method = if self.has_label(path, routed) {
            path
        } else {
            "other"
        };
        self.requests
            .with_label_values(&[namespace, backend, method, code_name(code)])
            .inc();
        self.latency
            .with_label_values(&[namespace, backend, method])
            .observe(took.as_secs_f64());
    }

    /// Counts an answer that was reset because its client did not read.
    pub fn count_slow_reader(&self, plugin: &Plugin) {
        self.slow_readers.with_label_values(&labels(plugin)).inc();
    }

    /// Counts a call that is sent once more.
    pub fn count_retry(&self, plugin: &Plugin) {
        self.retries.with_label_values(&labels(plugin)).inc();
    }

    /// Counts an ejection of a plugin.
    pub fn count_ejection(&self, plugin: &Plugin) {
        self.ejections.with_label_values(&labels(plugin)).inc();
    }

    /// Shows the connections of a listener from now on; the first one counts.
    pub fn watch_connections(&self, connections: &Arc<Connections>) {
        self.watched.get_or_init(|| Arc::clone(connections));
    }

    /// The Prometheus text format, with plugin health as of now.
    ///
    /// # Errors
    /// When a metric cannot be encoded.
    pub fn render(&self, plugins: &Plugins) -> prometheus::Result<Vec<u8>> {
        let _alone = self
            .rendering
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // A reload may have removed some.
        self.plugin_up.reset();
        for plugin in plugins.iter() {
            self.plugin_up
                .with_label_values(&labels(plugin))
                .set(plugin.health().up.into());
        }
        if let Some(connections) = self.watched.get() {
            let open = i64::try_from(connections.open()).unwrap_or(i64::MAX);
            self.connections.set(open);
            catch_up(&self.refused, connections.refused());
            catch_up(&self.failed_handshakes, connections.failed_handshakes());
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }

    /// Whether a path has a label of its own; only routed calls earn one.
    fn has_label(&self, path: &str, routed: bool) -> bool {
        {
            let methods = self.methods.read().unwrap_or_else(PoisonError::into_inner);
            if methods.contains(path) {
                return true;
            }
            if !routed || methods.len() >= MOST_METHODS {
                return false;
            }
        }
        let mut methods = self.methods.write().unwrap_or_else(PoisonError::into_inner);
        // Another call may have taken the last place between the two locks.
        let room = methods.len() < MOST_METHODS;
        if room {
            methods.insert(path.to_owned());
        }
        room
    }
}

fn catch_up(counter: &IntCounter, counted: u64) {
    counter.inc_by(counted.saturating_sub(counter.get()));
}

fn labels(plugin: &Plugin) -> [&str; 2] {
    [&plugin.namespace.name, &plugin.namespace.backend]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, parse};

    #[test]
    fn paths_of_clients_cannot_grow_without_limit() -> Result<(), Box<dyn std::error::Error>> {
        let metrics = Metrics::new()?;
        let text = "namespaces: [{name: m, backend: b, endpoint: 'c:1'}]";
        let config = parse("c.yaml", text, &Environment::default())?;
        let plugins = Plugins::new(config.namespaces);
        let plugin = plugins.iter().next().map(std::convert::AsRef::as_ref);
        for n in 0..MOST_METHODS + 5 {
            metrics.observe(plugin, &format!("/s/{n}"), Code::Ok, Duration::ZERO);
        }
        let count = |method: &str| {
            metrics
                .requests
                .with_label_values(&["m", "b", method, "OK"])
                .get()
        };
        assert_eq!((count("/s/0"), count("other")), (1, 5));
        Ok(())
    }
}
