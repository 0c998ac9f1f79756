//! The body of an answer.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use h2::{Reason, RecvStream};
use http_body::{Body, Frame};

use super::upload::Sending;

/// An answer's frames as they come. Each gives its bytes of the stream's window
/// back when it is taken, so that a plugin sends no faster than its answer is
/// read. Dropped before its end, it resets the stream.
pub struct Incoming {
    stream: RecvStream,
    data_ended: bool,
    /// A request can go on while it is answered.
    _request: Option<Sending>,
}

impl Incoming {
    pub(super) fn new(stream: RecvStream, request: Option<Sending>) -> Self {
        Self {
            stream,
            data_ended: false,
            _request: request,
        }
    }
}

impl Body for Incoming {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        while !self.data_ended {
            match ready!(self.stream.poll_data(cx)) {
                Some(Ok(data)) => {
                    self.stream.flow_control().release_capacity(data.len())?;
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                // A whole answer to a request that was not read to its end (RFC 9113, 8.1).
                Some(Err(error)) if error.reason() == Some(Reason::NO_ERROR) => {
                    return Poll::Ready(None);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => self.data_ended = true,
            }
        }
        let trailers = ready!(self.stream.poll_trailers(cx)).transpose();
        Poll::Ready(trailers.map(|trailers| trailers.map(Frame::trailers)))
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }
}
