//! TLS by rustls: the certificate and the authorities of callers are read again when they change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::config::TlsConfig;

/// Error: TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no PEM of its kind.
    #[error("`{path}` cannot be used for TLS")]
    File {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// The certificate, the key or the authorities cannot be used.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The authorities or their revocation lists cannot be used.
    #[error("the authorities of callers cannot be used")]
    Authorities(#[from] rustls::client::VerifierBuilderError),
}

/// A caller's certificate, which was verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCertificate {
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// The DNS names and URIs that it is for.
    pub names: Vec<String>,
}

/// The TLS settings in use.
pub(crate) struct Tls {
    files: TlsConfig,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    pub(crate) fn open(files: TlsConfig) -> Result<Self, TlsError> {
        let current = RwLock::new(Arc::new(read(&files)?));
        Ok(Self { files, current })
    }

    /// Reads the files again. If they cannot be used, the old settings stay in use.
    pub(crate) fn reload(&self) -> Result<(), TlsError> {
        let config = Arc::new(read(&self.files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let files = [&self.files.certificate, &self.files.key].into_iter().cloned();
        let lists = [&self.files.client_authorities, &self.files.client_revocations];
        files.chain(lists.into_iter().flatten().cloned()).collect()
    }
}

fn read(files: &TlsConfig) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|source| TlsError::File { path: files.key.display().to_string(), source })?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let builder = match &files.client_authorities {
        None => builder.with_no_client_auth(),
        Some(authorities) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(authorities)? {
                roots.add(certificate)?;
            }
            // A caller without a certificate may still have a token.
            let mut verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider)
                .allow_unauthenticated();
            if let Some(lists) = &files.client_revocations {
                // A certificate is refused unless a current list covers it.
                verifier = verifier
                    .with_crls(revocations(lists)?)
                    .only_check_end_entity_revocation()
                    .enforce_revocation_expiration();
            }
            builder.with_client_cert_verifier(verifier.build()?)
        }
    };
    let mut config = builder.with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    in_pem(path)
}

fn revocations(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
    in_pem(path)
}

/// Reads all PEM items of a kind from a file, which must have at least one.
fn in_pem<T: PemObject>(path: &Path) -> Result<Vec<T>, TlsError> {
    let failed = |source| TlsError::File { path: path.display().to_string(), source };
    let all = T::pem_file_iter(path).map_err(failed)?;
    let all: Vec<_> = all.collect::<Result<_, _>>().map_err(failed)?;
    if all.is_empty() {
        return Err(failed(rustls::pki_types::pem::Error::NoItemsFound));
    }
    Ok(all)
}

/// Certificate that the caller of a connection presented, if any.
pub(crate) fn client_certificate(
    connection: &rustls::ServerConnection,
) -> Option<ClientCertificate> {
    let der = connection.peer_certificates()?.first()?;
    let sha256 = Sha256::digest(der.as_ref()).into();
    let names = match webpki::EndEntityCert::try_from(der) {
        Ok(read) => read.valid_dns_names().chain(read.valid_uri_names()).map(Into::into).collect(),
        Err(_) => Vec::new(),
    };
    Some(ClientCertificate { sha256, names })
}
