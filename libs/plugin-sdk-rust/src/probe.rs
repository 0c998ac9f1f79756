//! Asks a running plugin whether it serves, for containers without a shell.

use std::{net::SocketAddr, time::Duration};

use prism_transport::{Endpoint, Host, channel, reachable};
use tokio::time::timeout;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

const LIMIT: Duration = Duration::from_secs(2);

/// `Err` says why the plugin that listens on `address` does not serve.
pub(crate) async fn probe(address: SocketAddr) -> Result<(), String> {
    let address = reachable(address);
    let endpoint = Endpoint {
        host: Host::Ip(address.ip()),
        port: address.port(),
    };
    let mut client = HealthClient::new(channel(endpoint));
    let asked = timeout(LIMIT, client.check(HealthCheckRequest::default())).await;
    let answer = asked
        .map_err(|_| "it does not answer".to_owned())?
        .map_err(|status| status.message().to_owned())?;
    match answer.get_ref().status() {
        ServingStatus::Serving => Ok(()),
        other => Err(other.as_str_name().to_owned()),
    }
}
