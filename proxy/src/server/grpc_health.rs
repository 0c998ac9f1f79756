//! `grpc.health.v1` of the proxy: the empty service is the proxy itself, and a
//! namespace's name is its plugin.

use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse,
    health_check_response::ServingStatus,
    health_server::{Health, HealthServer},
};

use super::Shared;
use crate::{phase::Phase, plugin};

type Answer = Result<HealthCheckResponse, Status>;

pub(super) struct Checks(Shared);

pub(super) fn service(shared: &Shared) -> HealthServer<Checks> {
    HealthServer::new(Checks(shared.clone()))
}

impl Checks {
    /// `None` for an unknown service. Where tokens are configured, namespaces are
    /// unknown too: health is asked without a token.
    fn status(&self, service: &str) -> Option<ServingStatus> {
        let serving = self.0.phases.now() == Phase::Serving;
        let routing = self.0.current.get();
        let up = match service {
            "" => true,
            _ if routing.access.is_limited() => return None,
            name => routing.plugins.get(name)?.health().up,
        };
        Some(if serving && up {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        })
    }
}

#[tonic::async_trait]
impl Health for Checks {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        let status = self.status(&service);
        let status = status.ok_or_else(|| Status::not_found(format!("no service `{service}`")))?;
        Ok(Response::new(answer(status)))
    }

    type WatchStream = ReceiverStream<Answer>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let service = request.into_inner().service;
        let (out, stream) = mpsc::channel(1);
        tokio::spawn(follow(Self(self.0.clone()), service, out));
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

/// Sends every change until the client goes away or draining begins: an endless
/// stream would hold up the drain to its limit.
async fn follow(checks: Checks, service: String, out: mpsc::Sender<Answer>) {
    let mut sent = None;
    let mut phases = checks.0.phases.watch();
    let mut reloads = checks.0.current.watch();
    loop {
        let phase = *phases.borrow_and_update();
        let mut changes = {
            let routing = reloads.borrow_and_update();
            routing.plugins.get(&service).map(|plugin| plugin.watch())
        };
        // What is sent now is at least as new as what is watched.
        if let Some(changes) = &mut changes {
            changes.mark_unchanged();
        }
        let status = checks
            .status(&service)
            .unwrap_or(ServingStatus::ServiceUnknown);
        if sent != Some(status) {
            sent = Some(status);
            if out.send(Ok(answer(status))).await.is_err() {
                return;
            }
        }
        if phase == Phase::Draining {
            return;
        }
        tokio::select! {
            _ = phases.changed() => {}
            _ = reloads.changed() => {}
            () = changed(&mut changes) => {}
            () = out.closed() => return,
        }
    }
}

async fn changed(changes: &mut Option<watch::Receiver<plugin::Health>>) {
    if let Some(changes) = changes
        && changes.changed().await.is_ok()
    {
        return;
    }
    // The proxy itself and unknown services change only by draining.
    std::future::pending().await
}

fn answer(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}
