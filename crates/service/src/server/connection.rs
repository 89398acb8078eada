//! One connection, and its limits: how much of it is read and written, how fast, and for how long.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

use super::Serving;
use crate::config::ServiceLimits;
use crate::peers::Peer;
use crate::tls::{ClientCertificate, client_certificate};

/// Largest head of a request, in bytes.
const HEAD: usize = 64 << 10;
/// Largest number of headers of a request.
const HEADERS: usize = 64;
/// Largest number of bytes that are read ahead, or answered and not taken yet: requests that follow
/// each other without a wait are worked on one at a time, and buffered no further than this.
const BUFFER: usize = 128 << 10;

/// Time limits of a connection.
#[derive(Clone, Copy)]
pub(super) struct Times {
    header: Duration,
    /// Longest time in which the client takes nothing of what is written.
    write: Duration,
    /// Age after which the connection is closed with its next answer.
    lasts: Duration,
    /// Age at which the connection is closed in any case.
    ends: Duration,
}

impl Times {
    pub(super) fn of(limits: &ServiceLimits) -> Self {
        let (header, write) = (limits.header_time, limits.write_time);
        let rest = header + limits.body_time + limits.request_time + write;
        let lasts = limits.connection_time;
        Self { header, write, lasts, ends: lasts + rest }
    }
}

/// A stream on which a write ends with an error if it does not go on.
type Patient = Pin<Box<TimeoutStream<TcpStream>>>;

impl Serving {
    /// Serves a connection in a task of its own, which holds its places until it is closed.
    pub(super) fn serve(&self, stream: TcpStream, peer: Peer, places: impl Send + 'static) {
        let watcher = self.graceful.watcher();
        let (router, times) = (self.router.clone(), self.times);
        let acceptor = self.tls.as_ref().map(|tls| tls.acceptor());
        tokio::spawn(async move {
            // Answers are small, and somebody waits for them.
            let _ = stream.set_nodelay(true);
            // A client that asks and does not read keeps its place no longer than this.
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(times.write));
            let stream: Patient = Box::pin(stream);
            let served = async {
                match acceptor {
                    None => {
                        let connection = serve(stream, router, peer, None, times);
                        let _ = watcher.watch(connection).await;
                    }
                    Some(acceptor) => {
                        let accepted =
                            tokio::time::timeout(times.header, acceptor.accept(stream)).await;
                        // A client that does not speak TLS gets no answer.
                        let Ok(Ok(stream)) = accepted else { return };
                        let certificate = client_certificate(stream.get_ref().1).map(Arc::new);
                        let connection = serve(stream, router, peer, certificate, times);
                        let _ = watcher.watch(connection).await;
                    }
                }
            };
            // A client that takes an answer byte by byte is disconnected too.
            let _ = tokio::time::timeout(times.ends, served).await;
            drop(places);
        });
    }
}

/// Makes the HTTP connection that serves the requests of a stream.
fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    router: Router,
    peer: Peer,
    certificate: Option<Arc<ClientCertificate>>,
    times: Times,
) -> http1::Connection<
    TokioIo<S>,
    impl hyper::service::Service<
        hyper::Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send,
    >,
> {
    let begun = Instant::now();
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        if let Some(certificate) = &certificate {
            request.extensions_mut().insert(Arc::clone(certificate));
        }
        // A router is always ready.
        let answer = router.clone().call(request);
        async move {
            let mut answer = answer.await?;
            if begun.elapsed() >= times.lasts {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(answer)
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(times.header)
        .max_header_size(HEAD)
        .max_headers(HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service)
}
