//! Port 8981.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use serde::Serialize;

use super::Shared;
use crate::plugin::Plugin;

pub(super) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/health/live", get(|| async { "ok\n" }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/namespaces", get(namespaces))
        .with_state(shared)
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
    reasons: &'static [&'static str],
    /// Shown only: a plugin that is down must not take the proxy out of service.
    namespaces: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    backend: String,
    endpoint: String,
    /// Full names of the gRPC services that are forwarded.
    interfaces: Vec<String>,
    /// Milliseconds; null for no limit.
    timeout_ms: Option<u128>,
    plugin: Health,
}

#[derive(Serialize)]
struct Health {
    up: bool,
    detail: String,
}

impl Row {
    fn of(plugin: &Plugin) -> Self {
        let (namespace, health) = (&plugin.namespace, plugin.health());
        Self {
            name: namespace.name.clone(),
            backend: namespace.backend.clone(),
            endpoint: namespace.endpoint.to_string(),
            interfaces: namespace.interfaces.clone(),
            timeout_ms: namespace.timeout.map(|limit| limit.as_millis()),
            plugin: Health {
                up: health.up,
                detail: health.detail,
            },
        }
    }
}

fn rows(shared: &Shared) -> Vec<Row> {
    let routing = shared.current.get();
    routing
        .plugins
        .iter()
        .map(|plugin| Row::of(plugin))
        .collect()
}

async fn ready(State(shared): State<Shared>) -> Response {
    let reasons = shared.phases.now().reasons();
    let ready = reasons.is_empty();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    json(
        status,
        &Ready {
            ready,
            reasons,
            namespaces: rows(&shared),
        },
    )
}

async fn namespaces(State(shared): State<Shared>) -> Response {
    json(
        StatusCode::OK,
        &serde_json::json!({ "namespaces": rows(&shared) }),
    )
}

async fn metrics(State(shared): State<Shared>) -> Response {
    match shared.metrics.render(&shared.current.get().plugins) {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => failed(&error),
    }
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => (
            status,
            [(header::CONTENT_TYPE, "application/json")],
            text + "\n",
        )
            .into_response(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
}
