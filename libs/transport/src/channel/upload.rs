//! The body of a request on its way out.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use bytes::Bytes;
use h2::{Reason, SendStream};
use http_body::{Body, Frame};
use tokio::task::AbortHandle;

use super::BoxError;

/// A body that is still being sent. Dropped, it resets the stream, unless the
/// peer has ended it.
pub(super) struct Sending(AbortHandle);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends a body. Nearly all are here whole: only what has to wait is left to a
/// task, so that neither direction of a call waits for the other.
pub(super) async fn upload<B>(body: B, stream: SendStream<Bytes>) -> Option<Sending>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let mut sending = Box::pin(send(body, stream));
    let sent = poll_fn(|cx| Poll::Ready(sending.as_mut().poll(cx))).await;
    let waits = sent.is_pending();
    waits.then(|| Sending(tokio::spawn(sending).abort_handle()))
}

async fn send<B>(body: B, mut stream: SendStream<Bytes>)
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    let mut body = std::pin::pin!(body);
    let mut first = true;
    let sent = loop {
        let next = match next(body.as_mut(), &mut stream).await {
            Next::Frame(frame) => frame,
            Next::Broken(error) => {
                tracing::debug!(%error, "the body of a call broke off");
                return stream.send_reset(Reason::INTERNAL_ERROR);
            }
            Next::Reset => return,
            Next::End => break stream.send_data(Bytes::new(), true),
        };
        let sent = match next.into_data() {
            Ok(data) => {
                let last = body.is_end_stream();
                // A stream has no room before its connection has opened it. h2 keeps the first data
                // until then, so that a small body goes out with its head, and needs no task.
                if !std::mem::take(&mut first) && !data.is_empty() && !has_room(&mut stream).await {
                    return;
                }
                match stream.send_data(data, last) {
                    Ok(()) if !last => continue,
                    sent => sent,
                }
            }
            Err(frame) => match frame.into_trailers() {
                Ok(trailers) => stream.send_trailers(trailers),
                Err(_) => continue,
            },
        };
        break sent;
    };
    if let Err(error) = sent {
        tracing::debug!(%error, "the body of a call was not sent");
    }
}

enum Next {
    Frame(Frame<Bytes>),
    Broken(BoxError),
    /// The peer wants no more.
    Reset,
    End,
}

async fn next<B>(mut body: Pin<&mut B>, stream: &mut SendStream<Bytes>) -> Next
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    poll_fn(|cx| {
        if stream.poll_reset(cx).is_ready() {
            return Poll::Ready(Next::Reset);
        }
        body.as_mut().poll_frame(cx).map(|frame| match frame {
            Some(Ok(frame)) => Next::Frame(frame),
            Some(Err(error)) => Next::Broken(error.into()),
            None => Next::End,
        })
    })
    .await
}

/// Waits for room for one byte: h2 keeps the others of a frame until there is
/// more, and room that is asked for before there is data would be taken from
/// other streams. `false` once the stream has ended.
async fn has_room(stream: &mut SendStream<Bytes>) -> bool {
    stream.reserve_capacity(1);
    while stream.capacity() == 0 {
        match poll_fn(|cx| stream.poll_capacity(cx)).await {
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return false,
        }
    }
    true
}
