//! The service as a process of its own: its runtime, and the signals that end it.

use std::net::SocketAddr;

use crate::server::{Service, StartError};
#[cfg(unix)]
use crate::told::told;

/// Prevents core dumps of this process, and reading of its memory by other processes of its user:
/// the memory names people, and holds keys.
// RAIL R13
#[cfg(unix)]
fn dump_no_core() {
    use nix::sys::resource::{Resource, setrlimit};
    let limited = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    // Where cores are piped to a program, the limit does not count.
    #[cfg(target_os = "linux")]
    let limited = limited.and(nix::sys::prctl::set_dumpable(false));
    if let Err(error) = limited {
        tracing::warn!(detail = told(&error), "the system may dump a core of this process");
    }
}

/// Does nothing: on other systems, the system's settings decide.
#[cfg(not(unix))]
fn dump_no_core() {}

/// Runs a service until the process is asked to end (SIGTERM, SIGINT), and then until what was
/// begun is finished. Calls `listens` with the address as soon as the service listens.
///
/// # Errors
///
/// [`StartError`] if it cannot listen.
pub fn serve(service: Service, listens: impl FnOnce(SocketAddr)) -> Result<(), StartError> {
    dump_no_core();
    let Some(runtime) = service.handle() else { return Ok(()) };
    runtime.block_on(async {
        let stop = asked_to_end().map_err(StartError::Runtime)?;
        let listening = service.listen().await?;
        listens(listening.address());
        listening.run(stop).await;
        Ok(())
    })
}

/// Returns a future that is ready when the process is asked to end. From this call on, those
/// signals do not end the process by themselves.
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

/// Returns a future that is ready when the process is asked to end.
#[cfg(not(unix))]
fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

#[cfg(test)]
mod tests {
    /// Holds in the release profile too: a size that wraps is a size that nobody checked.
    #[test]
    #[should_panic(expected = "attempt to add with overflow")]
    fn a_sum_that_does_not_fit_is_no_sum() {
        let most = std::hint::black_box(usize::MAX);
        std::hint::black_box(most + 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_core_is_dumped() {
        use nix::sys::resource::{Resource, getrlimit};
        super::dump_no_core();
        assert_eq!(getrlimit(Resource::RLIMIT_CORE), Ok((0, 0)));
        assert_eq!(nix::sys::prctl::get_dumpable(), Ok(false));
    }
}
