//! Adopting a catalogue before any application is seen: the host calls [`adopt`] once and keeps the
//! memory that it leaves as the component's own.
//!
//! [`adopt`] is no function of the boundary. It is an export of the core module only, which baking
//! removes together with everything that only it needs: a baked component can read no catalogue.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ops::Range;
use std::sync::OnceLock;

use dlmalloc::Dlmalloc;

use mustcheck_rules::catalogue::Catalogue;

/// The adopted catalogue. Every check finds it in memory.
static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

/// Memory that a check finds free without asking for more, in bytes: what most checks need. It lies
/// before the catalogue, so that what a check writes lies together.
const ROOM: usize = 64 << 10;

/// The memory of [`ROOM`] bytes.
#[repr(align(16))]
struct Room(UnsafeCell<[u8; ROOM]>);

// SAFETY: a component has one thread, and the allocator alone hands the bytes out.
unsafe impl Sync for Room {}

static FREE: Room = Room(UnsafeCell::new([0; ROOM]));

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
    match adopted {
        Ok(()) => {
            begin_checks();
            std::ptr::null()
        }
        Err(text) => {
            let text = text.leak();
            Box::leak(Box::new([text.as_ptr().addr(), text.len()]))
        }
    }
}

/// The allocator: one heap for the catalogue; for the check first a piece of memory that is only
/// handed out, and another heap once that is used up.
///
/// What a check writes has to be copied back, page by page, before the next one. A check that took
/// its memory from what baking left free would write a little on pages all over the catalogue. And
/// a sandbox ends with its check: most checks are done before it would pay to take anything back.
/// While baking, what is given back is cleared: what was read and dropped would otherwise be part
/// of every component.
struct Heaps {
    baking: UnsafeCell<Dlmalloc>,
    /// Where the memory that baking left ends; nowhere while baking.
    baked: UnsafeCell<Option<usize>>,
    /// The addresses in [`ROOM`] that nobody has yet; none while baking.
    room: UnsafeCell<Range<usize>>,
    checking: UnsafeCell<Dlmalloc>,
}

// SAFETY: a component has one thread.
unsafe impl Sync for Heaps {}

#[global_allocator]
static HEAPS: Heaps = Heaps {
    baking: UnsafeCell::new(Dlmalloc::new()),
    baked: UnsafeCell::new(None),
    room: UnsafeCell::new(0..0),
    checking: UnsafeCell::new(Dlmalloc::new()),
};

/// Bytes of a page of WebAssembly memory.
const PAGE: usize = 64 << 10;

/// Ends baking. All memory of the heap for checks will lie behind what baking left, as memory is only
/// ever added at its end.
fn begin_checks() {
    let room = FREE.0.get().cast::<u8>();
    let end = core::arch::wasm32::memory_size(0) * PAGE;
    // SAFETY: one thread, and nobody holds a reference into either.
    unsafe {
        *HEAPS.baked.get() = Some(end);
        *HEAPS.room.get() = room.expose_provenance()..room.addr() + ROOM;
    }
}

impl Heaps {
    /// Where the heap for checks begins; nowhere while baking.
    fn begin_of_checks(&self) -> Option<usize> {
        // SAFETY: one thread, and no reference outlives a call.
        unsafe { *self.baked.get() }
    }

    /// A piece of [`ROOM`], if it has one.
    fn handed_out(&self, layout: Layout) -> Option<*mut u8> {
        // SAFETY: one thread, and no reference outlives a call.
        let room = unsafe { &mut *self.room.get() };
        let begin = room.start.next_multiple_of(layout.align());
        let end = begin.checked_add(layout.size()).filter(|end| *end <= room.end)?;
        room.start = end;
        Some(std::ptr::with_exposed_provenance_mut(begin))
    }

    /// Whether a piece of memory that a check does not take back has another size where it is: a
    /// smaller one, or a larger one if it was handed out last.
    fn resized(&self, memory: *mut u8, layout: Layout, size: usize) -> bool {
        if size <= layout.size() {
            return true;
        }
        // SAFETY: one thread, and no reference outlives a call.
        let room = unsafe { &mut *self.room.get() };
        let is_last = memory.addr() + layout.size() == room.start;
        let end = memory.addr().checked_add(size).filter(|end| is_last && *end <= room.end);
        if let Some(end) = end {
            room.start = end;
        }
        end.is_some()
    }
}

// SAFETY: each piece of memory comes from one of two heaps and goes back to the same or nowhere.
unsafe impl GlobalAlloc for Heaps {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if let Some(memory) = self.handed_out(layout) {
            return memory;
        }
        let heap = if self.begin_of_checks().is_none() { &self.baking } else { &self.checking };
        // SAFETY: one thread, and the heap calls nothing that allocates.
        unsafe { (*heap.get()).malloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        match self.begin_of_checks() {
            None => {
                // SAFETY: the memory is the caller's until it is given back.
                unsafe { memory.write_bytes(0, layout.size()) };
                // SAFETY: while baking, all memory comes from this heap.
                unsafe { (*self.baking.get()).free(memory, layout.size(), layout.align()) };
            }
            // SAFETY: what lies here came from this heap.
            Some(begin) if memory.addr() >= begin => unsafe {
                (*self.checking.get()).free(memory, layout.size(), layout.align());
            },
            // The sandbox ends soon.
            Some(_) => {}
        }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.begin_of_checks().is_some_and(|begin| memory.addr() >= begin) {
            // SAFETY: one thread, and what lies here came from this heap.
            let heap = unsafe { &mut *self.checking.get() };
            // SAFETY: the caller's conditions are the same.
            return unsafe { heap.realloc(memory, layout.size(), layout.align(), size) };
        }
        if self.begin_of_checks().is_some() && self.resized(memory, layout, size) {
            return memory;
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
