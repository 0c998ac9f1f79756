//! From the listener to the end of the drain.

use std::{
    error::Error,
    future::pending,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, middleware::from_fn_with_state};
use prism_proto::{
    keyvalue::v1::key_value_server::KeyValueServer,
    lifecycle::v1::lifecycle_server::LifecycleServer,
};
use prism_transport::{Limits, Listener, Signals, routed};
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};
use tonic_health::pb::health_server::HealthServer;

use crate::{
    call::surround,
    control::Control,
    gate::Drained,
    health::{Checks, monitor},
    lifecycle::Steering,
    metrics::Calls,
    pages::{self, pages},
    plugin::Plugin,
    reflection::reflection,
    service::Service,
    settings::Common,
    store::Store,
};

/// How long connections get for goodbyes once no call of the data plane runs.
const GOODBYE: Duration = Duration::from_secs(1);

/// Serves until SIGTERM, SIGINT or `Lifecycle.Stop`, then drains; a second signal
/// ends the process at once.
pub(crate) async fn serve<S: Store>(
    settings: Common,
    plugin: Plugin,
    open: impl AsyncFnOnce() -> Result<S, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    // First of all: as a container's process 1 we would ignore an early SIGTERM.
    let signals = Signals::new()?;
    let listeners = Listeners::open(&settings).await?;
    serve_on(listeners, signals, settings, plugin, open).await
}

/// Apart, so that whoever reaches the data cannot stop the plugin.
struct Listeners {
    /// `KeyValue`.
    data: Listener,
    /// `Lifecycle`.
    control: Listener,
    /// `/metrics` and `/ready`.
    pages: Listener,
}

impl Listeners {
    async fn open(settings: &Common) -> Result<Self, String> {
        let cannot = |error: io::Error, setting: &str| {
            format!("cannot listen: {error}; choose another address with {setting}")
        };
        let open = async |address, setting| {
            let opened = Listener::open(address).await;
            opened.map_err(|error| cannot(error, setting))
        };
        Ok(Self {
            data: open(settings.listen, "PRISM_LISTEN")
                .await?
                .limited(connections())
                .trusting(),
            control: open(settings.control_listen, "PRISM_CONTROL_LISTEN")
                .await?
                .limited(connections()),
            pages: open(settings.metrics_listen, "PRISM_METRICS_LISTEN")
                .await?
                .limited(pages::LIMITS),
        })
    }
}

/// A connection that sends nothing is soon closed; all may be one client's, the
/// proxy.
fn connections() -> Limits {
    Limits {
        most: 1000,
        most_of_client: 1000,
        header: Duration::from_secs(10),
        ..Limits::default()
    }
}

async fn serve_on<S: Store>(
    listeners: Listeners,
    mut signals: Signals,
    settings: Common,
    plugin: Plugin,
    open: impl AsyncFnOnce() -> Result<S, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let store = Arc::new(open().await?);
    let control = Arc::new(Control::new());
    tokio::spawn(monitor(
        Arc::clone(&store),
        Arc::clone(&control),
        settings.health_interval,
    ));
    let Listeners {
        data: data_listener,
        control: control_listener,
        pages: pages_listener,
    } = listeners;
    let (address, control_address) = (data_listener.address, control_listener.address);
    let metrics_address = pages_listener.address;
    let data = KeyValueServer::new(Service {
        store,
        control: Arc::clone(&control),
        limit: settings.call_timeout,
    });
    let lifecycle = LifecycleServer::new(Steering {
        plugin,
        endpoint: address,
        started: Instant::now(),
        drain_timeout: settings.drain_timeout,
        control: Arc::clone(&control),
    });
    let ending = Arc::clone(&control);
    let stop = async move {
        ending.ending().await;
    };
    let calls = Arc::<Calls>::default();
    let router = Router::new()
        .route_service("/prism.keyvalue.v1.KeyValue/{method}", data)
        .layer(from_fn_with_state(Arc::clone(&calls), surround))
        .merge(with_health(&control))
        .route_service(
            "/grpc.reflection.v1.ServerReflection/{method}",
            reflection()?,
        );
    let serving = tokio::spawn(data_listener.serve(routed(router), Box::pin(stop)));
    // It tells of the drain until the last call has finished.
    let (drained, over) = oneshot::channel::<()>();
    let stop = async move {
        let _gone = over.await;
    };
    let router =
        with_health(&control).route_service("/prism.lifecycle.v1.Lifecycle/{method}", lifecycle);
    let steering = tokio::spawn(control_listener.serve(routed(router), Box::pin(stop)));
    // It answers until the process ends.
    let router = pages(plugin, Arc::clone(&control), calls);
    tokio::spawn(pages_listener.serve(routed(router), Box::pin(pending())));
    tracing::info!(%address, %control_address, %metrics_address, version = plugin.version, "listening");
    let insisted = async {
        control.end(settings.drain_timeout, signals.next().await);
        signals.next().await
    };
    tokio::select! {
        ended = end(&control, serving) => ended?,
        name = insisted => return Err(format!("a second signal, {name}").into()),
    }
    drop(drained);
    // The process ends anyway.
    let _told = timeout(GOODBYE, steering).await;
    tracing::info!("stopped");
    Ok(())
}

fn with_health(control: &Control) -> Router {
    let health = HealthServer::new(Checks(control.watch()));
    // What is not served is UNIMPLEMENTED, as gRPC wants.
    Router::new()
        .route_service("/grpc.health.v1.Health/{method}", health)
        .fallback(async || tonic::Status::unimplemented("").into_http::<Body>())
}

/// Waits for the order to end and then, within its limit, for the calls of the
/// data plane.
async fn end(control: &Control, serving: JoinHandle<io::Result<()>>) -> Result<(), String> {
    let limit = control.ending().await;
    let Drained { aborted, .. } = control.drain(limit, "stopping").await;
    // Not for streams without an end, as of reflection: the process ends anyway.
    let _told = timeout(GOODBYE, serving).await;
    if aborted > 0 {
        return Err(format!(
            "the drain timeout passed; calls were aborted: {aborted}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
