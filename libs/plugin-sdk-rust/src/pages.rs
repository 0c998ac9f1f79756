//! `/metrics`, `/ready` and `/live` over HTTP, on a listener of their own.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, routing::get};
use http::{HeaderName, StatusCode, header::CONTENT_TYPE};
use prism_transport::Limits;

use crate::{
    control::{Control, Phase},
    metrics::{Calls, Now},
    plugin::Plugin,
};

/// Far more than probes and scrapers need.
pub(crate) const LIMITS: Limits = Limits {
    most: 32,
    most_of_client: 32,
    header: Duration::from_secs(5),
    idle: Duration::from_secs(60),
};

type Page = (StatusCode, [(HeaderName, &'static str); 1], String);

#[derive(Clone)]
struct Shown {
    plugin: Plugin,
    control: Arc<Control>,
    calls: Arc<Calls>,
}

pub(crate) fn pages(plugin: Plugin, control: Arc<Control>, calls: Arc<Calls>) -> Router {
    Router::new()
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/live", get(async || page(StatusCode::OK, "ok\n".into())))
        .fallback(async || page(StatusCode::NOT_FOUND, "not found\n".into()))
        .method_not_allowed_fallback(async || {
            page(StatusCode::METHOD_NOT_ALLOWED, "GET only\n".into())
        })
        .with_state(Shown {
            plugin,
            control,
            calls,
        })
}

fn page(status: StatusCode, text: String) -> Page {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (status, [(CONTENT_TYPE, kind)], text)
}

async fn ready(State(shown): State<Shown>) -> Page {
    let states = shown.control.watch();
    let state = states.borrow();
    let (status, said) = match (state.phase, &state.backend) {
        (Phase::Open, Ok(())) => (StatusCode::OK, "ok\n"),
        // The text of the error may hold secrets; the log has it.
        (Phase::Open, Err(_)) => (StatusCode::SERVICE_UNAVAILABLE, "the backend is down\n"),
        (Phase::Draining | Phase::Ending, _) => (StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
    };
    page(status, said.into())
}

async fn metrics(State(shown): State<Shown>) -> Page {
    let Plugin { name, version } = shown.plugin;
    let text = shown.calls.text(&Now {
        plugin: name,
        version,
        up: shown.control.watch().borrow().serves(),
        in_flight: shown.control.gate.in_flight(),
    });
    page(StatusCode::OK, text)
}
