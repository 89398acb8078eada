//! Guests that end a check: they use too much, trap, or return values that cannot be read.

use std::sync::atomic::{AtomicBool, Ordering};

use mustcheck::{Application, CheckError, Fault, Limits};

use crate::guests::{of_core, of_core_changed};
use crate::{APPLICATION, EXPECTED, fault, guest, guest_within, says};

/// Fuel that ends a loop in a fraction of a second.
const LITTLE: u64 = 200_000_000;

#[track_caller]
fn ends(file: &str, expected: &str) {
    let limits = Limits { fuel: LITTLE, ..Limits::default() };
    let gate = guest_within(of_core(file), limits);
    // Each time anew: the sandbox of the first check is gone.
    for _ in 0..2 {
        let error = fault(&gate);
        assert!(
            matches!(&error, CheckError::Fault(Fault::Component { during: "decide", .. })),
            "{file}: {error:?}"
        );
        says(file, &error, &format!("the policy component failed in `decide`: {expected}"));
    }
}

#[test]
fn guests_without_end() {
    let loops = "it ran out of fuel (200000000): it loops, or needs a higher limit";
    for file in ["endless_loop.wat", "endless_fill.wat", "slow_steps.wat"] {
        ends(file, loops);
    }
}

#[test]
fn what_costs_time_costs_fuel() {
    let started = std::time::Instant::now();
    let limits = Limits { fuel: 2_000_000_000, ..Limits::default() };
    fault(&guest_within(of_core("slow_steps.wat"), limits));
    // At one unit for each instruction it takes more than twenty seconds.
    let took = started.elapsed();
    assert!(took.as_secs() < 8, "{took:?}");
}

#[test]
fn guests_that_take_too_much() {
    ends(
        "memory_bomb.wat",
        "it asks for a memory of 268959744 bytes, more than the limit of 268435456",
    );
    ends("table_bomb.wat", "it asks for a table of 10001 elements, more than the limit of 10000");
    ends("deep_recursion.wat", "its stack overflowed: it recurses without end");
    let output = "it hands the host more than 67108864 bytes at once";
    ends("huge_output.wat", output);
    let file = "huge_question.wat";
    let error = fault(&guest(of_core(file)));
    says(file, &error, &format!("the policy component failed in `due-lookups`: {output}"));
}

#[test]
fn guests_that_hand_over_what_cannot_be_read() {
    for (file, said) in [
        ("outside_memory.wat", "pointer out of bounds of memory"),
        ("bad_discriminant.wat", "invalid expected discriminant"),
    ] {
        let expected = format!(
            "a value that it takes or returns is not laid out as the interface has it: {said}; \
             generate its bindings from `wit/credit.wit`"
        );
        ends(file, &expected);
    }
    let file = "bad_allocator.wat";
    let error = fault(&guest(of_core(file)));
    let expected = "the policy component failed in `due-lookups`: a value that it takes or returns \
                    is not laid out as the interface has it: realloc return: beyond end of memory; \
                    generate its bindings from `wit/credit.wit`";
    says(file, &error, expected);
}

#[test]
fn a_trap_ends_one_check_and_no_other() {
    let panicked = "it trapped: it panicked, or its catalogue was never baked in";
    ends("trap_in_decide.wat", panicked);
    // The same gate, by turns with an application on which the guest panics.
    let gate = guest(of_core("trap_on_one.wat"));
    let yesterday = APPLICATION.as_of.yesterday().unwrap();
    let other = Application { as_of: yesterday, ..APPLICATION.clone() };
    for _ in 0..100 {
        assert_eq!(gate.check(&APPLICATION).unwrap().decision(), &*EXPECTED);
        let error = gate.check(&other).unwrap_err();
        let expected = format!("the policy component failed in `decide`: {panicked}");
        assert_eq!(error.to_string(), expected);
    }
    let error = gate.check(&other).unwrap_err();
    says(
        "trap_on_one.wat",
        &error,
        &format!("the policy component failed in `decide`: {panicked}"),
    );
}

/// No sandbox holds what another was given or left: a canary in every page of one is in none of the
/// next.
#[test]
fn a_sandbox_remembers_nothing() {
    let gate = guest(of_core("remembers.wat"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    assert_eq!(gate.check(&APPLICATION).unwrap().decision(), &*EXPECTED);
                }
            });
        }
    });
}

/// Nor does it where the machine takes memory away from sandboxes while they decide. `.ci/swap` has
/// pages swapped out, and says how many megabytes that takes.
#[test]
fn a_sandbox_remembers_nothing_under_pressure() {
    let wanted = std::env::var("MUSTCHECK_TEST_PRESSURE").ok();
    let megabytes: usize = wanted.as_ref().map_or(16, |megabytes| megabytes.parse().unwrap());
    // It lingers over what it wrote, so that the machine takes it for memory that nobody needs.
    let linger = "(local.set $at (i32.const 40000000))
        (loop $linger
          (local.set $at (i32.sub (local.get $at) (i32.const 1)))
          (br_if $linger (local.get $at)))";
    let gate = guest(of_core_changed("remembers.wat", ";; LINGER", linger));
    let is_over = AtomicBool::new(false);
    let swapped = std::thread::scope(|scope| {
        let pressure = scope.spawn(|| {
            let (mut pages, mut swapped) = (vec![0_u8; megabytes << 20], 0);
            while !is_over.load(Ordering::Relaxed) {
                pages.iter_mut().step_by(4096).for_each(|byte| *byte = byte.wrapping_add(1));
                swapped = swapped.max(kilobytes_swapped());
            }
            swapped
        });
        let checks = [(); 3].map(|()| {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(gate.check(&APPLICATION).unwrap().decision(), &*EXPECTED);
                }
            })
        });
        let failed = checks.into_iter().filter_map(|check| check.join().err()).count();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(failed, 0, "a sandbox held what another left");
        pressure.join().unwrap()
    });
    assert!(wanted.is_none() || swapped > 0, "nothing was swapped out");
}

/// Kilobytes of this process that are swapped out, where the system says so.
fn kilobytes_swapped() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSwap:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
