use prism_proto::keyvalue::v1::GetRequest;
use tonic::Streaming;
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus,
    health_client::HealthClient,
};

use crate::{
    plugin,
    proxy::{self, Proxy, to},
    wait::until,
};

/// Longer than the test's patience: only what does not wait for it ends in time.
const FOREVER_MS: &str = "600000";

fn slow() -> GetRequest {
    GetRequest { key: "slow".into() }
}

async fn watch_health(proxy: &Proxy) -> Streaming<HealthCheckResponse> {
    HealthClient::new(proxy.channel().await)
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn calls_in_flight_finish_while_new_ones_are_refused() {
    let plugin = plugin::anywhere().await;
    let limit = [("PRISM_DRAIN_TIMEOUT_MS", FOREVER_MS)];
    let mut proxy = proxy::start_with(&[("one", plugin.address, "")], &limit);
    let mut client = proxy.client().await;
    let mut watch = watch_health(&proxy).await;
    let first = watch.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);

    let call = tokio::spawn(async move { client.get(to("one", slow())).await });
    plugin.store.arrived.notified().await;
    proxy.terminate();
    until("the drain to begin", || async {
        let (status, text) = proxy.admin("/health/ready").await;
        (status == 503 && text.contains("draining")).then_some(())
    })
    .await;
    let told = watch.message().await.unwrap().unwrap();
    assert_eq!(told.status(), ServingStatus::NotServing);
    assert!(watch.message().await.unwrap().is_none());
    until("the listener to close", || async {
        tokio::net::TcpStream::connect(proxy.listen).await.err()
    })
    .await;

    plugin.store.release.notify_one();
    assert!(call.await.unwrap().is_ok());
    assert!(proxy.ended().await.success());
}

#[tokio::test]
async fn the_drain_has_a_limit() {
    let plugin = plugin::anywhere().await;
    let limit = [("PRISM_DRAIN_TIMEOUT_MS", "50")];
    let mut proxy = proxy::start_with(&[("one", plugin.address, "")], &limit);
    let mut client = proxy.client().await;
    let call = tokio::spawn(async move { client.get(to("one", slow())).await });
    plugin.store.arrived.notified().await;
    proxy.terminate();
    assert!(proxy.ended().await.success());
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn before_the_drain_health_says_no_and_calls_are_served() {
    let plugin = plugin::anywhere().await;
    let patient = [("PRISM_LAME_DUCK_MS", FOREVER_MS)];
    let mut proxy = proxy::start_with(&[("one", plugin.address, "")], &patient);
    let mut old = proxy.client().await;
    let mut watch = watch_health(&proxy).await;
    assert!(watch.message().await.unwrap().is_some());
    proxy.terminate();
    let told = watch.message().await.unwrap().unwrap();
    assert_eq!(told.status(), ServingStatus::NotServing);
    let (status, text) = proxy.admin("/health/ready").await;
    assert!(
        status == 503 && text.contains("stopping"),
        "{status} {text}"
    );
    assert_eq!(proxy::get(proxy.listen, "/health").await.0, 503);
    let get = || to("one", GetRequest { key: "k".into() });
    old.get(get()).await.unwrap();
    proxy.client().await.get(get()).await.unwrap();
    // A second signal ends the lame-duck time.
    proxy.terminate();
    assert!(proxy.ended().await.success());
}

#[tokio::test]
async fn a_person_at_a_terminal_does_not_wait() {
    let plugin = plugin::anywhere().await;
    let patient = [("PRISM_LAME_DUCK_MS", FOREVER_MS)];
    let mut proxy = proxy::start_with(&[("one", plugin.address, "")], &patient);
    proxy.signal("-INT");
    assert!(proxy.ended().await.success());
}
