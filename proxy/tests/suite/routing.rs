use prism_proto::keyvalue::v1::*;
use tonic::{Code, Request};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{
    plugin,
    proxy::{self, to},
    wait::until,
};

#[tokio::test]
async fn calls_reach_the_plugin_of_their_namespace() {
    let (one, two) = (plugin::anywhere().await, plugin::anywhere().await);
    let proxy = proxy::start(&[("one", one.address, ""), ("two", two.address, "")]);
    let mut client = proxy.client().await;

    let set = SetRequest {
        key: "k".into(),
        value: b"1".to_vec(),
        ttl_ms: 0,
    };
    client.set(to("one", set)).await.unwrap();
    let get = || GetRequest { key: "k".into() };
    assert_eq!(
        client
            .get(to("one", get()))
            .await
            .unwrap()
            .into_inner()
            .value,
        b"1"
    );
    assert!(
        !client
            .get(to("two", get()))
            .await
            .unwrap()
            .into_inner()
            .found
    );

    let key = || "k".to_owned();
    let exists = client
        .exists(to("one", ExistsRequest { key: key() }))
        .await
        .unwrap();
    assert!(exists.into_inner().exists);
    let expire = ExpireRequest {
        key: key(),
        ttl_ms: 1000,
    };
    assert!(
        client
            .expire(to("one", expire))
            .await
            .unwrap()
            .into_inner()
            .found
    );
    let ttl = client
        .get_ttl(to("one", GetTtlRequest { key: key() }))
        .await
        .unwrap();
    assert_eq!(ttl.into_inner().ttl_ms, -1);
    let persist = client
        .persist(to("one", PersistRequest { key: key() }))
        .await
        .unwrap();
    assert!(persist.into_inner().found);
    let scan = client
        .scan(to("one", ScanRequest::default()))
        .await
        .unwrap();
    assert_eq!(scan.into_inner().entries.len(), 1);
    let delete = client
        .delete(to("one", DeleteRequest { key: key() }))
        .await
        .unwrap();
    assert!(delete.into_inner().existed);
}

#[tokio::test]
async fn large_values_pass_unchanged() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut client = proxy.client().await;
    // Larger than every flow-control window on the way.
    let value: Vec<u8> = (0..3_500_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let set = SetRequest {
        key: "k".into(),
        value: value.clone(),
        ttl_ms: 0,
    };
    client.set(to("one", set)).await.unwrap();
    let got = client
        .get(to("one", GetRequest { key: "k".into() }))
        .await
        .unwrap();
    assert!(got.into_inner().value == value);
}

#[tokio::test]
async fn errors_of_plugins_pass_unchanged() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let error = proxy
        .client()
        .await
        .set(to("one", SetRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Code::InvalidArgument, "key is empty")
    );
}

#[tokio::test]
async fn a_wrong_namespace_is_explained() {
    let plugin = plugin::anywhere().await;
    let shared = ", shared: true";
    let proxy = proxy::start(&[
        ("one", plugin.address, shared),
        ("two", plugin.address, shared),
    ]);
    let mut client = proxy.client().await;

    let missing = client
        .get(Request::new(GetRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Code::InvalidArgument);
    assert!(missing.message().contains("x-prism-namespace"), "{missing}");

    let unknown = client
        .get(to("three", GetRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    assert_eq!(unknown.message(), "unknown namespace `three`");
    // The errors do not reveal which names exist.
    assert!(!missing.message().contains("one"), "{missing}");
}

#[tokio::test]
async fn health_is_served_over_http_1_and_grpc_on_one_port() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    assert_eq!(
        proxy::get(proxy.listen, "/health").await,
        (200, "ok\n".into())
    );
    assert_eq!(proxy::get(proxy.listen, "/other").await.0, 404);

    let mut health = HealthClient::new(proxy.channel().await);
    let ask = |service: &str| HealthCheckRequest {
        service: service.into(),
    };
    let whole = health.check(ask("")).await.unwrap().into_inner();
    assert_eq!(whole.status(), ServingStatus::Serving);
    assert_eq!(
        health.check(ask("other")).await.unwrap_err().code(),
        Code::NotFound
    );
    until("the plugin's health", || {
        let mut health = health.clone();
        async move {
            let answer = health.check(ask("one")).await.unwrap().into_inner();
            (answer.status() == ServingStatus::Serving).then_some(())
        }
    })
    .await;
}
