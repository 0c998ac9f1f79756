//! A request's body on its way to the plugin.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt;
use tonic::Status;

/// Requests of idempotent methods are small; a bigger one is not sent twice.
const MOST_KEPT: usize = 64 * 1024;

/// Passes data on, up to a limit.
pub(super) struct Upload {
    first: Bytes,
    rest: Option<Body>,
    left: u64,
    exceeded: Exceeded,
}

/// Whether a body had more than its limit: the plugin's answer does not tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Exceeded(Arc<AtomicBool>);

impl Exceeded {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl Upload {
    /// The body as it comes.
    pub(super) fn streamed(body: Body, most: Option<u64>, exceeded: &Exceeded) -> Self {
        Self {
            first: Bytes::new(),
            rest: Some(body),
            left: most.unwrap_or(u64::MAX),
            exceeded: exceeded.clone(),
        }
    }

    /// Reads a small body whole, so that it can be sent again. A bigger one is
    /// streamed after what was read.
    pub(super) async fn kept(
        mut body: Body,
        most: Option<u64>,
        exceeded: &Exceeded,
    ) -> Result<Self, Status> {
        let mut first = BytesMut::new();
        while first.len() <= MOST_KEPT {
            let Some(frame) = body.frame().await else {
                return Ok(Self {
                    first: first.freeze(),
                    rest: None,
                    ..Self::streamed(Body::empty(), most, exceeded)
                });
            };
            let frame = frame.map_err(|_| Status::cancelled("the request broke off"))?;
            if let Ok(data) = frame.into_data() {
                first.extend_from_slice(&data);
            }
        }
        Ok(Self {
            first: first.freeze(),
            ..Self::streamed(body, most, exceeded)
        })
    }

    /// The same body once more, if all of it is here.
    pub(super) fn again(&self) -> Option<Self> {
        self.rest.is_none().then(|| Self {
            first: self.first.clone(),
            rest: None,
            left: self.left,
            exceeded: self.exceeded.clone(),
        })
    }

    fn count(&mut self, data: usize) -> Result<(), Status> {
        let bytes = u64::try_from(data).unwrap_or(u64::MAX);
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.exceeded.0.store(true, Relaxed);
                Err(Status::resource_exhausted("the request is too big"))
            }
        }
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if !this.first.is_empty() {
            let data = std::mem::take(&mut this.first);
            let counted = this.count(data.len());
            return Poll::Ready(Some(counted.map(|()| Frame::data(data))));
        }
        let Some(rest) = &mut this.rest else {
            return Poll::Ready(None);
        };
        let frame = match Pin::new(rest).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(_))) => {
                return Poll::Ready(Some(Err(Status::cancelled("the request broke off"))));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        let counted = this.count(frame.data_ref().map_or(0, Bytes::len));
        Poll::Ready(Some(counted.map(|()| frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_empty() && self.rest.as_ref().is_none_or(HttpBody::is_end_stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_bodies_are_kept_and_big_ones_pass_whole() -> Result<(), Status> {
        let exceeded = Exceeded::default();
        for (size, again) in [(0, true), (1000, true), (3 * MOST_KEPT, false)] {
            let sent = vec![7; size];
            let kept = Upload::kept(Body::from(sent.clone()), None, &exceeded).await?;
            let copy = kept.again();
            assert_eq!(copy.is_some(), again, "{size}");
            for body in [Some(kept), copy].into_iter().flatten() {
                assert_eq!(body.collect().await?.to_bytes(), sent, "{size}");
            }
        }
        assert!(!exceeded.is_set());
        Ok(())
    }

    #[tokio::test]
    async fn the_limit_is_of_the_whole_body() -> Result<(), Status> {
        for (size, fits) in [(10, true), (11, false)] {
            let exceeded = Exceeded::default();
            let body = || Body::from(vec![7; size]);
            let kept = Upload::kept(body(), Some(10), &exceeded).await?;
            assert_eq!(kept.collect().await.is_ok(), fits);
            let streamed = Upload::streamed(body(), Some(10), &exceeded);
            assert_eq!(streamed.collect().await.is_ok(), fits);
            assert_eq!(exceeded.is_set(), !fits);
        }
        Ok(())
    }
}
