//! Only the interfaces that a namespace declares reach its plugin.

use http::{Method, StatusCode};
use prism_proto::{
    keyvalue::v1::GetRequest,
    lifecycle::v1::{DrainRequest, StopRequest, lifecycle_client::LifecycleClient},
};
use tonic::Code;

use crate::{
    plugin,
    proxy::{self, to},
    raw,
};

const UNIMPLEMENTED: &str = "12";

#[tokio::test]
async fn lifecycle_does_not_reach_a_plugin() {
    let plugin = plugin::noting().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut lifecycle = LifecycleClient::new(proxy.channel().await);
    let stop = lifecycle.stop(to("one", StopRequest::default())).await;
    let drain = lifecycle.drain(to("one", DrainRequest::default())).await;
    for error in [stop.unwrap_err(), drain.unwrap_err()] {
        assert_eq!(error.code(), Code::Unimplemented, "{error}");
    }
    let mut client = proxy.client().await;
    client.get(to("one", GetRequest::default())).await.unwrap();
    assert_eq!(
        *plugin.store.paths.lock().unwrap(),
        ["/prism.keyvalue.v1.KeyValue/Get"].map(|path| format!("http://prism-plugin{path}"))
    );
}

#[tokio::test]
async fn no_spelling_of_a_path_reaches_a_plugin() {
    let plugin = plugin::noting().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut sender = raw::connect(proxy.listen, 65_535).await;
    for path in [
        "/",
        "/prism.lifecycle.v1.Lifecycle/Stop",
        "//prism.lifecycle.v1.Lifecycle/Stop",
        "/prism.lifecycle.v1.Lifecycle/Stop/",
        "/prism.lifecycle.v1.Lifecycle//Stop",
        "/PRISM.lifecycle.v1.Lifecycle/Stop",
        "/prism.lifecycle.v1.Lifecycle/stop",
        "/prism%2elifecycle.v1.Lifecycle/Stop",
        "/prism.lifecycle.v1.Lifecycle%2fStop",
        "/prism.keyvalue.v1.KeyValue/../prism.lifecycle.v1.Lifecycle/Stop",
        "/prism.keyvalue.v1.KeyValue/Get/../../prism.lifecycle.v1.Lifecycle/Stop",
        "/prism.keyvalue.v1.KeyValue/%47et",
        "/prism.keyvalue.v1.KeyValue/Get?a=b",
        "/prism.keyvalue.v1.KeyValue/",
        "/prism.keyvalue.v1.KeyValue",
        "/prism.keyvalue.v1.keyvalue/Get",
        "/prism.keyvalue.v1.KeyValueBatch/Get",
        "/grpc.health.v1.Health/Check/",
        "/grpc.health.v1.Health/",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ] {
        let answer = sender.send_request(raw::request(path, raw::get("k"))).await;
        let found = raw::status(&answer.unwrap());
        assert_eq!(found, (StatusCode::OK, UNIMPLEMENTED.into()), "{path}");
    }
    assert_eq!(*plugin.store.paths.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn what_is_not_grpc_does_not_reach_a_plugin() {
    let plugin = plugin::noting().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut sender = raw::connect(proxy.listen, 65_535).await;
    let method = "/prism.keyvalue.v1.KeyValue/Get";
    for (http_method, kind, expected) in [
        (Method::GET, "application/grpc", 405),
        (Method::PUT, "application/grpc+proto", 405),
        (Method::POST, "application/grpc-web", 415),
        (Method::POST, "application/grpc-web+proto", 415),
        (Method::POST, "application/json", 404),
    ] {
        let mut request = raw::request(method, raw::get("k"));
        *request.method_mut() = http_method;
        let kind = kind.parse().unwrap();
        request.headers_mut().insert("content-type", kind);
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), expected, "{answer:?}");
    }
    assert_eq!(*plugin.store.paths.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn each_namespace_has_its_own_interfaces() {
    let (one, two) = (plugin::noting().await, plugin::noting().await);
    let both = ", interfaces: [some.other.v1.Service, prism.keyvalue.v1.KeyValue]";
    let proxy = proxy::start(&[("one", one.address, ""), ("two", two.address, both)]);
    let mut sender = raw::connect(proxy.listen, 65_535).await;
    let mut call = async |namespace: &'static str| {
        let mut request = raw::request("/some.other.v1.Service/Method", raw::get("k"));
        let namespace = namespace.parse().unwrap();
        request.headers_mut().insert("x-prism-namespace", namespace);
        sender.send_request(request).await.unwrap()
    };
    let refused = call("one").await;
    let message = &refused.headers()["grpc-message"];
    assert!(message.to_str().unwrap().contains("does%20not%20declare"));
    // Said by the plugin, which has no such service.
    assert_eq!(raw::status(&call("two").await).1, UNIMPLEMENTED);
    assert_eq!(*one.store.paths.lock().unwrap(), [""; 0]);
    assert_eq!(two.store.paths.lock().unwrap().len(), 1);
}
