//! A key-value plugin in this process.

use std::{
    collections::BTreeMap,
    future::Future,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::middleware::{Next, from_fn};
use prism_proto::keyvalue::v1::{
    key_value_server::{KeyValue, KeyValueServer},
    *,
};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    sync::Notify,
};
use tonic::{
    Request, Response, Status, metadata::MetadataMap, service::Routes,
    transport::server::TcpIncoming,
};

type Answer<T> = Result<Response<T>, Status>;

/// A running plugin; dropping it closes its port and every connection.
pub struct Plugin {
    pub address: SocketAddr,
    pub store: Store,
    runtime: Option<Runtime>,
}

impl Drop for Plugin {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[derive(Clone, Default)]
pub struct Store {
    entries: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// `grpc-timeout` of the last call, as it arrived.
    pub timeout: Arc<Mutex<Option<String>>>,
    /// Metadata of the last `Get`.
    pub metadata: Arc<Mutex<MetadataMap>>,
    /// Paths of the calls that arrived, where a plugin notes them.
    pub paths: Arc<Mutex<Vec<String>>>,
    /// A `Get` of the key `slow` announces itself here ...
    pub arrived: Arc<Notify>,
    /// ... and answers when told.
    pub release: Arc<Notify>,
}

/// Starts a plugin on an address; port 0 for a free one.
pub async fn start(address: SocketAddr) -> Plugin {
    run(address, |listener, routes| async move {
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = tonic::transport::Server::builder().add_routes(routes);
        server.serve_with_incoming(incoming).await.unwrap();
    })
    .await
}

/// A plugin on a free port.
pub async fn anywhere() -> Plugin {
    start(ANYWHERE).await
}

/// A plugin that never gives up by itself: tonic's own server watches
/// `grpc-timeout` and would race with the proxy's deadline.
pub async fn patient() -> Plugin {
    run(ANYWHERE, |listener, routes| async move {
        axum::serve(listener, routes.into_axum_router())
            .await
            .unwrap();
    })
    .await
}

/// A plugin that notes the path of every call but health checks.
pub async fn noting() -> Plugin {
    let paths = Arc::<Mutex<Vec<String>>>::default();
    let noted = Arc::clone(&paths);
    let mut plugin = run(ANYWHERE, |listener, routes| async move {
        let note = move |request: axum::extract::Request, next: Next| {
            let path = request.uri().to_string();
            if !path.contains("grpc.health") {
                noted.lock().unwrap().push(path);
            }
            next.run(request)
        };
        let router = routes.into_axum_router().layer(from_fn(note));
        axum::serve(listener, router).await.unwrap();
    })
    .await;
    plugin.store.paths = paths;
    plugin
}

const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn run<F>(address: SocketAddr, serve: impl FnOnce(TcpListener, Routes) -> F) -> Plugin
where
    F: Future<Output = ()> + Send + 'static,
{
    // A runtime of its own: ending it closes the connections with the port.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bound = runtime.spawn(async move { TcpListener::bind(address).await });
    let listener = bound.await.unwrap().expect("the plugin's port is free");
    let address = listener.local_addr().unwrap();
    let store = Store::default();
    runtime.spawn(serve(
        listener,
        Routes::new(KeyValueServer::new(store.clone())),
    ));
    Plugin {
        address,
        store,
        runtime: Some(runtime),
    }
}

impl Store {
    /// Has a value that a message of tonic's default limit could not bring.
    pub fn keep(&self, key: &str, value: Vec<u8>) {
        self.entries.lock().unwrap().insert(key.into(), value);
    }
}

#[tonic::async_trait]
impl KeyValue for Store {
    async fn set(&self, request: Request<SetRequest>) -> Answer<SetResponse> {
        let SetRequest { key, value, .. } = request.into_inner();
        if key.is_empty() {
            return Err(Status::invalid_argument("key is empty"));
        }
        self.entries.lock().unwrap().insert(key, value);
        Ok(Response::new(SetResponse {}))
    }

    async fn get(&self, request: Request<GetRequest>) -> Answer<GetResponse> {
        self.metadata.lock().unwrap().clone_from(request.metadata());
        let timeout = request.metadata().get("grpc-timeout");
        *self.timeout.lock().unwrap() = timeout.map(|t| t.to_str().unwrap().to_owned());
        let key = request.into_inner().key;
        if key == "slow" {
            self.arrived.notify_one();
            self.release.notified().await;
        }
        let value = self.entries.lock().unwrap().get(&key).cloned();
        Ok(Response::new(GetResponse {
            found: value.is_some(),
            value: value.unwrap_or_default(),
        }))
    }

    async fn delete(&self, request: Request<DeleteRequest>) -> Answer<DeleteResponse> {
        let existed = self
            .entries
            .lock()
            .unwrap()
            .remove(&request.into_inner().key)
            .is_some();
        Ok(Response::new(DeleteResponse { existed }))
    }

    async fn exists(&self, request: Request<ExistsRequest>) -> Answer<ExistsResponse> {
        let exists = self
            .entries
            .lock()
            .unwrap()
            .contains_key(&request.into_inner().key);
        Ok(Response::new(ExistsResponse { exists }))
    }

    async fn expire(&self, _: Request<ExpireRequest>) -> Answer<ExpireResponse> {
        Ok(Response::new(ExpireResponse { found: true }))
    }

    async fn get_ttl(&self, _: Request<GetTtlRequest>) -> Answer<GetTtlResponse> {
        Ok(Response::new(GetTtlResponse { ttl_ms: -1 }))
    }

    async fn persist(&self, _: Request<PersistRequest>) -> Answer<PersistResponse> {
        Ok(Response::new(PersistResponse { found: true }))
    }

    async fn scan(&self, request: Request<ScanRequest>) -> Answer<ScanResponse> {
        let prefix = request.into_inner().prefix;
        let entries = self.entries.lock().unwrap();
        let entries = entries
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix))
            .map(|(key, value)| Entry {
                key: key.clone(),
                value: value.clone(),
            })
            .collect();
        Ok(Response::new(ScanResponse {
            entries,
            next_cursor: String::new(),
        }))
    }
}
