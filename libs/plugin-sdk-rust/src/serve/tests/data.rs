//! What surrounds the calls of the data plane.

use prism_proto::keyvalue::v1::{PersistRequest, ScanRequest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::Request;

use super::*;

impl Running {
    /// The answer of HTTP to a GET, with its head.
    async fn page(&self, path: &str) -> std::result::Result<String, Box<dyn Error>> {
        let mut connection = TcpStream::connect(self.pages).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

pub(super) async fn has_the_namespace_of_its_call_and_is_counted() -> Outcome {
    let long = Duration::from_secs(600);
    let running = start(long, long).await?;
    let mut client = running.client();
    let named = |key: &str, namespaces: &[&str]| {
        let mut request = Request::new(PersistRequest { key: key.into() });
        for namespace in namespaces {
            let value = namespace.parse().map_err(|_| *namespace)?;
            request.metadata_mut().append("x-prism-namespace", value);
        }
        Ok::<_, String>(request)
    };
    for (key, namespaces, own) in [
        ("a", &["a"][..], true),
        ("a", &["b"], false),
        ("a", &[], false),
    ] {
        let found = client.persist(named(key, namespaces)?).await?;
        assert_eq!(found.get_ref().found, own, "{namespaces:?}");
    }
    let twice = client.persist(named("a", &["a", "a"])?).await.err();
    let full = client.scan(ScanRequest::default()).await.err();
    let codes = [twice, full].map(|status| status.map(|status| status.code()));
    let expected = [Code::InvalidArgument, Code::ResourceExhausted];
    assert_eq!(codes, expected.map(Some));

    let metrics = running.page("/metrics").await?;
    for line in [
        r#"prism_plugin_calls_total{method="Persist",code="OK"} 3"#,
        r#"prism_plugin_calls_total{method="Persist",code="INVALID_ARGUMENT"} 1"#,
        r#"prism_plugin_calls_total{method="Scan",code="RESOURCE_EXHAUSTED"} 1"#,
    ] {
        assert!(metrics.lines().any(|one| one == line), "{line}\n{metrics}");
    }
    for (path, status) in [
        ("/ready", "200 OK"),
        ("/live", "200 OK"),
        ("/", "404 Not Found"),
    ] {
        let page = running.page(path).await?;
        assert!(
            page.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {page}"
        );
    }
    running.store.down.store(true, Ordering::Relaxed);
    while !running
        .page("/ready")
        .await?
        .contains("the backend is down")
    {
        sleep(Duration::from_millis(5)).await;
    }
    running.ended.abort();
    Ok(())
}
