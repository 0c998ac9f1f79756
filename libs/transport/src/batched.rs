//! Writes that go out together.

use std::{
    future::Future,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// More than this is written at once, and without being copied.
const MOST: usize = 16 * 1024;
/// The answer to a PING (RFC 9113, 6.7) without its eight bytes of data.
const PONG: [u8; 9] = [0, 0, 8, 6, 1, 0, 0, 0, 0];
const PONG_SIZE: usize = PONG.len() + 8;
/// The answer to a call usually takes less.
const PONG_DELAY: Duration = Duration::from_millis(1);

/// Keeps small writes until they are flushed. The answer to a PING alone waits a
/// moment for something to go out with: gRPC in Go sends a PING with every call,
/// and each write wakes the peer.
#[derive(Debug)]
pub(crate) struct Batched<S> {
    stream: S,
    kept: Vec<u8>,
    /// Until a PONG that is alone goes out.
    delay: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncWrite + Unpin> Batched<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            kept: Vec::new(),
            delay: None,
        }
    }

    fn is_pong(&self) -> bool {
        self.kept.len() == PONG_SIZE && self.kept.starts_with(&PONG)
    }

    fn poll_empty(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.kept.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.kept))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.kept.drain(..written);
        }
        self.delay = None;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Batched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Batched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let bytes = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if self.kept.len() + bytes > MOST {
            ready!(self.poll_empty(cx))?;
        }
        if bytes > MOST {
            return Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        }
        for slice in slices {
            self.kept.extend_from_slice(slice);
        }
        Poll::Ready(Ok(bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_pong() {
            let delay = self
                .delay
                .get_or_insert_with(|| Box::pin(sleep(PONG_DELAY)));
            ready!(delay.as_mut().poll(cx));
        }
        ready!(self.poll_empty(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_empty(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};

    #[tokio::test]
    async fn what_is_added_before_the_flush_goes_out_with_the_rest() -> io::Result<()> {
        let (ours, mut theirs) = duplex(1024);
        let mut batched = Batched::new(ours);
        let mut cx = Context::from_waker(Waker::noop());
        batched.write_all(b"head").await?;
        batched.write_all(b" body").await?;
        let mut read = [0; 64];
        let early = Pin::new(&mut theirs).poll_read(&mut cx, &mut ReadBuf::new(&mut read));
        assert!(early.is_pending());
        batched.flush().await?;
        let size = theirs.read(&mut read).await?;
        assert_eq!(read.get(..size), Some(&b"head body"[..]));
        Ok(())
    }

    #[tokio::test]
    async fn a_pong_waits_a_moment_for_what_it_can_go_out_with() -> io::Result<()> {
        let (ours, mut theirs) = duplex(1024);
        let mut batched = Batched::new(ours);
        let mut cx = Context::from_waker(Waker::noop());
        let pong = [&PONG[..], b"12345678"].concat();
        let mut read = [0; 64];
        batched.write_all(&pong).await?;
        for _ in 0..3 {
            assert!(Pin::new(&mut batched).poll_flush(&mut cx).is_pending());
        }
        batched.write_all(b"answer").await?;
        assert!(Pin::new(&mut batched).poll_flush(&mut cx).is_ready());
        let size = theirs.read(&mut read).await?;
        assert_eq!(size, pong.len() + b"answer".len());
        batched.write_all(&pong).await?;
        batched.flush().await?;
        let size = theirs.read(&mut read).await?;
        assert_eq!(read.get(..size), Some(&pong[..]));
        Ok(())
    }

    #[tokio::test]
    async fn sizes_around_the_limits_arrive_whole_and_in_order() -> io::Result<()> {
        let (ours, mut theirs) = duplex(1000);
        let (_reader, mut writer) = split(Batched::new(ours));
        let sizes = [1, MOST - 1, 1, MOST, MOST + 1, 3 * MOST, 0, 7];
        let sent: Vec<u8> = (0..=250).cycle().take(sizes.iter().sum()).collect();
        let expected = sent.clone();
        let write = async move {
            let mut rest = sent.as_slice();
            for size in sizes {
                let (now, later) = rest.split_at(size);
                writer.write_all(now).await?;
                rest = later;
            }
            writer.shutdown().await
        };
        let mut found = Vec::new();
        let (written, read) = tokio::join!(write, theirs.read_to_end(&mut found));
        written?;
        read?;
        assert!(found == expected);
        Ok(())
    }
}
