//! From the listener to the end of the drain.

use std::{error::Error, sync::Arc};

use axum::Router;
use prism_proto::keyvalue::v1::key_value_server::KeyValueServer;
use prism_transport::{Listener, Signals};
use tokio::{sync::watch, time::timeout};
use tonic_health::pb::health_server::HealthServer;

use crate::{
    health::{Checks, State, monitor},
    service::Service,
    settings::Settings,
    store::Store,
};

/// Serves until SIGTERM or SIGINT, then drains; a second signal ends the process
/// at once.
pub(crate) async fn serve<S: Store>(
    settings: Settings,
    version: &str,
    open: impl AsyncFnOnce() -> Result<S, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    // First of all: as a container's process 1 we would ignore an early SIGTERM.
    let signals = Signals::new()?;
    let listener = Listener::open(settings.listen).await?;
    serve_on(listener, signals, settings, version, open).await
}

async fn serve_on<S: Store>(
    listener: Listener,
    mut signals: Signals,
    settings: Settings,
    version: &str,
    open: impl AsyncFnOnce() -> Result<S, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let store = Arc::new(open().await?);
    let (states, watched) = watch::channel(State::Down);
    let states = Arc::new(states);
    tokio::spawn(monitor(
        Arc::clone(&store),
        Arc::clone(&states),
        settings.health_interval,
    ));
    let data = KeyValueServer::new(Service {
        store,
        limit: settings.call_timeout,
    });
    let router = Router::new()
        .route_service(
            "/grpc.health.v1.Health/{method}",
            HealthServer::new(Checks(watched)),
        )
        .route_service("/prism.keyvalue.v1.KeyValue/{method}", data);
    let address = listener.address;
    let mut stop = states.subscribe();
    let stopped = async move {
        // An error means that nobody is left to stop.
        let _ended = stop.wait_for(|state| *state == State::Draining).await;
    };
    let serving = tokio::spawn(listener.serve(router, Box::pin(stopped)));
    tracing::info!(%address, version, "listening");
    let name = signals.next().await;
    tracing::info!(signal = name, "draining");
    states.send_replace(State::Draining);
    tokio::select! {
        ended = timeout(settings.drain_timeout, serving) => {
            if ended.is_err() {
                return Err("the drain timeout passed; calls were aborted".into());
            }
        }
        name = signals.next() => return Err(format!("a second signal, {name}").into()),
    }
    tracing::info!("drained");
    Ok(())
}

#[cfg(test)]
mod tests;
