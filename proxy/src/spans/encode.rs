//! OTLP in JSON.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use tonic::Code;

use super::Span;

const SERVER: u8 = 2;
const ERROR: u8 = 2;

/// The body of an export request.
pub(super) fn encode(service: &str, spans: &[Span]) -> String {
    let spans: Vec<_> = spans.iter().map(of_span).collect();
    let resource = json!({ "attributes": [text("service.name", service)] });
    let scope = json!({ "name": "prism-proxy", "version": env!("CARGO_PKG_VERSION") });
    json!({ "resourceSpans": [{
        "resource": resource,
        "scopeSpans": [{ "scope": scope, "spans": spans }],
    }] })
    .to_string()
}

fn of_span(span: &Span) -> Value {
    let path = span.path.trim_start_matches('/');
    let (service, method) = path.rsplit_once('/').unwrap_or(("", path));
    let begun = span.begun.duration_since(UNIX_EPOCH).unwrap_or_default();
    let nanoseconds = |time: Duration| time.as_nanos().to_string();
    let status = if is_error(span.code) {
        json!({ "code": ERROR })
    } else {
        json!({})
    };
    let code = (span.code as i32).to_string();
    let mut value = json!({
        "traceId": format!("{:032x}", span.context.trace),
        "spanId": format!("{:016x}", span.context.own),
        "name": path,
        "kind": SERVER,
        "startTimeUnixNano": nanoseconds(begun),
        "endTimeUnixNano": nanoseconds(begun + span.took),
        "attributes": [
            text("rpc.system", "grpc"),
            text("rpc.service", service),
            text("rpc.method", method),
            text("prism.namespace", &span.namespace),
            { "key": "rpc.grpc.status_code", "value": { "intValue": code } },
        ],
        "status": status,
    });
    if let (Some(parent), Some(fields)) = (span.context.parent, value.as_object_mut()) {
        fields.insert("parentSpanId".into(), format!("{parent:016x}").into());
    }
    value
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// What the conventions for servers of RPC call an error: not what the client
/// did wrong.
fn is_error(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    )
}
