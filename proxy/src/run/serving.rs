//! From the configuration to the end of the drain.

use std::{error::Error, time::Duration};

use prism_transport::{Limits, Listener, Signals};
use tokio::time::timeout;

use super::descriptors::{ADMIN_CONNECTIONS, for_clients};
use crate::{
    config::Config,
    phase::{Phase, Phases},
    plugin::keep_probing,
    server::Shared,
};

/// Serves until a signal, then drains.
pub(super) async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    // First of all: as a container's process 1 we would ignore an early SIGTERM.
    let mut signals = Signals::new()?;
    let phases = Phases::default();
    let shared = Shared::new(&config, phases.clone())?;
    phases.advance(Phase::Opening);
    let admin = Listener::open(config.admin_listen).await?.limited(Limits {
        most: ADMIN_CONNECTIONS,
        ..Limits::default()
    });
    let admin_address = admin.address;
    // Never stopped: it tells of the drain until the process ends.
    tokio::spawn(admin.serve(shared.admin(), Box::pin(std::future::pending())));
    let data = Listener::open(config.listen).await?.limited(Limits {
        most: for_clients(config.connections.max, config.namespaces.len()),
        most_of_client: config.clients.max_connections,
        header: config.connections.header,
        idle: config.connections.idle,
    });
    shared.metrics.watch_connections(&data.connections);
    let data_address = data.address;
    let stop = phases.clone();
    let serving = tokio::spawn(data.serve(
        shared.data(),
        Box::pin(async move { stop.draining().await }),
    ));
    phases.advance(Phase::Serving);
    tracing::info!(
        listen = %data_address,
        admin_listen = %admin_address,
        namespaces = config.namespaces.len(),
        "ready"
    );
    for plugin in shared.plugins.iter() {
        tokio::spawn(keep_probing(plugin.clone()));
    }
    let name = signals.next().await;
    tracing::info!(
        signal = name,
        in_flight = shared.metrics.in_flight.get(),
        "draining"
    );
    phases.advance(Phase::Draining);
    let finished = timeout(config.drain_timeout, serving).await.is_ok();
    report(finished, &shared, config.drain_timeout);
    Ok(())
}

fn report(finished: bool, shared: &Shared, limit: Duration) {
    let in_flight = shared.metrics.in_flight.get();
    if finished {
        tracing::info!("drained");
    } else {
        let limit_ms = limit.as_millis();
        tracing::warn!(
            in_flight,
            limit_ms,
            "the drain limit passed; calls are cut off"
        );
    }
}
