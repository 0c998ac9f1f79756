use std::{collections::VecDeque, error::Error, future::poll_fn, sync::Arc, time::Duration};

use super::*;
use crate::metrics::Metrics;

type Frames = Vec<Result<Frame<Bytes>, Status>>;

/// Gives its frames, then never ends.
struct Endless(VecDeque<Result<Frame<Bytes>, Status>>);

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.0
            .pop_front()
            .map_or(Poll::Pending, |frame| Poll::Ready(Some(frame)))
    }
}

/// Reads a wrapped answer to its end: bytes, the status in its trailers, metrics.
fn read(frames: Frames, limit_ms: u64) -> Result<(Vec<u8>, Code, String), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let metrics = Arc::new(Metrics::new()?);
        let call = Call::begin(&metrics, None, "/s/M", None);
        let at = Instant::now() + Duration::from_millis(limit_ms);
        let answer = Response::new(Endless(frames.into()));
        let mut body = Answer::wrap(
            answer,
            call,
            Deadline::new(Some(at), "m"),
            Held::default(),
            Duration::from_secs(10),
        )
        .into_body();
        let (mut bytes, mut code) = (Vec::new(), Code::Ok);
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            match frame?.into_data() {
                Ok(data) => bytes.extend_from_slice(&data),
                Err(frame) => code = frame.trailers_ref().map_or(Code::Unknown, code_of),
            }
        }
        let plugins = crate::plugin::Plugins::new(Vec::new());
        Ok((bytes, code, String::from_utf8(metrics.render(&plugins)?)?))
    })
}

fn data() -> Result<Frame<Bytes>, Status> {
    Ok(Frame::data(Bytes::from_static(b"abc")))
}

#[test]
fn an_answer_that_stalls_ends_with_its_deadline() -> Result<(), Box<dyn Error>> {
    let (bytes, code, metrics) = read(vec![data()], 5)?;
    assert_eq!(
        (bytes.as_slice(), code),
        (&b"abc"[..], Code::DeadlineExceeded)
    );
    assert!(metrics.contains("code=\"DEADLINE_EXCEEDED\""), "{metrics}");
    Ok(())
}

#[test]
fn an_answer_that_breaks_off_is_unavailable() -> Result<(), Box<dyn Error>> {
    let (bytes, code, _) = read(vec![data(), Err(Status::unknown("reset"))], 60_000)?;
    assert_eq!((bytes.as_slice(), code), (&b"abc"[..], Code::Unavailable));
    Ok(())
}

#[test]
fn trailers_pass_and_are_counted() -> Result<(), Box<dyn Error>> {
    let mut trailers = HeaderMap::new();
    Status::aborted("x").add_header(&mut trailers)?;
    let (_, code, metrics) = read(vec![Ok(Frame::trailers(trailers))], 60_000)?;
    assert_eq!(code, Code::Aborted);
    assert!(
        metrics.contains("code=\"ABORTED\"") && metrics.contains("in_flight 0"),
        "{metrics}"
    );
    Ok(())
}

#[test]
fn a_client_that_goes_away_is_cancelled() -> Result<(), Box<dyn Error>> {
    let metrics = Arc::new(Metrics::new()?);
    drop(Call::begin(&metrics, None, "/s/M", None));
    let text = metrics.render(&crate::plugin::Plugins::new(Vec::new()))?;
    assert!(String::from_utf8(text)?.contains("code=\"CANCELLED\""));
    Ok(())
}
