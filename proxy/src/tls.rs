//! TLS of the data port.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use prism_transport::{Secure, Secured};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// The certificates that handshakes use; a reload replaces them.
#[derive(Clone, Debug)]
pub struct Certificates(Arc<RwLock<Arc<ServerConfig>>>);

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// Which file cannot be used, and why.
    pub fn read(files: &Tls) -> Result<Self, String> {
        Ok(Self(Arc::new(RwLock::new(Arc::new(server(files)?)))))
    }

    /// Reads the files again, for handshakes from now on.
    ///
    /// # Errors
    /// Which file cannot be used, and why; nothing has changed then.
    pub fn renew(&self, files: &Tls) -> Result<(), String> {
        let renewed = Arc::new(server(files)?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// What a listener needs.
    #[must_use]
    pub fn secure(&self) -> Secure {
        let this = self.clone();
        Arc::new(move |stream| {
            let now = Arc::clone(&this.0.read().unwrap_or_else(PoisonError::into_inner));
            Box::pin(async move {
                let stream = TlsAcceptor::from(now).accept(stream).await?;
                Ok(Box::new(stream) as Box<dyn Secured>)
            })
        })
    }
}

/// The rustls configuration of these files.
///
/// # Errors
/// Which file cannot be used, and why.
pub fn server(files: &Tls) -> Result<ServerConfig, String> {
    let chain = certificates(&files.cert)?;
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unusable(&files.key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| error.to_string())?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for root in certificates(path)? {
                roots.add(root).map_err(|error| unusable(path, &error))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| unusable(path, &error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| format!("{} with its key: {error}", files.cert.display()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(path, &error))?;
    if found.is_empty() {
        return Err(format!("{} has no certificate in PEM", path.display()));
    }
    Ok(found)
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{} cannot be used: {error}", path.display())
}
