//! Adopting a catalogue before any application is seen: the host calls [`adopt`] once and keeps the
//! memory that it leaves as the component's own.
//!
//! [`adopt`] is no function of the boundary. It is an export of the core module only, which baking
//! removes together with everything that only it needs: a baked component can read no catalogue.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::catalogue::Catalogue;

/// The adopted catalogue. Every check finds it in memory.
static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

/// Whether the catalogue is still to be adopted.
static BAKING: AtomicBool = AtomicBool::new(true);

/// Memory that a check finds free without asking for more, in bytes.
const ROOM: usize = 128 << 10;

/// The catalogue of a baked component; none if it was never baked.
pub(crate) fn catalogue() -> Option<&'static Catalogue> {
    CATALOGUE.get()
}

/// Adopts a catalogue in canonical JSON, at `json`, which `cabi_realloc` made and this frees.
/// Returns null, or where the address and length of a text stand that says what does not fit.
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
    drop(Vec::<u8>::with_capacity(ROOM));
    BAKING.store(false, Ordering::Relaxed);
    match adopted {
        Ok(()) => std::ptr::null(),
        Err(text) => {
            let text = text.leak();
            Box::leak(Box::new([text.as_ptr().addr(), text.len()]))
        }
    }
}

/// The allocator. While baking, it clears what is given back: what was read and dropped would
/// otherwise be part of every component.
struct Clearing;

#[global_allocator]
static ALLOCATOR: Clearing = Clearing;

// SAFETY: every request goes to the system's allocator as it is; what is cleared has just been
// given back by its only owner.
unsafe impl GlobalAlloc for Clearing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's conditions are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if BAKING.load(Ordering::Relaxed) {
            // SAFETY: the memory is the caller's until it is given back in the next line.
            unsafe { memory.write_bytes(0, layout.size()) };
        }
        // SAFETY: the caller's conditions are the same.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !BAKING.load(Ordering::Relaxed) {
            // SAFETY: the caller's conditions are the same.
            return unsafe { System.realloc(memory, layout, size) };
        }
        // SAFETY: the caller promises that `size` fits the layout's alignment.
        let new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: a layout of a size that is not zero, as the caller promises.
        let moved = unsafe { self.alloc(new) };
        if !moved.is_null() {
            // SAFETY: two allocations, each at least as large as what is copied.
            unsafe { memory.copy_to_nonoverlapping(moved, layout.size().min(size)) };
            // SAFETY: nobody uses the old place any more.
            unsafe { self.dealloc(memory, layout) };
        }
        moved
    }
}
