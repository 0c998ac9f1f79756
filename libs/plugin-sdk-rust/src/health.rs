//! `grpc.health.v1` of a plugin: the empty service and the data plane's are the
//! plugin itself.

use std::{sync::Arc, time::Duration};

use prism_proto::keyvalue::v1::key_value_server::SERVICE_NAME;
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

use crate::store::Store;

/// What the plugin can do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Down,
    Serving,
    /// The last one: nothing comes after it.
    Draining,
}

pub(crate) struct Checks(pub(crate) watch::Receiver<State>);

type Answer = Result<HealthCheckResponse, Status>;

fn answer(state: State) -> HealthCheckResponse {
    let status = match state {
        State::Serving => ServingStatus::Serving,
        State::Down | State::Draining => ServingStatus::NotServing,
    };
    HealthCheckResponse {
        status: status.into(),
    }
}

fn is_known(service: &str) -> bool {
    service.is_empty() || service == SERVICE_NAME
}

#[tonic::async_trait]
impl Health for Checks {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        if !is_known(&service) {
            return Err(Status::not_found(format!("no service `{service}`")));
        }
        Ok(Response::new(answer(*self.0.borrow())))
    }

    type WatchStream = ReceiverStream<Answer>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let known = is_known(&request.into_inner().service);
        let (out, stream) = mpsc::channel(1);
        tokio::spawn(follow(self.0.clone(), known, out));
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

/// Sends every change until the client goes away or draining begins: an endless
/// stream would hold up the drain to its limit.
async fn follow(mut states: watch::Receiver<State>, known: bool, out: mpsc::Sender<Answer>) {
    let mut sent = None;
    loop {
        let state = *states.borrow_and_update();
        let now = if known {
            answer(state)
        } else {
            HealthCheckResponse {
                status: ServingStatus::ServiceUnknown.into(),
            }
        };
        if sent.as_ref() != Some(&now) {
            sent = Some(now);
            if out.send(Ok(now)).await.is_err() {
                return;
            }
        }
        if state == State::Draining {
            return;
        }
        tokio::select! {
            changed = states.changed() => if changed.is_err() { return },
            () = out.closed() => return,
        }
    }
}

/// Asks the backend whether it can serve, again and again, and says so once for
/// each change.
pub(crate) async fn monitor<S: Store>(
    store: Arc<S>,
    states: Arc<watch::Sender<State>>,
    every: Duration,
) {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = None;
    loop {
        tick.tick().await;
        let error = match timeout(every, store.ping()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(format!("{error:?}")),
            Err(_) => Some("it does not answer".to_owned()),
        };
        let state = if error.is_none() {
            State::Serving
        } else {
            State::Down
        };
        states.send_if_modified(|now| {
            let changes = *now != State::Draining && *now != state;
            if changes {
                *now = state;
            }
            changes
        });
        if told.as_ref() != Some(&error) {
            match &error {
                None => tracing::info!("the backend is up; serving"),
                Some(error) => tracing::warn!(error, "the backend is down; not serving"),
            }
            told = Some(error);
        }
    }
}
