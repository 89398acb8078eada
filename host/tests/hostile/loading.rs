//! What is refused when it is opened: a file that is no policy, or one that would harm whoever
//! opens it.

use std::time::{Duration, Instant};

use mustcheck::{Policy, PolicyError};

use crate::guests::{of_component, of_core, of_core_with, text};
use crate::{POLICY, says};

fn refused(bytes: Vec<u8>) -> PolicyError {
    match Policy::from_component(bytes) {
        Ok(policy) => panic!("opened: {policy:?}"),
        Err(error) => error,
    }
}

#[track_caller]
fn component(heading: &str, bytes: Vec<u8>, expected: &str) {
    let error = refused(bytes);
    assert!(matches!(error, PolicyError::Component(_)), "{heading}: {error:?}");
    says(heading, &error, &format!("this is no policy component: {expected}"));
}

#[test]
fn files_that_are_no_component() {
    let no_wasm = r"it is no WebAssembly: it does not begin with `\0asm`";
    for bytes in [&b"random bytes"[..], &[], &POLICY.component()[..3]] {
        component("random bytes", bytes.to_vec(), no_wasm);
    }
    component(
        "random bytes",
        b"\0asm\xff\xff\xff\xff".to_vec(),
        "it is damaged, cut short, or newer than this program: unknown binary version: 0xffffffff \
         at byte 4",
    );
    let honest = of_core("honest.wat");
    component(
        "a truncated file",
        honest[..20].to_vec(),
        "it is damaged, cut short, or newer than this program: unexpected end-of-file at byte 11",
    );
    // Wherever it is cut, it is refused.
    for at in (8..honest.len()).step_by(honest.len() / 200) {
        assert!(matches!(refused(honest[..at].to_vec()), PolicyError::Component(_)), "at {at}");
    }
    component(
        "core_module.wat",
        of_component("core_module.wat"),
        "it is a core module; encode it as a component (wasm-tools component new)",
    );
    component(
        "empty.wat",
        of_component("empty.wat"),
        "it exports `` and not `mustcheck:credit/policy@0.1.0`; build it for this version of the \
         interface",
    );
}

#[test]
fn a_component_with_any_byte_changed_is_refused_or_harmless() {
    let honest = of_core("honest.wat");
    // A change in the code or the values may well be another policy; none may harm the process.
    for at in (0..honest.len()).step_by(honest.len() / 300) {
        let mut changed = honest.clone();
        changed[at] ^= 0x55;
        if let Err(error) = Policy::from_component(changed) {
            assert!(!matches!(error, PolicyError::Engine(_)), "at {at}: {error}");
        }
    }
    crate::unharmed();
}

#[test]
fn components_that_want_more_than_the_registry() {
    for (file, import) in [
        ("clock.wat", "wasi:clocks/wall-clock@0.2.0"),
        ("network.wat", "wasi:sockets/tcp-create-socket@0.2.0"),
    ] {
        let error = refused(of_component(file));
        assert!(matches!(&error, PolicyError::Import(found) if found == import), "{error:?}");
        let expected = format!(
            "the component imports `{import}`; a policy may import only `mustcheck:credit/registry`"
        );
        says(file, &error, &expected);
    }
    component(
        "another_function.wat",
        of_component("another_function.wat"),
        "component imports instance `mustcheck:credit/registry@0.1.0`, but a matching \
         implementation was not found in the linker: instance export `erase` has the wrong type: \
         function implementation is missing",
    );
}

#[test]
fn components_of_another_interface() {
    component(
        "other_version.wat",
        of_component("other_version.wat"),
        "it exports `mustcheck:credit/policy@0.2.0` and not `mustcheck:credit/policy@0.1.0`; build \
         it for this version of the interface",
    );
    let file = "missing_export.wat";
    component(file, of_component(file), "the interface has no function `check`");
    component(
        "another type",
        of_core_with("honest.wat", "with-notice: bool", "with-notice: u8"),
        "`check` failed: its type is not that of the interface: type mismatch with parameters: \
         expected `bool` found `u8`",
    );
    component(
        "another type",
        of_core_with("honest.wat", "-> result<list<query>, app", "-> result<list<date>, app"),
        "`due-lookups` failed: its type is not that of the interface: type mismatch with results: \
         expected record of 2 fields, found 3 fields",
    );
}

#[test]
fn components_that_need_a_larger_sandbox() {
    let needs = |file: &str, bytes, expected: &str| {
        let expected = format!(
            "it needs more than a sandbox has, which is 8 core modules, one memory of up to \
             1073741824 bytes, and one table in a module: {expected}"
        );
        component(file, bytes, &expected);
    };
    needs(
        "two_memories.wat",
        of_component("two_memories.wat"),
        "the component transitively contains 2 Wasm linear memories, which exceeds the configured \
         maximum of 1 in the pooling allocator",
    );
    let nine = "(core instance (instantiate $rules))".repeat(9);
    needs(
        "many_instances.wat",
        wat::parse_str(text("many_instances.wat").replace("{instances}", &nine)).unwrap(),
        "the component transitively contains 10 core module instances, which exceeds the \
         configured maximum of 8 in the pooling allocator",
    );
    needs(
        "many_tables.wat",
        of_component("many_tables.wat"),
        "defined tables count of 5 exceeds the per-instance limit of 1",
    );
    needs(
        "large_memory.wat",
        of_component("large_memory.wat"),
        "memory has a minimum byte size of 2147483648 which exceeds the limit of 0x40000000 bytes",
    );
    component(
        "half_large_memory.wat",
        of_component("half_large_memory.wat"),
        "`start` failed: it asks for a memory of 536870912 bytes, more than the limit of 268435456",
    );
}

#[test]
fn components_that_harm_whoever_opens_them() {
    let started = Instant::now();
    let loops = "it ran out of fuel (1000000000): it loops, or needs a higher limit";
    for (file, during) in [("loop_at_start.wat", "start"), ("loop_in_describe.wat", "describe")] {
        component(file, of_core(file), &format!("`{during}` failed: {loops}"));
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(20), "opening is bounded: two loops took {took:?}");
    let file = "trap_at_start.wat";
    let panicked = "it trapped: it panicked, or its catalogue was never baked in";
    component(file, of_core(file), &format!("`start` failed: {panicked}"));
    let handle = "`start` failed: it makes a handle of a resource: the interface has none";
    component("resources.wat", of_component("resources.wat"), handle);
}

#[test]
fn components_that_ask_the_registry_when_opened() {
    component(
        "asks_in_describe.wat",
        of_core("asks_in_describe.wat"),
        "`lookup` failed: `lookup` may only be called by `check`, not by `due-lookups` or \
         `describe`",
    );
    component(
        "asks_at_start.wat",
        of_core("asks_at_start.wat"),
        "`start` failed: it calls through an empty table entry: `lookup` may not be called while \
         it starts",
    );
}

#[test]
fn components_that_are_much_to_compile() {
    let mut large = of_core("honest.wat");
    large.resize((64 << 20) + 1, 0);
    let heading = "a large component";
    component(heading, large, "it has 67108865 bytes, more than the 67108864 that are read");
    let with = |functions: usize| {
        let function = "(func (param i32) (result i32) local.get 0 i32.const 7 i32.mul)";
        let functions = function.repeat(functions);
        wat::parse_str(format!(
            "(component (core module {functions}) (instance $policy)
               (export \"mustcheck:credit/policy@0.1.0\" (instance $policy)))"
        ))
        .unwrap()
    };
    let many = "it has 20001 functions, more than the 20000 that are compiled";
    component(heading, with(20_001), many);
    // Fewer are compiled, and the next thing is found.
    component("missing_export.wat", with(2_000), "the interface has no function `describe`");
}
