//! Comparing memory in words: the compiler's own function for WebAssembly compares single bytes,
//! and a check compares codes by the thousand.

use std::cmp::Ordering;

/// Number of bytes that are compared at once.
const WORD: usize = size_of::<u64>();

/// The C library's `memcmp`, which every comparison of texts calls.
///
/// # Safety
///
/// Both pointers are valid for reads of `length` bytes.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
// At every place where texts are compared, it would make the component a sixth larger.
#[inline(never)]
unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, length: usize) -> i32 {
    // SAFETY: by this function's own condition.
    (unsafe { compare(one, other, length) }) as i32
}

/// Compares two pieces of memory as slices of bytes: by the first byte that differs.
///
/// # Safety
///
/// Both pointers are valid for reads of `length` bytes.
unsafe fn compare(one: *const u8, other: *const u8, length: usize) -> Ordering {
    let mut at = 0;
    while at + WORD <= length {
        // SAFETY: by this function's own condition; no alignment is asked for.
        let (a, b) = unsafe {
            (
                one.add(at).cast::<u64>().read_unaligned(),
                other.add(at).cast::<u64>().read_unaligned(),
            )
        };
        if a != b {
            // The first byte has to weigh most.
            return u64::from_be(a).cmp(&u64::from_be(b));
        }
        at += WORD;
    }
    while at < length {
        // SAFETY: by this function's own condition.
        let (a, b) = unsafe { (*one.add(at), *other.add(at)) };
        if a != b {
            return a.cmp(&b);
        }
        at += 1;
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_compare_as_slices_do() {
        for length in 0..40 {
            let one: Vec<u8> = (0..length).map(|i| 100 + i).collect();
            for at in 0..usize::from(length) {
                for other in [0, 99, 101, 127, 128, 255] {
                    let mut changed = one.clone();
                    changed[at] = other;
                    // Bytes behind the first difference do not count.
                    changed[at + 1..].fill(77);
                    // SAFETY: both are as long.
                    let found = unsafe { compare(one.as_ptr(), changed.as_ptr(), one.len()) };
                    assert_eq!(found, one.cmp(&changed), "{length} {at} {other}");
                }
            }
            // SAFETY: the same bytes.
            let same = unsafe { compare(one.as_ptr(), one.clone().as_ptr(), one.len()) };
            assert_eq!(same, Ordering::Equal);
        }
    }
}
