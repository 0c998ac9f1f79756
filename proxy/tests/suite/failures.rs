use std::time::{Duration, Instant};

use prism_proto::keyvalue::v1::GetRequest;
use tonic::{Code, Request};

use crate::{
    plugin,
    proxy::{self, to},
    wait::until,
};

fn get(key: &str) -> GetRequest {
    GetRequest { key: key.into() }
}

#[tokio::test]
async fn a_plugin_that_is_down_is_named_at_once_and_recovers() {
    let plugin = plugin::anywhere().await;
    let address = plugin.address;
    let proxy = proxy::start(&[("one", address, "")]);
    let mut client = proxy.client().await;
    client.get(to("one", get("k"))).await.unwrap();

    drop(plugin);
    let error = until("the plugin's end", || {
        let mut client = client.clone();
        async move { client.get(to("one", get("k"))).await.err() }
    })
    .await;
    assert_eq!(error.code(), Code::Unavailable);
    // Calls one after another would add up if each waited for a limit.
    let begun = Instant::now();
    for _ in 0..20 {
        let error = client.get(to("one", get("k"))).await.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable);
        let named = format!("plugin one (test at {address}) is unavailable");
        assert!(error.message().starts_with(&named), "{error}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    until("the probe", || async {
        proxy
            .admin("/namespaces")
            .await
            .1
            .contains("\"up\":false")
            .then_some(())
    })
    .await;

    let _again = plugin::start(address).await;
    until("recovery", || {
        let mut client = client.clone();
        async move { client.get(to("one", get("k"))).await.ok() }
    })
    .await;
}

#[tokio::test]
async fn a_plugin_lost_during_a_call_is_unavailable() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut client = proxy.client().await;
    let call = tokio::spawn(async move { client.get(to("one", get("slow"))).await });
    plugin.store.arrived.notified().await;
    drop(plugin);
    assert_eq!(call.await.unwrap().unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn the_deadline_of_the_client_is_kept_and_passed_on() {
    let plugin = plugin::patient().await;
    let proxy = proxy::start(&[("one", plugin.address, ", timeout_ms: 60000")]);
    let mut request = to("one", get("slow"));
    request.set_timeout(Duration::from_millis(150));
    let error = proxy.call_untimed(request).await.unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert_eq!(
        plugin.store.timeout.lock().unwrap().as_deref(),
        Some("150000u")
    );
}

#[tokio::test]
async fn the_configured_limit_holds_for_calls_without_a_deadline() {
    let plugin = plugin::patient().await;
    let proxy = proxy::start(&[("one", plugin.address, ", timeout_ms: 120")]);
    let mut request = Request::new(get("slow"));
    request
        .metadata_mut()
        .insert("x-prism-namespace", "one".parse().unwrap());
    let error = proxy.call_untimed(request).await.unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert!(error.message().contains("plugin one"), "{error}");
    assert_eq!(
        plugin.store.timeout.lock().unwrap().as_deref(),
        Some("120m")
    );
}

#[tokio::test]
async fn a_malformed_deadline_is_refused() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut request = Request::new(get("k"));
    request
        .metadata_mut()
        .insert("x-prism-namespace", "one".parse().unwrap());
    request
        .metadata_mut()
        .insert("grpc-timeout", "soon".parse().unwrap());
    let error = proxy.client().await.get(request).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
    assert!(error.message().contains("grpc-timeout"), "{error}");
}
