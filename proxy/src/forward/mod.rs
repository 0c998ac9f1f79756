//! Passes calls on to plugins: headers and bodies as they are, by path.

mod answer;
mod call;
mod deadline;
mod errors;

use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response, header};
use tonic::Status;
use tower::ServiceExt;

pub use errors::root_cause;

use crate::{
    metrics::Metrics,
    plugin::{Plugin, Plugins},
};
use {answer::Answer, call::Call, deadline::Deadline};

/// What forwarding needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct Forwarder {
    /// Where calls go.
    pub plugins: Plugins,
    /// Where they are counted.
    pub metrics: Arc<Metrics>,
}

impl Forwarder {
    /// Answers one gRPC call. Failures of the proxy's own are HTTP 200 with a
    /// gRPC status, as the protocol wants.
    pub async fn forward(&self, request: Request<Body>) -> Response<Body> {
        let routed = self.plugins.route(request.headers());
        let namespace = routed
            .as_ref()
            .map_or("", |plugin| plugin.namespace.name.as_str());
        let call = Call::begin(&self.metrics, namespace, request.uri().path());
        let answered = match routed {
            Ok(plugin) => exchange(plugin, request).await,
            Err(status) => Err(status),
        };
        match answered {
            Ok((answer, deadline)) => Answer::wrap(answer, call, deadline),
            Err(status) => {
                call.finish(status.code());
                status.into_http()
            }
        }
    }
}

async fn exchange(
    plugin: &Plugin,
    mut request: Request<Body>,
) -> Result<(Response<tonic::body::Body>, Deadline), Status> {
    let deadline = Deadline::of(request.headers_mut(), plugin)?;
    // The channel sets the authority; a second opinion would be refused.
    request.headers_mut().remove(header::HOST);
    let answer = plugin
        .channel
        .clone()
        .oneshot(request.map(tonic::body::Body::new));
    match deadline.limit(answer).await? {
        Ok(response) => Ok((response, deadline)),
        Err(error) => Err(errors::from_transport(plugin, &error)),
    }
}
