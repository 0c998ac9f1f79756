//! Port 8980.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{Method, StatusCode, Version, header};
use tonic_health::pb::health_server::{Health, HealthServer};

use crate::{
    forward::Forwarder,
    phase::{Phase, Phases},
};

pub(super) fn router<H: Health>(
    forwarder: Forwarder,
    health: HealthServer<H>,
    phases: Phases,
) -> Router {
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
        .route_service("/grpc.health.v1.Health/{method}", health)
        .fallback(forward)
        .with_state(forwarder)
}

async fn forward(State(forwarder): State<Forwarder>, request: Request) -> Response<Body> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.map_or(&b""[..], |kind| kind.as_bytes());
    let Some(rest) = kind.strip_prefix(b"application/grpc") else {
        return (
            StatusCode::NOT_FOUND,
            "not found: this port serves gRPC and GET /health\n",
        )
            .into_response();
    };
    // gRPC-Web, for one, has another framing.
    if !matches!(rest.first(), None | Some(b'+' | b';')) {
        return (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type must be application/grpc\n",
        )
            .into_response();
    }
    if request.method() != Method::POST {
        let allow = [(header::ALLOW, "POST")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow, "gRPC needs POST\n").into_response();
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
