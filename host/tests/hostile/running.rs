//! What ends a check: a guest that uses too much, traps, or hands over what cannot be read.

use mustcheck::{Application, CheckError, Fault, Limits};

use crate::guests::of_core;
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
