//! One connection.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tower::Service as _;

use super::Serving;
use crate::tls::{ClientCertificate, client_certificate};

/// The most that the head of a request may have, in bytes.
const HEAD: usize = 64 << 10;
/// The most headers that a request may have.
const HEADERS: usize = 64;

impl Serving {
    /// Serves a connection in a task of its own.
    pub(super) fn serve(&self, stream: TcpStream, place: OwnedSemaphorePermit) {
        let watcher = self.graceful.watcher();
        let router = self.router.clone();
        let acceptor = self.tls.as_ref().map(|tls| tls.acceptor());
        let header_time = self.header_time;
        tokio::spawn(async move {
            // Answers are small, and somebody waits for them.
            let _ = stream.set_nodelay(true);
            match acceptor {
                None => {
                    let connection = serve(stream, router, None, header_time);
                    let _ = watcher.watch(connection).await;
                }
                Some(acceptor) => {
                    let accepted = tokio::time::timeout(header_time, acceptor.accept(stream)).await;
                    // Whoever does not speak TLS gets no answer.
                    let Ok(Ok(stream)) = accepted else { return };
                    let certificate = client_certificate(stream.get_ref().1).map(Arc::new);
                    let connection = serve(stream, router, certificate, header_time);
                    let _ = watcher.watch(connection).await;
                }
            }
            drop(place);
        });
    }
}

/// A connection that serves.
fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    router: Router,
    certificate: Option<Arc<ClientCertificate>>,
    header_time: std::time::Duration,
) -> http1::Connection<
    TokioIo<S>,
    impl hyper::service::Service<
        hyper::Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send,
    >,
> {
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        if let Some(certificate) = &certificate {
            request.extensions_mut().insert(Arc::clone(certificate));
        }
        // A router is always ready.
        router.clone().call(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .max_header_size(HEAD)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
}
