//! Counts calls, and writes them in Prometheus' text format: the names and
//! buckets are those of the SDK for Go.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tonic::Code;

/// Those of the service, so that clients cannot make the labels grow.
const METHODS: [&str; 8] = [
    "Set", "Get", "Delete", "Exists", "Expire", "GetTTL", "Persist", "Scan",
];
/// Upper bounds in seconds, those of the proxy.
const BUCKETS: [f64; 12] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// The calls that have ended.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Ended>);

#[derive(Debug, Default)]
struct Ended {
    by_code: BTreeMap<(&'static str, i32), u64>,
    took: BTreeMap<&'static str, Histogram>,
}

#[derive(Debug, Default)]
struct Histogram {
    /// One more than there are bounds.
    counts: [u64; BUCKETS.len() + 1],
    sum: f64,
}

/// What else a plugin shows.
pub(crate) struct Now {
    pub(crate) plugin: &'static str,
    pub(crate) version: &'static str,
    pub(crate) up: bool,
    pub(crate) in_flight: usize,
}

impl Calls {
    /// The method of that name.
    pub(crate) fn method(name: &str) -> Option<&'static str> {
        METHODS.into_iter().find(|method| *method == name)
    }

    pub(crate) fn observe(&self, method: &'static str, code: Code, took: Duration) {
        let seconds = took.as_secs_f64();
        let mut ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *ended.by_code.entry((method, code.into())).or_default() += 1;
        let histogram = ended.took.entry(method).or_default();
        let bucket = BUCKETS.partition_point(|bound| *bound < seconds);
        histogram.counts[bucket] += 1;
        histogram.sum += seconds;
    }

    pub(crate) fn text(&self, now: &Now) -> String {
        let mut text = Text::default();
        let Now {
            plugin, version, ..
        } = now;
        let info = format!("{{plugin={plugin:?},version={version:?}}}");
        text.head("build_info", "gauge", "Always 1; labels name the build.");
        text.line("build_info", &info, 1);
        text.head("up", "gauge", "1 while the backend can serve.");
        text.line("up", "", u8::from(now.up));
        text.head("calls_in_flight", "gauge", "Calls being served now.");
        text.line("calls_in_flight", "", now.in_flight);
        let ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.head("calls_total", "counter", "Calls by final gRPC status.");
        for ((method, code), count) in &ended.by_code {
            let labels = format!("{{method=\"{method}\",code=\"{}\"}}", name(*code));
            text.line("calls_total", &labels, count);
        }
        text.head(
            "call_duration_seconds",
            "histogram",
            "Time that calls took.",
        );
        for (method, histogram) in &ended.took {
            text.histogram(method, histogram);
        }
        text.0
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, metric: &str, kind: &str, help: &str) {
        let _always = writeln!(
            self.0,
            "# HELP prism_plugin_{metric} {help}\n# TYPE prism_plugin_{metric} {kind}"
        );
    }

    fn line(&mut self, metric: &str, labels: &str, value: impl std::fmt::Display) {
        let _always = writeln!(self.0, "prism_plugin_{metric}{labels} {value}");
    }

    fn histogram(&mut self, method: &str, histogram: &Histogram) {
        let bounds = BUCKETS.iter().map(f64::to_string).chain(["+Inf".into()]);
        let mut sum = 0;
        for (bound, count) in bounds.zip(histogram.counts) {
            sum += count;
            let labels = format!("{{method=\"{method}\",le=\"{bound}\"}}");
            self.line("call_duration_seconds_bucket", &labels, sum);
        }
        let labels = format!("{{method=\"{method}\"}}");
        self.line("call_duration_seconds_sum", &labels, histogram.sum);
        self.line("call_duration_seconds_count", &labels, sum);
    }
}

/// As the SDK for Go writes it: CANCELED has one L.
fn name(code: i32) -> &'static str {
    match Code::from(code) {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_and_a_bound_is_inside() {
        let calls = Calls::default();
        for milliseconds in [0, 1, 2, 6000] {
            calls.observe("Get", Code::Ok, Duration::from_millis(milliseconds));
        }
        calls.observe("Get", Code::DeadlineExceeded, Duration::ZERO);
        let text = calls.text(&Now {
            plugin: "x",
            version: "1",
            up: true,
            in_flight: 2,
        });
        for line in [
            r#"prism_plugin_build_info{plugin="x",version="1"} 1"#,
            "prism_plugin_up 1",
            "prism_plugin_calls_in_flight 2",
            r#"prism_plugin_calls_total{method="Get",code="OK"} 4"#,
            r#"prism_plugin_calls_total{method="Get",code="DEADLINE_EXCEEDED"} 1"#,
            r#"prism_plugin_call_duration_seconds_bucket{method="Get",le="0.0005"} 2"#,
            r#"prism_plugin_call_duration_seconds_bucket{method="Get",le="0.001"} 3"#,
            r#"prism_plugin_call_duration_seconds_bucket{method="Get",le="5"} 4"#,
            r#"prism_plugin_call_duration_seconds_bucket{method="Get",le="+Inf"} 5"#,
            r#"prism_plugin_call_duration_seconds_sum{method="Get"} 6.003"#,
            r#"prism_plugin_call_duration_seconds_count{method="Get"} 5"#,
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
    }
}
