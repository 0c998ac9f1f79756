//! A plugin's answer on its way to the client.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use prism_transport::{BoxError, Counted, Lease, Reader};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::{Code, Status};

use crate::plugin::Place;

use super::{call::Call, deadline::Deadline, errors};

/// Passes frames on untouched, notes the final status, and turns a broken or
/// late answer into trailers, which every client understands.
pub(super) struct Answer<B> {
    /// Of the plugin; gone once the answer has failed.
    body: Option<B>,
    /// Gone once the status is known.
    call: Option<Call>,
    late: Option<(Pin<Box<Sleep>>, Deadline)>,
    ended: bool,
    /// Of the client; `None` in tests.
    reader: Option<Reader>,
    _held: Held,
}

/// What a plugin answers with; a type parameter for the sake of tests.
pub(super) trait PluginBody:
    HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static
{
}

impl<B> PluginBody for B where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static
{
}

/// What a call holds until its last byte is gone.
#[derive(Default)]
pub(super) struct Held {
    /// Its place on a connection to the plugin.
    pub(super) _lease: Option<Lease>,
    /// Its place among the calls of the client.
    pub(super) _counted: Option<Counted>,
    /// Its place among the calls of the namespace.
    pub(super) _place: Option<Place>,
}

impl<B: PluginBody> Answer<B> {
    /// Wraps the answer to a call.
    pub(super) fn wrap(
        answer: Response<B>,
        call: Call,
        deadline: Deadline,
        held: Held,
        slow_reader: Duration,
    ) -> Response<Body> {
        let (parts, body) = answer.into_parts();
        let reader = Reader::current();
        if let Some(reader) = &reader {
            reader.watch(slow_reader, deadline.at);
        }
        let mut wrapped = Self {
            reader,
            _held: held,
            late: deadline.at.map(|at| (Box::pin(sleep_until(at)), deadline)),
            body: Some(body),
            call: Some(call),
            ended: false,
        };
        // Without a body the headers are the trailers.
        if wrapped.body.as_ref().is_some_and(B::is_end_stream) {
            wrapped.finish(code_of(&parts.headers));
        }
        Response::from_parts(parts, Body::new(wrapped))
    }

    fn finish(&mut self, code: Code) {
        self.ended = true;
        if let Some(call) = self.call.take() {
            call.finish(code);
        }
    }

    /// Ends the answer early. Dropping the plugin's body resets its stream.
    fn fail(&mut self, status: &Status) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.body = None;
        self.finish(status.code());
        let mut trailers = HeaderMap::new();
        match status.add_header(&mut trailers) {
            Ok(()) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            Err(status) => Poll::Ready(Some(Err(status))),
        }
    }
}

impl<B: PluginBody> HttpBody for Answer<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(reader) = &self.reader {
            reader.asks();
        }
        let polled = self.as_mut().poll_plugin(cx);
        if let (Poll::Ready(Some(Ok(frame))), Some(reader)) = (&polled, &self.reader) {
            reader.gets(frame.data_ref().map_or(0, Bytes::len));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }

    fn size_hint(&self) -> SizeHint {
        if self.ended {
            SizeHint::with_exact(0)
        } else {
            SizeHint::default()
        }
    }
}

impl<B: PluginBody> Answer<B> {
    fn poll_plugin(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        match Pin::new(body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    let code = code_of(trailers);
                    self.finish(code);
                }
                return Poll::Ready(Some(Ok(frame)));
            }
            Poll::Ready(Some(Err(error))) => {
                let status = Status::from_error(error.into());
                return self.fail(&errors::from_broken_answer(status));
            }
            Poll::Ready(None) => {
                self.finish(Code::Unknown);
                return Poll::Ready(None);
            }
            Poll::Pending => {}
        }
        let Some((sleep, deadline)) = &mut self.late else {
            return Poll::Pending;
        };
        if sleep.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        let status = deadline.exceeded();
        self.fail(&status)
    }
}

impl<B> Drop for Answer<B> {
    fn drop(&mut self) {
        let Some(call) = self.call.take() else {
            return;
        };
        let passed =
            |(_, deadline): &(_, Deadline)| deadline.at.is_some_and(|at| at <= Instant::now());
        if self.late.as_ref().is_some_and(passed) {
            call.finish(Code::DeadlineExceeded);
        } else if self.reader.as_ref().is_some_and(Reader::is_late) {
            call.cut_off();
        }
    }
}

fn code_of(headers: &HeaderMap) -> Code {
    headers
        .get("grpc-status")
        .map_or(Code::Unknown, |code| Code::from_bytes(code.as_bytes()))
}

#[cfg(test)]
mod tests;
