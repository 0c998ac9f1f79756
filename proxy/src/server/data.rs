//! Port 8980.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, Version, header};
use tonic_health::pb::health_server::{Health, HealthServer};

use crate::forward::Forwarder;

pub(super) fn router<H: Health>(forwarder: Forwarder, health: HealthServer<H>) -> Router {
    Router::new()
        .route("/health", get(|| async { "ok\n" }))
        .route_service("/grpc.health.v1.Health/{method}", health)
        .fallback(forward)
        .with_state(forwarder)
}

async fn forward(State(forwarder): State<Forwarder>, request: Request) -> Response<Body> {
    let is_grpc = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    if !is_grpc {
        return (
            StatusCode::NOT_FOUND,
            "not found: this port serves gRPC and GET /health\n",
        )
            .into_response();
    }
    // HTTP/1.1 cannot carry what gRPC needs in both directions.
    if request.version() != Version::HTTP_2 {
        return (
            StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            "gRPC needs HTTP/2\n",
        )
            .into_response();
    }
    forwarder.forward(request).await
}
