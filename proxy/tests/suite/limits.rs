//! What a namespace may take, and who may use it.

use prism_proto::keyvalue::v1::{GetRequest, SetRequest};
use ring::digest::{SHA256, digest};
use tonic::{Code, Request};

use crate::{
    plugin,
    proxy::{self, to},
};

fn get(key: &str) -> GetRequest {
    GetRequest { key: key.into() }
}

#[tokio::test]
async fn a_namespace_has_limits_of_its_own() {
    let (one, two) = (plugin::anywhere().await, plugin::anywhere().await);
    let proxy = proxy::start(&[
        ("one", one.address, ", limits: {max_calls: 1}"),
        ("two", two.address, ", limits: {calls_per_second: 1}"),
    ]);
    let mut client = proxy.client().await;
    let slow = {
        let mut client = client.clone();
        tokio::spawn(async move { client.get(to("one", get("slow"))).await })
    };
    one.store.arrived.notified().await;
    let refused = client.get(to("one", get("k"))).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
    one.store.release.notify_one();
    slow.await.unwrap().unwrap();

    client.get(to("two", get("k"))).await.unwrap();
    let refused = client.get(to("two", get("k"))).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
}

#[tokio::test]
async fn a_request_has_a_biggest_size() {
    let plugin = plugin::anywhere().await;
    let limit = ", limits: {max_request_bytes: 200000}";
    let proxy = proxy::start(&[("one", plugin.address, limit)]);
    let mut client = proxy.client().await;
    let mut set = async |size: usize| {
        let request = SetRequest {
            key: "k".into(),
            value: vec![1; size],
            ttl_ms: 0,
        };
        client.set(to("one", request)).await.map_err(|e| e.code())
    };
    assert!(set(190_000).await.is_ok());
    assert_eq!(set(210_000).await.err(), Some(Code::ResourceExhausted));
    assert!(set(1).await.is_ok());
    // Also where the body is kept to be sent again.
    let long = "k".repeat(210_000);
    let refused = client.get(to("one", get(&long))).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
}

fn with_token<T>(mut request: Request<T>, token: &str) -> Request<T> {
    let value = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

#[tokio::test]
async fn tokens_are_bound_to_namespaces() {
    let plugin = plugin::anywhere().await;
    let digest = digest(&SHA256, b"secret");
    let hex: String = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let tokens = format!("tokens: [{{name: shop, sha256: {hex}, namespaces: [one]}}]\n");
    let shared = ", shared: true";
    let rows = [
        ("one", plugin.address, shared),
        ("two", plugin.address, shared),
    ];
    let proxy = proxy::start_configured(&tokens, &rows, &[]);
    let mut client = proxy.client().await;
    client
        .get(with_token(to("one", get("k")), "secret"))
        .await
        .unwrap();
    let seen = plugin.store.metadata.lock().unwrap().clone();
    assert!(seen.get("authorization").is_none(), "{seen:?}");
    assert_eq!(seen.get("x-prism-namespace").unwrap(), "one");
    // Whether a namespace exists is not told.
    for namespace in ["two", "three"] {
        let call = with_token(to(namespace, get("k")), "secret");
        let refused = client.get(call).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "{refused}");
        let refused = client.get(to(namespace, get("k"))).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{refused}");
    }
    let call = with_token(to("one", get("k")), "guess");
    let refused = client.get(call).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated, "{refused}");
}

#[tokio::test]
async fn calls_have_names() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut client = proxy.client().await;
    for own in [Some("shop-17"), None] {
        let mut call = to("one", get("k"));
        if let Some(own) = own {
            call.metadata_mut()
                .insert("x-request-id", own.parse().unwrap());
        }
        let answer = client.get(call).await.unwrap();
        let told = answer.metadata().get("x-request-id").unwrap().clone();
        let seen = plugin.store.metadata.lock().unwrap().clone();
        assert_eq!(seen.get("x-request-id"), Some(&told));
        assert!(own.is_none_or(|own| told == own), "{told:?}");
    }
    let refused = client.get(to("none", get("k"))).await.unwrap_err();
    assert!(refused.metadata().contains_key("x-request-id"));
}

#[tokio::test]
async fn a_longer_deadline_than_the_limit_is_cut() {
    let plugin = plugin::patient().await;
    let proxy = proxy::start(&[("one", plugin.address, ", timeout_ms: 120")]);
    let late = proxy
        .call_untimed(to("one", get("slow")))
        .await
        .unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded);
    let seen = plugin.store.timeout.lock().unwrap().clone();
    assert_eq!(seen.as_deref(), Some("120m"));
}
