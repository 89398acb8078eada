//! The allocator: one heap for the catalogue; for a check first a piece of memory that is only handed
//! out, and another heap once that is used up.
//!
//! The pages that a check writes have to be copied back before the next one. A check that took its
//! memory from what baking left free would write a little on pages all over the catalogue. And a
//! sandbox ends with its check: for most checks freeing would not pay. While baking, freed memory
//! is cleared: data that was read and dropped would otherwise be part of every component.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ops::Range;

use dlmalloc::Dlmalloc;

/// Bytes of memory that a check can use without asking for more: enough for most checks. The memory
/// lies before the catalogue, so that a check's writes lie together.
const ROOM: usize = 64 << 10;

/// The memory of [`ROOM`] bytes.
#[repr(align(16))]
struct Room(UnsafeCell<[u8; ROOM]>);

// SAFETY: a component has one thread, and the allocator alone hands the bytes out.
unsafe impl Sync for Room {}

#[cfg(target_family = "wasm")]
static FREE: Room = Room(UnsafeCell::new([0; ROOM]));

/// The heaps of a component.
struct Heaps {
    baking: UnsafeCell<Dlmalloc>,
    /// Address at which the memory that baking left ends; `None` while baking.
    baked: UnsafeCell<Option<usize>>,
    /// Addresses of the memory of [`ROOM`] bytes that are not handed out yet; empty while baking.
    room: UnsafeCell<Range<usize>>,
    checking: UnsafeCell<Dlmalloc>,
}

// SAFETY: a component has one thread.
unsafe impl Sync for Heaps {}

#[cfg(target_family = "wasm")]
#[global_allocator]
static HEAPS: Heaps = Heaps::new();

/// Ends baking. All memory of the heap for checks will lie behind the memory that baking left, as
/// memory is only ever added at its end.
#[cfg(target_family = "wasm")]
pub(crate) fn begin_checks() {
    /// Bytes of a page of WebAssembly memory.
    const PAGE: usize = 64 << 10;
    HEAPS.begin_checks(&FREE, core::arch::wasm32::memory_size(0) * PAGE);
}

impl Heaps {
    const fn new() -> Self {
        Self {
            baking: UnsafeCell::new(Dlmalloc::new()),
            baked: UnsafeCell::new(None),
            room: UnsafeCell::new(0..0),
            checking: UnsafeCell::new(Dlmalloc::new()),
        }
    }

    /// Ends baking: memory from `end` on is that of checks, and `room` is theirs before it.
    fn begin_checks(&self, room: &Room, end: usize) {
        let room = room.0.get().cast::<u8>();
        // SAFETY: one thread, and nobody holds a reference into either.
        unsafe {
            *self.baked.get() = Some(end);
            *self.room.get() = room.expose_provenance()..room.addr() + ROOM;
        }
    }

    /// Address at which the heap for checks begins; `None` while baking.
    fn begin_of_checks(&self) -> Option<usize> {
        // SAFETY: one thread, and no reference outlives a call.
        unsafe { *self.baked.get() }
    }

    /// Hands out a piece of the memory of [`ROOM`] bytes, if enough is left.
    fn handed_out(&self, layout: Layout) -> Option<*mut u8> {
        // SAFETY: one thread, and no reference outlives a call.
        let room = unsafe { &mut *self.room.get() };
        let begin = room.start.next_multiple_of(layout.align());
        let end = begin.checked_add(layout.size()).filter(|end| *end <= room.end)?;
        room.start = end;
        Some(std::ptr::with_exposed_provenance_mut(begin))
    }

    /// Whether a piece of memory that a check never frees can be resized in place: to a smaller
    /// size, or to a larger one if it was handed out last.
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
            // SAFETY: memory at these addresses came from this heap.
            Some(begin) if memory.addr() >= begin => unsafe {
                (*self.checking.get()).free(memory, layout.size(), layout.align());
            },
            // The sandbox ends soon.
            Some(_) => {}
        }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.begin_of_checks().is_some_and(|begin| memory.addr() >= begin) {
            // SAFETY: one thread, and memory at these addresses came from this heap.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Heaps in the middle of a check: memory of the room and of what lies behind it is never taken
    /// back, as if all of it were below the end of what baking left.
    fn checking(room: &Room) -> Heaps {
        let heaps = Heaps::new();
        heaps.begin_checks(room, usize::MAX);
        heaps
    }

    fn room() -> Box<Room> {
        Box::new(Room(UnsafeCell::new([0; ROOM])))
    }

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    /// A piece filled with a byte.
    fn filled(heaps: &Heaps, layout: Layout, byte: u8) -> *mut u8 {
        // SAFETY: the size is not zero.
        let memory = unsafe { heaps.alloc(layout) };
        assert!(memory.addr().is_multiple_of(layout.align()));
        // SAFETY: the piece is ours.
        unsafe { memory.write_bytes(byte, layout.size()) };
        memory
    }

    fn holds(memory: *mut u8, size: usize, byte: u8) -> bool {
        // SAFETY: the piece is ours and filled.
        unsafe { std::slice::from_raw_parts(memory, size) }.iter().all(|found| *found == byte)
    }

    #[test]
    fn pieces_do_not_overlap_inside_the_room_and_behind_it() {
        let room = room();
        let heaps = checking(&room);
        let mut pieces = Vec::new();
        for (n, byte) in (0..=200_u8).enumerate() {
            let layout = layout(1 + n * 13 % 997, 1 << (n % 5));
            pieces.push((filled(&heaps, layout, byte), layout.size(), byte));
        }
        let within = room.0.get().addr()..room.0.get().addr() + ROOM;
        let inside = pieces.iter().filter(|piece| within.contains(&piece.0.addr())).count();
        assert!(inside > 100 && inside < pieces.len(), "{inside} in the room");
        for (memory, size, byte) in pieces {
            assert!(holds(memory, size, byte), "{byte}");
        }
    }

    #[test]
    fn the_last_piece_grows_where_it_is_and_others_move() {
        let room = room();
        let heaps = checking(&room);
        let small = layout(16, 8);
        let (first, last) = (filled(&heaps, small, 1), filled(&heaps, small, 2));
        // SAFETY: each piece is ours, and of that layout.
        let (grown, moved, shrunk) = unsafe {
            let grown = heaps.realloc(last, small, 4_000);
            let moved = heaps.realloc(first, small, 64);
            (grown, moved, heaps.realloc(moved, layout(64, 8), 8))
        };
        assert_eq!((grown, shrunk), (last, moved));
        assert_ne!(moved, first);
        assert!(holds(grown, 16, 2) && holds(moved, 8, 1));
        // More than the room has comes from behind it, with what was there.
        // SAFETY: as above.
        let large = unsafe { heaps.realloc(grown, layout(4_000, 8), ROOM * 2) };
        assert!(large != grown && holds(large, 16, 2));
        // What is given back in the room is not handed out again: the sandbox ends soon.
        // SAFETY: as above.
        unsafe { heaps.dealloc(moved, layout(8, 8)) };
        assert_ne!(filled(&heaps, layout(8, 8), 3), moved);
    }

    #[test]
    fn what_baking_gives_back_is_cleared_and_used_again() {
        let heaps = Heaps::new();
        let layout = layout(512, 8);
        let memory = filled(&heaps, layout, 7);
        // SAFETY: the piece is ours, and of that layout.
        unsafe { heaps.dealloc(memory, layout) };
        // SAFETY: the size is not zero.
        let again = unsafe { heaps.alloc(layout) };
        assert_eq!(again, memory);
        // The heap keeps its own list in the first words of what is free.
        // SAFETY: the heap's memory, cleared before it was given back.
        assert!(holds(unsafe { again.add(32) }, 400, 0));
        // SAFETY: the piece is ours, and of that layout.
        unsafe { heaps.dealloc(again, layout) };
    }
}
