//! Passes calls on to plugins: headers and bodies as they are, by path.

mod answer;
mod call;
mod clients;
mod deadline;
mod errors;
mod path;
mod request_id;
mod upload;

use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response, header, request::Parts};
use prism_transport::{Incoming, Lease, Peer, Pool};
use tonic::{Code, Status};

pub use clients::Clients;
pub use errors::root_cause;

use crate::{
    metrics::Metrics,
    plugin::{Plugin, namespace_of},
    routing::{Current, Routing},
    spans::Spans,
};
use {
    answer::{Answer, Held},
    call::Call,
    deadline::Deadline,
    upload::{Exceeded, Upload},
};

/// What forwarding needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct Forwarder {
    /// Where calls go.
    pub current: Current,
    /// Where they are counted.
    pub metrics: Arc<Metrics>,
    /// Where a collector wants spans of calls.
    pub spans: Option<Arc<Spans>>,
    /// What each client has in flight.
    pub clients: Clients,
}

type Exchanged = Result<(Response<Incoming>, Deadline, Held), Status>;

impl Forwarder {
    /// Answers one gRPC call. Failures of the proxy's own are HTTP 200 with a
    /// gRPC status, as the protocol wants.
    pub async fn forward(&self, mut request: Request<Body>) -> Response<Body> {
        let id = request_id::of(request.headers_mut());
        let spans = self.spans.as_ref();
        let span = spans.and_then(|spans| spans.begin(request.headers_mut()));
        let routing = self.current.get();
        let routed = route(&routing, &request);
        let call = Call::begin(
            &self.metrics,
            routed.as_ref().ok().copied(),
            request.uri().path(),
            span,
        );
        let answered = match routed {
            Ok(plugin) => self.exchange(&routing, plugin, request).await,
            Err(status) => Err(status),
        };
        let mut answer = match answered {
            Ok((answer, deadline, held)) => {
                Answer::wrap(answer, call, deadline, held, routing.clients.slow_reader)
            }
            Err(status) => {
                let (code, message) = (status.code(), status.message());
                tracing::debug!(request_id = ?id, ?code, message, "a call failed");
                call.finish(code);
                status.into_http()
            }
        };
        answer.headers_mut().insert(request_id::HEADER, id);
        answer
    }

    async fn exchange(
        &self,
        routing: &Routing,
        plugin: &Plugin,
        mut request: Request<Body>,
    ) -> Exchanged {
        let deadline = Deadline::of(request.headers_mut(), plugin)?;
        let peer = request.extensions().get::<Peer>();
        let counted = peer
            .map(|peer| self.clients.enter(*peer, routing.clients.max_calls))
            .transpose()?;
        let place = plugin.enter()?;
        let headers = request.headers_mut();
        // The channel sets the authority; a second opinion would be refused.
        headers.remove(header::HOST);
        // The token is meant for the proxy, not for the plugin.
        if routing.access.is_limited() {
            headers.remove(header::AUTHORIZATION);
        }
        let (response, lease) = self.send(plugin, request, &deadline).await?;
        let held = Held {
            _lease: Some(lease),
            _counted: counted,
            _place: Some(place),
        };
        Ok((response, deadline, held))
    }

    /// Sends a request; once more if the connection is lost, the method is
    /// idempotent and the request small.
    async fn send(
        &self,
        plugin: &Plugin,
        request: Request<Body>,
        deadline: &Deadline,
    ) -> Result<(Response<Incoming>, Lease), Status> {
        let most = plugin.namespace.limits.max_request_bytes;
        let (exceeded, (parts, body)) = (Exceeded::default(), request.into_parts());
        let body = if path::is_idempotent(&parts.uri) {
            deadline
                .limit(Upload::kept(body, most, &exceeded))
                .await??
        } else {
            Upload::streamed(body, most, &exceeded)
        };
        let again = body.again().map(|body| (parts.clone(), body));
        let mut sent = self.try_send(plugin, parts, body, deadline).await;
        let lost = sent
            .as_ref()
            .err()
            .is_some_and(|error| error.code() == Code::Unavailable);
        if let Some((parts, body)) = again.filter(|_| lost && !exceeded.is_set()) {
            self.metrics.count_retry(plugin);
            sent = self.try_send(plugin, parts, body, deadline).await;
        }
        match sent {
            Ok(sent) => {
                plugin.succeeded();
                Ok(sent)
            }
            Err(_) if exceeded.is_set() => Err(Status::resource_exhausted(format!(
                "the request has more than {} bytes, the limit of namespace {}",
                most.unwrap_or_default(),
                plugin.namespace.name
            ))),
            Err(status) => {
                if status.code() == Code::Unavailable && plugin.failed() {
                    self.metrics.count_ejection(plugin);
                }
                Err(status)
            }
        }
    }

    async fn try_send(
        &self,
        plugin: &Plugin,
        parts: Parts,
        body: Upload,
        deadline: &Deadline,
    ) -> Result<(Response<Incoming>, Lease), Status> {
        let lease = plugin.pool.lease().ok_or_else(|| {
            Status::resource_exhausted(format!(
                "plugin {} has {} calls in flight, the most that one gets; try again later",
                plugin.describe(),
                Pool::MOST_CALLS
            ))
        })?;
        let answer = lease.channel.clone().send(Request::from_parts(parts, body));
        match deadline.limit(answer).await? {
            Ok(response) => Ok((response, lease)),
            Err(error) => Err(errors::from_transport(plugin, &*error)),
        }
    }
}

/// The plugin that a call is for. Only interfaces that its namespace declares
/// are forwarded; what no namespace declares needs no namespace to be refused.
/// The metadata is forwarded unchanged, so the plugin sees the same namespace.
fn route<'r>(routing: &'r Routing, request: &Request<Body>) -> Result<&'r Arc<Plugin>, Status> {
    let service = path::service(request.uri()).unwrap_or_default();
    if !routing.plugins.iter().any(|plugin| plugin.serves(service)) {
        return Err(Status::unimplemented(format!(
            "this proxy does not forward {}",
            request.uri().path()
        )));
    }
    let name = namespace_of(request.headers())?;
    routing.access.check(request.headers(), name)?;
    let plugin = routing.plugins.find(name)?;
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
