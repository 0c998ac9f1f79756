use std::{future::poll_fn, task::Waker};

use super::*;
use h2::{
    Reason, RecvStream,
    server::{Connection, SendResponse},
};
use http_body::Frame;
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tonic::body::Body as Empty;

const LIMIT: Duration = Duration::from_secs(10);

type Tested = Result<(), BoxError>;

async fn listen() -> Result<(TcpListener, Channel), BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = listener.local_addr()?.to_string().parse()?;
    Ok((listener, channel(endpoint)))
}

async fn reads_preface(mut stream: TcpStream) -> Result<TcpStream, BoxError> {
    let mut preface = [0; 24];
    timeout(LIMIT, stream.read_exact(&mut preface)).await??;
    assert!(preface.starts_with(b"PRI * HTTP/2.0"));
    Ok(stream)
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_its_connection_to_the_next() -> Tested {
    let (listener, channel) = listen().await?;
    let mut given_up = Box::pin(channel.clone().send(Request::new(Empty::empty())));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(given_up.as_mut().poll(&mut cx).is_pending());
    drop(given_up);
    let (stream, _) = timeout(LIMIT, listener.accept()).await??;
    let _open = reads_preface(stream).await?;
    let next = tokio::spawn(channel.send(Request::new(Empty::empty())));
    let another = timeout(Duration::from_millis(100), listener.accept()).await;
    assert!(another.is_err());
    next.abort();
    Ok(())
}

#[tokio::test]
async fn a_lost_connection_is_opened_anew() -> Tested {
    let (listener, channel) = listen().await?;
    let first = tokio::spawn(channel.clone().send(Request::new(Empty::empty())));
    let (stream, _) = timeout(LIMIT, listener.accept()).await??;
    drop(reads_preface(stream).await?);
    assert!(timeout(LIMIT, first).await??.is_err());
    let second = tokio::spawn(channel.send(Request::new(Empty::empty())));
    let (stream, _) = timeout(LIMIT, listener.accept()).await??;
    reads_preface(stream).await?;
    second.abort();
    Ok(())
}

#[tokio::test]
async fn a_refused_connection_is_an_unavailable_plugin() -> Tested {
    let (listener, channel) = listen().await?;
    drop(listener);
    let refused = timeout(LIMIT, channel.send(Request::new(Empty::empty()))).await?;
    let Err(error) = refused else {
        return Err("connected".into());
    };
    let status = tonic::Status::from_error(error);
    assert_eq!(status.code(), tonic::Code::Unavailable);
    Ok(())
}

#[tokio::test]
async fn a_plugin_that_answers_no_pings_is_lost() -> Tested {
    let (listener, channel) = listen().await?;
    let call = tokio::spawn(channel.send(Request::new(Empty::empty())));
    let (stream, _) = timeout(LIMIT, listener.accept()).await??;
    let _silent = reads_preface(stream).await?;
    tokio::time::pause();
    let lost = timeout(PING_EVERY + 2 * PONG_LIMIT, call).await??;
    assert!(lost.is_err());
    Ok(())
}

/// What is sent with [`Sent::send`], until the sender is dropped.
struct Parts(mpsc::UnboundedReceiver<Result<Bytes, String>>);
struct Sent(mpsc::UnboundedSender<Result<Bytes, String>>);

fn body() -> (Sent, Parts) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Sent(sender), Parts(receiver))
}

impl Sent {
    fn send(&self, data: &[u8]) -> Tested {
        Ok(self.0.send(Ok(Bytes::copy_from_slice(data)))?)
    }
}

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        let received = self.0.poll_recv(cx);
        received.map(|data| data.map(|data| data.map(Frame::data)))
    }
}

/// A plugin's side of one call.
struct Call {
    request: Request<RecvStream>,
    answer: SendResponse<Bytes>,
    _driver: tokio::task::JoinHandle<()>,
}

impl Call {
    async fn accept(listener: &TcpListener) -> Result<Self, BoxError> {
        let (stream, _) = listener.accept().await?;
        let mut connection: Connection<_, Bytes> = h2::server::Builder::new()
            .initial_window_size(1000)
            .handshake(stream)
            .await?;
        let (request, answer) = connection.accept().await.ok_or("no call")??;
        let _driver = tokio::spawn(async move { while connection.accept().await.is_some() {} });
        Ok(Self {
            request,
            answer,
            _driver,
        })
    }

    async fn read(&mut self) -> Option<Result<Bytes, h2::Error>> {
        let stream = self.request.body_mut();
        let data = stream.data().await;
        if let Some(Ok(data)) = &data {
            let _released = stream.flow_control().release_capacity(data.len());
        }
        data
    }
}

/// A call in flight on both sides.
async fn begin<B>(
    request: Request<B>,
) -> Result<
    (
        impl Future<Output = Result<Response<Incoming>, BoxError>>,
        Call,
    ),
    BoxError,
>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let (listener, channel) = listen().await?;
    let sent = tokio::spawn(channel.send(request));
    let call = timeout(LIMIT, Call::accept(&listener)).await??;
    Ok((async move { timeout(LIMIT, sent).await?? }, call))
}

async fn frame(answer: &mut Incoming) -> Result<Option<Frame<Bytes>>, BoxError> {
    let frame = poll_fn(|cx| Pin::new(&mut *answer).poll_frame(cx));
    Ok(timeout(LIMIT, frame).await?.transpose()?)
}

#[tokio::test]
async fn a_request_goes_on_while_it_is_answered() -> Tested {
    let (sent, body) = body();
    let (answer, mut call) = begin(Request::new(body)).await?;
    let mut back = call.answer.send_response(Response::new(()), false)?;
    let mut answer = answer.await?.into_body();
    for word in [&b"one"[..], b"two"] {
        sent.send(word)?;
        let read = timeout(LIMIT, call.read()).await?.ok_or("ended")??;
        back.send_data(read, false)?;
        let data = frame(&mut answer).await?.ok_or("ended")?.into_data();
        assert_eq!(data.ok().as_deref(), Some(word));
    }
    drop(sent);
    let end = timeout(LIMIT, call.read()).await?.ok_or("no end")??;
    assert!(end.is_empty() && call.request.body().is_end_stream());
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse()?);
    back.send_trailers(trailers.clone())?;
    let last = frame(&mut answer).await?.ok_or("ended")?;
    assert_eq!(last.trailers_ref(), Some(&trailers));
    assert!(frame(&mut answer).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_body_bigger_than_all_windows_arrives_whole() -> Tested {
    let (sent, body) = body();
    let whole: Vec<u8> = (0..=250).cycle().take(300_000).collect();
    for part in whole.chunks(70_000) {
        sent.send(part)?;
    }
    drop(sent);
    let (_answer, mut call) = begin(Request::new(body)).await?;
    let mut read = Vec::new();
    while let Some(data) = timeout(LIMIT, call.read()).await? {
        read.extend_from_slice(&data?);
    }
    assert!(read == whole);
    Ok(())
}

#[tokio::test]
async fn a_body_that_breaks_off_resets_the_call() -> Tested {
    let (sent, body) = body();
    let (answer, mut call) = begin(Request::new(body)).await?;
    sent.0.send(Err("gone".into()))?;
    let Some(Err(error)) = timeout(LIMIT, call.read()).await? else {
        return Err("the request ended well".into());
    };
    assert_eq!(error.reason(), Some(Reason::INTERNAL_ERROR));
    assert!(answer.await.is_err());
    Ok(())
}

#[tokio::test]
async fn an_answer_that_nobody_wants_resets_the_call() -> Tested {
    let (sent, body) = body();
    let (answer, mut call) = begin(Request::new(body)).await?;
    let mut back = call.answer.send_response(Response::new(()), false)?;
    drop(answer.await?);
    let reset = timeout(LIMIT, poll_fn(|cx| back.poll_reset(cx))).await??;
    assert_eq!(reset, Reason::CANCEL);
    assert!(sent.0.is_closed());
    Ok(())
}

#[tokio::test]
async fn a_call_that_is_given_up_is_reset() -> Tested {
    let (listener, channel) = listen().await?;
    let sent = tokio::spawn(channel.send(Request::new(body().1)));
    let mut call = timeout(LIMIT, Call::accept(&listener)).await??;
    sent.abort();
    let reset = timeout(LIMIT, poll_fn(|cx| call.answer.poll_reset(cx))).await??;
    assert_eq!(reset, Reason::CANCEL);
    Ok(())
}

#[tokio::test]
async fn an_answer_may_end_before_its_request() -> Tested {
    let (_sent, body) = body();
    let (answer, mut call) = begin(Request::new(body)).await?;
    let mut back = call.answer.send_response(Response::new(()), false)?;
    let mut answer = answer.await?.into_body();
    back.send_reset(Reason::NO_ERROR);
    assert!(frame(&mut answer).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_reset_answer_is_an_error() -> Tested {
    let (answer, mut call) = begin(Request::new(Empty::empty())).await?;
    let mut back = call.answer.send_response(Response::new(()), false)?;
    let mut answer = answer.await?.into_body();
    back.send_reset(Reason::INTERNAL_ERROR);
    assert!(frame(&mut answer).await.is_err());
    Ok(())
}

#[tokio::test]
async fn headers_of_an_http_1_connection_stay_behind() -> Tested {
    let request = Request::builder()
        .version(Version::HTTP_11)
        .uri("/service/Method")
        .header(header::CONNECTION, "keep-alive")
        .header("keep-alive", "timeout=5")
        .header(header::TRANSFER_ENCODING, "chunked")
        .header("x-kept", "yes")
        .body(Empty::empty())?;
    let (_answer, call) = begin(request).await?;
    let names: Vec<_> = call
        .request
        .headers()
        .keys()
        .map(header::HeaderName::as_str)
        .collect();
    assert_eq!(
        (call.request.uri().path(), names),
        ("/service/Method", vec!["x-kept"])
    );
    Ok(())
}

#[tokio::test]
async fn a_connection_closes_with_the_last_of_its_channel_and_calls() -> Tested {
    let (listener, channel) = listen().await?;
    let sent = tokio::spawn(channel.clone().send(Request::new(Empty::empty())));
    let (stream, _) = timeout(LIMIT, listener.accept()).await??;
    let mut connection: Connection<_, Bytes> = h2::server::handshake(stream).await?;
    let (_request, mut answer) = connection.accept().await.ok_or("no call")??;
    drop(channel);
    let closed = async { while connection.accept().await.is_some() {} };
    let mut closed = std::pin::pin!(closed);
    assert!(
        timeout(Duration::from_millis(50), closed.as_mut())
            .await
            .is_err()
    );
    let mut back = answer.send_response(Response::new(()), false)?;
    back.send_data(Bytes::new(), true)?;
    timeout(LIMIT, async {
        tokio::select! {
            () = closed.as_mut() => Err::<(), BoxError>("closed with a call in flight".into()),
            answered = sent => {
                drop(answered??);
                closed.as_mut().await;
                Ok(())
            }
        }
    })
    .await?
}
