//! The two listeners.

mod admin;
mod data;
mod grpc_health;

use std::{future::Future, io, net::SocketAddr, sync::Arc};

use axum::{Router, serve::ListenerExt};
use tokio::net::TcpListener;

use crate::{config::Config, forward::Forwarder, metrics::Metrics, phase::Phases, plugin::Plugins};

/// What both servers share; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shared {
    /// How far the process has come.
    pub phases: Phases,
    /// The configured plugins.
    pub plugins: Plugins,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

impl Shared {
    /// Prepares everything but the listeners. Needs a Tokio runtime.
    ///
    /// # Errors
    /// When a metric cannot be registered.
    pub fn new(config: &Config, phases: Phases) -> prometheus::Result<Self> {
        let plugins = Plugins::new(config.namespaces.clone());
        Ok(Self {
            phases,
            plugins,
            metrics: Arc::new(Metrics::new()?),
        })
    }

    /// Routes of the data port: gRPC, and `GET /health` over HTTP/1.1 or 2.
    pub fn data(&self) -> Router {
        let forwarder = Forwarder {
            plugins: self.plugins.clone(),
            metrics: Arc::clone(&self.metrics),
        };
        data::router(forwarder, grpc_health::service(self))
    }

    /// Routes of the admin port.
    pub fn admin(&self) -> Router {
        admin::router(self.clone())
    }
}

/// An open listener and its true address, which differs from the configured one
/// for port 0.
#[derive(Debug)]
pub struct Open {
    listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Opens a listener.
///
/// # Errors
/// When the address is taken or not ours; the message names it.
pub async fn open(address: SocketAddr) -> io::Result<Open> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(named)?;
    let address = listener.local_addr().map_err(named)?;
    Ok(Open { listener, address })
}

impl Open {
    /// Serves until `stop` ends and every connection has finished its calls.
    ///
    /// # Errors
    /// Never in the present `axum`; accept errors are retried.
    pub async fn serve(
        self,
        router: Router,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let listener = self.listener.tap_io(|stream| {
            // Without this a small answer may wait 10 ms for an acknowledgement.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY was refused");
            }
        });
        axum::serve(listener, router)
            .with_graceful_shutdown(stop)
            .await
    }
}
