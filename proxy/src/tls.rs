//! TLS of the data port.

use std::{
    fs,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use prism_transport::{Secure, Secured};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

/// What the proxy shows in a handshake, and what it asks of clients.
#[derive(Clone, Debug)]
pub struct Identity(Arc<ServerConfig>);

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Identity {}

impl Identity {
    /// Of a certificate, those between it and its root, and its key. With roots
    /// for clients, each client needs a certificate of one of them.
    ///
    /// # Errors
    /// Which of them cannot be used, and why.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        client_roots: Vec<CertificateDer<'static>>,
    ) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| error.to_string())?;
        let builder = if client_roots.is_empty() {
            builder.with_no_client_auth()
        } else {
            let unusable = |error: &dyn std::error::Error| format!("`client_ca`: {error}");
            let mut roots = RootCertStore::empty();
            for root in client_roots {
                roots.add(root).map_err(|error| unusable(&error))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| unusable(&error))?;
            builder.with_client_cert_verifier(verifier)
        };
        let mut config = builder
            .with_single_cert(chain, key)
            .map_err(|error| format!("`cert` and `key` do not fit: {error}"))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

/// The identity in handshakes that begin now. Cloning gives another handle.
#[derive(Clone, Debug)]
pub struct Certificates(Arc<RwLock<Identity>>);

impl Certificates {
    /// Begins with this identity.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self(Arc::new(RwLock::new(identity)))
    }

    /// Uses another identity from now on; connections that are open stay.
    pub fn replace(&self, identity: Identity) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = identity;
    }

    /// What a listener needs.
    #[must_use]
    pub fn secure(&self) -> Secure {
        let this = self.clone();
        Arc::new(move |stream| {
            let Identity(now) = this
                .0
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            Box::pin(async move {
                let stream = TlsAcceptor::from(now).accept(stream).await?;
                Ok(Box::new(stream) as Box<dyn Secured>)
            })
        })
    }
}

/// The certificates of a PEM file, at least one.
///
/// # Errors
/// Why the file cannot be used.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(&error))?;
    if found.is_empty() {
        return Err("has no certificate in PEM (-----BEGIN CERTIFICATE-----)".into());
    }
    Ok(found)
}

/// The first private key of a PEM file.
///
/// # Errors
/// Why the file cannot be used.
pub fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|error| match error {
        pem::Error::NoItemsFound => {
            "has no private key in PEM, or an encrypted one (-----BEGIN PRIVATE KEY-----)".into()
        }
        error => unusable(&error),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot be read: {error}"))
}

fn unusable(error: &pem::Error) -> String {
    format!("is not valid PEM: {error}")
}
