//! The service as a process of its own: its runtime, and the signals that end it.

use std::net::SocketAddr;

use crate::server::{Service, StartError};

/// Runs a service until the process is asked to end (SIGTERM, SIGINT), and then until what was
/// begun is finished. Says where it listens as soon as it does.
///
/// # Errors
///
/// [`StartError`] if it cannot listen.
pub fn serve(service: Service, listens: impl FnOnce(SocketAddr)) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(StartError::Runtime)?;
    runtime.block_on(async {
        let stop = asked_to_end().map_err(StartError::Runtime)?;
        let listening = service.listen().await?;
        listens(listening.address());
        listening.run(stop).await;
        Ok(())
    })
}

/// That the process is asked to end. From now on it does not end by itself.
#[cfg(unix)]
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// That the process is asked to end.
#[cfg(not(unix))]
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
