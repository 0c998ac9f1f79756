//! Threads that serve connections.

use std::{future::Future, io, sync::Arc, thread};

use tokio::{
    net::TcpStream,
    runtime::{Builder, Handle},
};

/// Each connection stays on one thread, with its calls and, as far as the pool
/// can, with the connections to plugins that they use: a call wakes no other
/// thread, and what it sends within one turn goes out in one write.
#[derive(Debug)]
pub struct Workers(Vec<Worker>);

#[derive(Debug)]
struct Worker {
    runtime: Handle,
    /// Every connection has a copy.
    load: Arc<()>,
}

impl Worker {
    fn of(runtime: Handle) -> Self {
        Self {
            runtime,
            load: Arc::default(),
        }
    }
}

impl Workers {
    /// The runtime of the caller alone.
    #[must_use]
    pub fn here() -> Self {
        Self(vec![Worker::of(Handle::current())])
    }

    /// The runtime of the caller, and threads beside it, `count` in all. They
    /// run until the process ends.
    ///
    /// # Errors
    /// The system refuses a thread or what its runtime needs.
    pub fn start(count: usize) -> io::Result<Self> {
        let mut workers = Self::here();
        for _ in 1..count {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            workers.0.push(Worker::of(runtime.handle().clone()));
            let work = move || runtime.block_on(std::future::pending::<()>());
            thread::Builder::new()
                .name("worker".into())
                .spawn(work)
                .map(drop)?;
        }
        Ok(workers)
    }

    /// Serves a connection where there are the fewest.
    pub(crate) fn spawn<F>(
        &self,
        stream: TcpStream,
        serve: impl FnOnce(TcpStream) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let fewest = |worker: &&Worker| Arc::strong_count(&worker.load);
        let Some(worker) = self.0.iter().min_by_key(fewest) else {
            return;
        };
        let load = Arc::clone(&worker.load);
        // Its readiness is told to the runtime that it is made in.
        let stream = stream.into_std();
        worker.runtime.spawn(async move {
            match stream.and_then(TcpStream::from_std) {
                Ok(stream) => serve(stream).await,
                Err(error) => tracing::warn!(%error, "cannot serve a connection"),
            }
            drop(load);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::HashSet, sync::Mutex, time::Duration};
    use tokio::{net::TcpListener, time::timeout};

    #[tokio::test]
    async fn connections_go_where_there_are_the_fewest() -> io::Result<()> {
        let workers = Workers::start(3)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let seen = Arc::new(Mutex::new(HashSet::new()));
        let (done, mut all_done) = tokio::sync::mpsc::channel(3);
        for _ in 0..3 {
            let client = TcpStream::connect(listener.local_addr()?).await?;
            let (stream, _) = listener.accept().await?;
            let (seen, done) = (Arc::clone(&seen), done.clone());
            workers.spawn(stream, move |stream| async move {
                if let Ok(mut seen) = seen.lock() {
                    seen.insert(thread::current().id());
                }
                let _sent = done.send(()).await;
                let _closed = stream.readable().await;
                drop(client);
            });
        }
        for _ in 0..3 {
            let ended = timeout(Duration::from_secs(10), all_done.recv()).await;
            assert_eq!(ended, Ok(Some(())));
        }
        assert_eq!(seen.lock().map(|seen| seen.len()).ok(), Some(3));
        Ok(())
    }
}
