//! A client's request on its way to the plugin.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// Passes frames on untouched, except for empty ones: h2 closes a connection
/// with more than a hundred of them, and that of the plugin is everyone's.
pub(super) struct Upload(pub(super) Body);

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        loop {
            let polled = Pin::new(&mut self.0).poll_frame(cx);
            if !matches!(&polled, Poll::Ready(Some(Ok(frame))) if is_empty(frame)) {
                return polled;
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Whether a frame is data without a byte.
pub(super) fn is_empty(frame: &Frame<Bytes>) -> bool {
    frame.data_ref().is_some_and(Bytes::is_empty)
}
