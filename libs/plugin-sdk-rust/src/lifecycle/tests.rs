use std::future::pending;

use tonic::Code;

use super::*;

fn steering() -> Steering {
    Steering {
        plugin: Plugin {
            name: "slow",
            version: "1.2.3",
        },
        endpoint: SocketAddr::from(([127, 0, 0, 1], 50100)),
        started: Instant::now(),
        drain_timeout: Duration::from_secs(3600),
        control: Arc::new(Control::new()),
    }
}

fn refusal<T>(answer: Answer<T>) -> Option<(Code, String)> {
    let status = answer.err()?;
    Some((status.code(), status.message().to_owned()))
}

#[tokio::test]
async fn initializes_itself_without_a_config_and_nobody_else() -> Result<(), Status> {
    let steering = steering();
    let request = |name: &str| InitializeRequest {
        name: name.into(),
        config: Some(Default::default()),
        ..Default::default()
    };
    for name in ["slow", ""] {
        let answer = steering.initialize(Request::new(request(name))).await?;
        assert_eq!(answer.get_ref().interfaces, ["prism.keyvalue.v1.KeyValue"]);
    }
    let other = steering.initialize(Request::new(request("other"))).await;
    let expected = r#"this is plugin "slow", not "other""#.to_owned();
    assert_eq!(refusal(other), Some((Code::InvalidArgument, expected)));

    let mut configured = request("slow");
    let config = configured.config.get_or_insert_default();
    config.fields.insert("size".into(), Default::default());
    let (code, why) = refusal(steering.initialize(Request::new(configured)).await)
        .unwrap_or((Code::Ok, String::new()));
    assert_eq!(code, Code::InvalidArgument);
    assert!(why.starts_with("config must be empty"), "{why}");
    Ok(())
}

#[tokio::test]
async fn timeouts_beyond_an_hour_change_nothing() {
    let steering = steering();
    for timeout_ms in [-1, 3_600_001, i64::MIN, i64::MAX] {
        let drain = DrainRequest {
            timeout_ms,
            ..Default::default()
        };
        let drain = refusal(steering.drain(Request::new(drain)).await);
        let stop = refusal(
            steering
                .stop(Request::new(StopRequest { timeout_ms }))
                .await,
        );
        let why = format!("timeout_ms is {timeout_ms}; it must be from 0 to 3600000");
        let expected = Some((Code::InvalidArgument, why));
        assert_eq!((&drain, &stop), (&expected, &expected));
    }
    assert_eq!(steering.control.watch().borrow().phase, Phase::Open);
    assert_eq!(steering.limit(0).ok(), Some(steering.drain_timeout));
    let hour = Duration::from_secs(3600);
    assert_eq!(steering.limit(3_600_000).ok(), Some(hour));
}

#[tokio::test]
async fn nothing_starts_once_the_process_is_stopping() -> Result<(), Status> {
    let steering = steering();
    let start = || steering.start(Request::new(StartRequest {}));
    assert_eq!(start().await?.get_ref().data_endpoint, "127.0.0.1:50100");
    for timeout_ms in [60_000, 1] {
        steering
            .stop(Request::new(StopRequest { timeout_ms }))
            .await?;
    }
    let first = Duration::from_secs(60);
    assert_eq!(steering.control.ending().await, first);
    let expected = "the plugin is stopping; start its process again".to_owned();
    assert_eq!(
        refusal(start().await),
        Some((Code::FailedPrecondition, expected))
    );
    steering
        .drain(Request::new(DrainRequest::default()))
        .await?;
    assert_eq!(steering.control.watch().borrow().phase, Phase::Ending);
    Ok(())
}

#[tokio::test]
async fn health_tells_of_the_backend_first_and_then_of_the_drain() -> Result<(), Status> {
    use health_check_response::Status::{Degraded, Healthy, Unhealthy};
    let steering = steering();
    let said = async || {
        let answer = steering
            .health_check(Request::new(HealthCheckRequest {}))
            .await?
            .into_inner();
        Ok::<_, Status>((answer.status(), answer.message))
    };
    let unasked = "backend: it was not asked yet".to_owned();
    assert_eq!(said().await?, (Unhealthy, unasked));
    steering.control.backend_is(Ok(()));
    assert_eq!(said().await?, (Healthy, "serving".into()));
    steering
        .drain(Request::new(DrainRequest::default()))
        .await?;
    assert_eq!(said().await?, (Degraded, "draining".into()));
    steering.control.backend_is(Err("gone".into()));
    assert_eq!(said().await?, (Unhealthy, "backend: gone".into()));
    Ok(())
}

#[tokio::test]
async fn health_has_details() -> Result<(), Status> {
    let steering = steering();
    let gate = &steering.control.gate;
    let answer = tokio::select! {
        biased;
        _ = gate.pass(pending::<()>()) => Err(Status::internal("the call ended")),
        answer = steering.health_check(Request::new(HealthCheckRequest {})) => answer,
    };
    let details = answer?.into_inner().details;
    assert_eq!(details["version"], "1.2.3");
    assert_eq!(details["in_flight"], "1");
    let uptime = details["uptime"].strip_suffix('s').map(str::parse::<f64>);
    assert!(matches!(uptime, Some(Ok(seconds)) if seconds < 3600.0));
    Ok(())
}

#[tokio::test]
async fn a_drain_goes_on_when_its_caller_went_away() {
    let steering = steering();
    let control = Arc::clone(&steering.control);
    let mut states = control.watch();
    let caller = tokio::spawn(async move {
        let request = DrainRequest {
            timeout_ms: 200,
            ..Default::default()
        };
        steering.drain(Request::new(request)).await.is_ok()
    });
    let (call, ()) = tokio::join!(control.gate.pass(pending::<()>()), async {
        let drains = states.wait_for(|state| state.phase == Phase::Draining);
        assert!(drains.await.is_ok());
        caller.abort();
    });
    assert!(call.is_err_and(|why| why.starts_with("aborted")));
}
