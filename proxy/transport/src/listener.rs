//! Listening sockets.

use std::{future::Future, io, net::SocketAddr, pin::Pin};

use axum::{Router, serve::ListenerExt};
use tokio::net::TcpListener;

/// Ends when serving shall stop. Boxed, so that callers instantiate no server.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An open listener and its true address, which differs from the configured one
/// for port 0.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Listener {
    /// Opens a listener.
    ///
    /// # Errors
    /// When the address is taken or not ours; the message names it.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{address}: {error}"));
        let socket = TcpListener::bind(address).await.map_err(named)?;
        let address = socket.local_addr().map_err(named)?;
        Ok(Self { socket, address })
    }

    /// Serves HTTP/1.1 and HTTP/2 until `stop` ends and every connection has
    /// finished its calls.
    ///
    /// # Errors
    /// Never in the present `axum`; accept errors are retried.
    pub async fn serve(self, router: Router, stop: Stop) -> io::Result<()> {
        let socket = self.socket.tap_io(|stream| {
            // Without this a small answer may wait 10 ms for an acknowledgement.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY was refused");
            }
        });
        axum::serve(socket, router)
            .with_graceful_shutdown(stop)
            .await
    }
}
