//! Passes calls on to plugins: headers and bodies as they are, by path.

mod answer;
mod call;
mod clients;
mod deadline;
mod errors;
mod path;

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use http::{Request, Response, header};
use prism_transport::{Peer, Pool};
use tonic::Status;
use tower::ServiceExt;

pub use clients::Clients;
pub use errors::root_cause;

use crate::{
    metrics::Metrics,
    plugin::{Plugin, Plugins},
};
use {
    answer::{Answer, Held},
    call::Call,
    deadline::Deadline,
};

/// What forwarding needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct Forwarder {
    /// Where calls go.
    pub plugins: Plugins,
    /// Where they are counted.
    pub metrics: Arc<Metrics>,
    /// What each client has in flight.
    pub clients: Arc<Clients>,
    /// How long an answer waits for a client that does not read.
    pub slow_reader: Duration,
}

impl Forwarder {
    /// Answers one gRPC call. Failures of the proxy's own are HTTP 200 with a
    /// gRPC status, as the protocol wants.
    pub async fn forward(&self, request: Request<Body>) -> Response<Body> {
        let routed = self.route(&request);
        let namespace = routed
            .as_ref()
            .map_or("", |plugin| plugin.namespace.name.as_str());
        let call = Call::begin(&self.metrics, namespace, request.uri().path());
        let answered = match routed {
            Ok(plugin) => self.exchange(plugin, request).await,
            Err(status) => Err(status),
        };
        match answered {
            Ok((answer, deadline, held)) => {
                Answer::wrap(answer, call, deadline, held, self.slow_reader)
            }
            Err(status) => {
                call.finish(status.code());
                status.into_http()
            }
        }
    }

    /// The plugin that a call is for. Only interfaces that its namespace declares
    /// are forwarded; what no namespace declares needs no namespace to be refused.
    fn route(&self, request: &Request<Body>) -> Result<&Arc<Plugin>, Status> {
        let service = path::service(request.uri()).unwrap_or_default();
        if !self.plugins.iter().any(|plugin| plugin.serves(service)) {
            return Err(Status::unimplemented(format!(
                "this proxy does not forward {}",
                request.uri().path()
            )));
        }
        let plugin = self.plugins.route(request.headers())?;
        if !plugin.serves(service) {
            let namespace = &plugin.namespace;
            return Err(Status::unimplemented(format!(
                "namespace {} does not declare {service}; it declares {}",
                namespace.name,
                namespace.interfaces.join(", ")
            )));
        }
        Ok(plugin)
    }

    async fn exchange(
        &self,
        plugin: &Plugin,
        mut request: Request<Body>,
    ) -> Result<(Response<tonic::body::Body>, Deadline, Held), Status> {
        let deadline = Deadline::of(request.headers_mut(), plugin)?;
        let peer = request.extensions().get::<Peer>();
        let permit = peer.map(|peer| self.clients.enter(*peer)).transpose()?;
        let lease = plugin.pool.lease().ok_or_else(|| {
            Status::unavailable(format!(
                "plugin {} has {} calls in flight, the most that one gets; try again later",
                plugin.describe(),
                Pool::MOST_CALLS
            ))
        })?;
        // The channel sets the authority; a second opinion would be refused.
        request.headers_mut().remove(header::HOST);
        let request = request.map(tonic::body::Body::new);
        let answer = lease.channel.clone().oneshot(request);
        match deadline.limit(answer).await? {
            Ok(response) => {
                let held = Held {
                    _lease: Some(lease),
                    _permit: permit,
                };
                Ok((response, deadline, held))
            }
            Err(error) => Err(errors::from_transport(plugin, &error)),
        }
    }
}
