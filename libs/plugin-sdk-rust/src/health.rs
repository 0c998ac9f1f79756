//! `grpc.health.v1` of a plugin: the empty service and the data plane's are the
//! plugin itself, `Lifecycle` only has to answer.

use std::{sync::Arc, time::Duration};

use prism_proto::{keyvalue::v1::key_value_server, lifecycle::v1::lifecycle_server};
use tokio::{
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_server::Health,
};

use crate::{
    control::{Control, Phase, State},
    store::Store,
};

pub(crate) struct Checks(pub(crate) watch::Receiver<State>);

type Answer = Result<HealthCheckResponse, Status>;

fn status(service: &str, state: &State) -> ServingStatus {
    match service {
        "" | key_value_server::SERVICE_NAME if state.serves() => ServingStatus::Serving,
        "" | key_value_server::SERVICE_NAME => ServingStatus::NotServing,
        // It answers as long as the process does.
        lifecycle_server::SERVICE_NAME => ServingStatus::Serving,
        _ => ServingStatus::ServiceUnknown,
    }
}

fn answer(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}

#[tonic::async_trait]
impl Health for Checks {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        match status(&service, &self.0.borrow()) {
            ServingStatus::ServiceUnknown => {
                Err(Status::not_found(format!("no service `{service}`")))
            }
            known => Ok(Response::new(answer(known))),
        }
    }

    type WatchStream = ReceiverStream<Answer>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let service = request.into_inner().service;
        let (out, stream) = mpsc::channel(1);
        tokio::spawn(follow(self.0.clone(), service, out));
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

/// Sends every change until the client goes away or the process ends: an endless
/// stream would hold up its drain to the limit.
async fn follow(mut states: watch::Receiver<State>, service: String, out: mpsc::Sender<Answer>) {
    let mut sent = None;
    loop {
        let (now, phase) = {
            let state = states.borrow_and_update();
            (status(&service, &state), state.phase)
        };
        if sent != Some(now) {
            sent = Some(now);
            if out.send(Ok(answer(now))).await.is_err() {
                return;
            }
        }
        if phase == Phase::Ending {
            return;
        }
        tokio::select! {
            changed = states.changed() => if changed.is_err() { return },
            () = out.closed() => return,
        }
    }
}

/// Asks the backend whether it can serve, again and again, at once where a call
/// found it unavailable, and says so once for each change.
pub(crate) async fn monitor<S: Store>(store: Arc<S>, control: Arc<Control>, every: Duration) {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = control.doubt.notified() => {}
        }
        let backend = match timeout(every, store.ping()).await {
            Ok(pinged) => pinged.map_err(|error| error.to_string()),
            Err(_) => Err("it does not answer".to_owned()),
        };
        if control.backend_is(backend.clone()) {
            match backend {
                Ok(()) => tracing::info!("the backend is up"),
                Err(error) => tracing::warn!(error, "the backend is down; not serving"),
            }
        }
    }
}
