//! From the configuration to the end of the drain.

use std::{
    error::Error, future::pending, num::NonZero, sync::Arc, thread::available_parallelism,
    time::Duration,
};

use prism_transport::{Limits, Listener, Signals, Workers};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{sleep, timeout},
};

use super::{
    descriptors::{ADMIN_CONNECTIONS, for_clients},
    reload::Reload,
};
use crate::{
    config::Config,
    phase::{Phase, Phases},
    plugin::keep_probing,
    server::Shared,
    spans::keep_exporting,
    tls::Certificates,
};

/// Serves until a signal, then drains.
pub(super) async fn run(config: Config, source: super::Source) -> Result<(), Box<dyn Error>> {
    // First of all: as a container's process 1 we would ignore an early SIGTERM.
    let mut signals = Signals::new()?;
    let mut hangups = signal(SignalKind::hangup())?;
    let phases = Phases::default();
    let shared = Shared::new(&config, phases.clone())?;
    phases.advance(Phase::Opening);
    let admin = Listener::open(config.admin_listen).await?.limited(Limits {
        most: ADMIN_CONNECTIONS,
        ..Limits::default()
    });
    let admin_address = admin.address;
    // Never stopped: it tells of the drain until the process ends.
    tokio::spawn(admin.serve(shared.admin(), Box::pin(pending())));
    let threads = available_parallelism().map_or(1, NonZero::get);
    let certificates = config.tls.clone().map(Certificates::new);
    let data = Listener::open(config.listen)
        .await?
        .limited(Limits {
            most: for_clients(config.connections.max, config.namespaces.len(), threads),
            most_of_client: config.clients.max_connections,
            header: config.connections.header,
            idle: config.connections.idle,
        })
        .secured(certificates.as_ref().map(Certificates::secure))
        .served_by(Workers::start(threads)?);
    shared.metrics.watch_connections(&data.connections);
    let data_address = data.address;
    let stop = phases.clone();
    let mut serving = tokio::spawn(data.serve(
        shared.data(),
        Box::pin(async move { stop.reached(Phase::Draining).await }),
    ));
    phases.advance(Phase::Serving);
    tracing::info!(
        listen = %data_address,
        admin_listen = %admin_address,
        namespaces = config.namespaces.len(),
        tls = config.tls.is_some(),
        tokens = config.tokens.as_ref().map_or(0, Vec::len),
        "ready"
    );
    for plugin in shared.current.get().plugins.iter() {
        tokio::spawn(keep_probing(Arc::downgrade(plugin)));
    }
    if let Some(spans) = &shared.spans {
        tokio::spawn(keep_exporting(Arc::clone(spans)));
    }
    let (drain_timeout, lame_duck) = (config.drain_timeout, config.lame_duck);
    let mut reload = Reload {
        source,
        config,
        shared: shared.clone(),
        certificates,
    };
    let name = loop {
        tokio::select! {
            name = signals.next() => break name,
            _ = hangups.recv() => reload.run(),
        }
    };
    let in_flight = || shared.metrics.in_flight.get();
    phases.advance(Phase::Leaving);
    tracing::info!(signal = name, in_flight = in_flight(), "stopping");
    // SIGINT comes from a terminal, where no load balancer needs the time.
    if name != "SIGINT" {
        tokio::select! {
            () = sleep(lame_duck) => {}
            _ = signals.next() => {}
        }
    }
    tracing::info!(in_flight = in_flight(), "draining");
    phases.advance(Phase::Draining);
    tokio::select! {
        finished = timeout(drain_timeout, &mut serving) => {
            report(finished.is_ok(), &shared, drain_timeout);
        }
        name = signals.next() => {
            tracing::warn!(signal = name, in_flight = in_flight(), "stopped again; calls are cut off");
        }
    }
    if let Some(spans) = &shared.spans {
        let _the_collector_is_gone = spans.export().await;
    }
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
