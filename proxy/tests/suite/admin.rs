use prism_proto::keyvalue::v1::GetRequest;

use crate::{
    plugin,
    proxy::{self, to},
    wait::until,
};

#[tokio::test]
async fn calls_and_plugins_are_counted() {
    let plugin = plugin::anywhere().await;
    let proxy = proxy::start(&[("one", plugin.address, "")]);
    let mut client = proxy.client().await;
    client.get(to("one", GetRequest::default())).await.unwrap();
    client
        .get(to("none", GetRequest::default()))
        .await
        .unwrap_err();
    let method = "/prism.keyvalue.v1.KeyValue/Get";
    let expected = [
        format!(
            r#"prism_requests_total{{backend="test",code="OK",method="{method}",namespace="one"}} 1"#
        ),
        format!(
            r#"prism_requests_total{{backend="",code="NOT_FOUND",method="{method}",namespace=""}} 1"#
        ),
        format!(
            r#"prism_request_duration_seconds_count{{backend="test",method="{method}",namespace="one"}} 1"#
        ),
        r#"prism_plugin_up{backend="test",namespace="one"} 1"#.to_owned(),
        "prism_requests_in_flight 0".to_owned(),
        r#"prism_build_info{arch=""#.to_owned(),
    ];
    until("the metrics", || async {
        let (status, text) = proxy.admin("/metrics").await;
        assert_eq!(status, 200);
        expected
            .iter()
            .all(|line| text.contains(line))
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn readiness_does_not_depend_on_plugins_but_shows_them() {
    let gone = plugin::anywhere().await.address;
    let proxy = proxy::start(&[("one", gone, ", timeout_ms: 0")]);
    assert_eq!(proxy.admin("/health/live").await, (200, "ok\n".into()));
    let ready = until("the probe", || async {
        let (status, text) = proxy.admin("/health/ready").await;
        assert_eq!(status, 200, "{text}");
        let ready: serde_json::Value = serde_json::from_str(&text).unwrap();
        (ready["namespaces"][0]["plugin"]["detail"] != "not probed yet").then_some(ready)
    })
    .await;
    assert_eq!(ready["ready"], true);
    let (status, text) = proxy.admin("/namespaces").await;
    let listed: serde_json::Value = serde_json::from_str(&text).unwrap();
    let row = &listed["namespaces"][0];
    assert_eq!(
        (status, &row["name"], &row["backend"]),
        (200, &"one".into(), &"test".into())
    );
    assert_eq!(row["endpoint"], gone.to_string());
    assert_eq!(
        (&row["timeout_ms"], &row["plugin"]["up"]),
        (&().into(), &false.into())
    );
}
