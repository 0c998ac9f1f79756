//! Port 8980.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, Method, Request, StatusCode, Version, header};
use prism_transport::{Handler, routed};
use tonic_health::pb::health_server::{Health, HealthServer, SERVICE_NAME};

use crate::{
    forward::Forwarder,
    phase::{Phase, Phases},
};

/// Calls go to the forwarder at once, and only the rest through a router.
pub(super) fn handler<H: Health>(
    forwarder: Forwarder,
    health: HealthServer<H>,
    phases: Phases,
) -> Handler {
    let forwarder = Arc::new(forwarder);
    let others = routed(router(health, phases));
    Arc::new(move |request| {
        if !is_forwarded(&request) {
            return others(request);
        }
        let forwarder = Arc::clone(&forwarder);
        Box::pin(async move { forwarder.forward(request).await })
    })
}

fn is_forwarded(request: &Request<Body>) -> bool {
    is_grpc(request.headers()) == Some(true)
        && request.method() == Method::POST
        // HTTP/1.1 cannot carry what gRPC needs in both directions.
        && request.version() == Version::HTTP_2
        && !of_health(request.uri().path())
}

fn of_health(path: &str) -> bool {
    let rest = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(SERVICE_NAME));
    let method = rest.and_then(|rest| rest.strip_prefix('/'));
    method.is_some_and(|method| !method.is_empty() && !method.contains('/'))
}

/// `Some(false)` for another framing, as of gRPC-Web; `None` for what is no gRPC.
fn is_grpc(headers: &HeaderMap) -> Option<bool> {
    let kind = headers.get(header::CONTENT_TYPE)?;
    let rest = kind.as_bytes().strip_prefix(b"application/grpc")?;
    Some(matches!(rest.first(), None | Some(b'+' | b';')))
}

fn router<H: Health>(health: HealthServer<H>, phases: Phases) -> Router {
    let serves = move || {
        let serves = phases.now() == Phase::Serving;
        async move {
            if serves {
                (StatusCode::OK, "ok\n")
            } else {
                (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
            }
        }
    };
    Router::new()
        .route("/health", get(serves))
        .route_service(&format!("/{SERVICE_NAME}/{{method}}"), health)
        .fallback(refuse)
}

/// Says what keeps a request from being forwarded.
async fn refuse(request: Request<Body>) -> Response<Body> {
    match is_grpc(request.headers()) {
        None => (
            StatusCode::NOT_FOUND,
            "not found: this port serves gRPC and GET /health\n",
        )
            .into_response(),
        Some(false) => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type must be application/grpc\n",
        )
            .into_response(),
        Some(true) if request.method() != Method::POST => {
            let allow = [(header::ALLOW, "POST")];
            (StatusCode::METHOD_NOT_ALLOWED, allow, "gRPC needs POST\n").into_response()
        }
        Some(true) => (
            StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            "gRPC needs HTTP/2\n",
        )
            .into_response(),
    }
}
