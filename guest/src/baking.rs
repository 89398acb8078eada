//! Adopting a catalogue before any application is seen: the host calls [`adopt`] once and keeps the
//! memory that it leaves as the component's own.
//!
//! [`adopt`] is no function of the boundary. It is an export of the core module only, which baking
//! removes together with everything that only it needs: a baked component can read no catalogue.

use std::sync::OnceLock;

use mustcheck_rules::catalogue::Catalogue;

use crate::heaps;

/// The adopted catalogue. Every check finds it in memory.
static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

/// Returns the catalogue of a baked component; `None` if it was never baked.
pub(crate) fn catalogue() -> Option<&'static Catalogue> {
    CATALOGUE.get()
}

/// Adopts a catalogue in canonical JSON at `json`; the memory comes from `cabi_realloc` and is
/// freed here. Returns null, or a pointer to the address and length of a text that says what does
/// not fit.
///
/// # Safety
///
/// `json` is what `cabi_realloc(0, 0, 1, length)` returned, filled, and used by nobody else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adopt(json: *mut u8, length: usize) -> *const [usize; 2] {
    // SAFETY: by this function's own condition; a vector of bytes has the same layout.
    let json = unsafe { Vec::from_raw_parts(json, length, length) };
    let adopted = Catalogue::from_json(&json).and_then(|catalogue| {
        // A second catalogue would decide differently from what was signed and inspected.
        CATALOGUE
            .set(catalogue.without_commentary())
            .map_err(|_| "a catalogue is already adopted".into())
    });
    drop(json);
    match adopted {
        Ok(()) => {
            heaps::begin_checks();
            std::ptr::null()
        }
        Err(text) => {
            let text = text.leak();
            Box::leak(Box::new([text.as_ptr().addr(), text.len()]))
        }
    }
}
