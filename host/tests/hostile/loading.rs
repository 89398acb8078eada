//! Components that are refused when they are opened: a file that is no policy, or one that would
//! harm the program that opens it.

use std::time::{Duration, Instant};

use mustcheck::{Policy, PolicyError};

use crate::guests::{Values, of_component, of_core, of_core_with, text};
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
        "it is damaged, cut short, or newer than this program: unexpected end-of-file at byte 20",
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
        "it exports `` and not `mustcheck:credit/policy@0.2.0`",
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
fn components_that_want_anything() {
    for (file, import) in [
        ("clock.wat", "wasi:clocks/wall-clock@0.2.0"),
        ("network.wat", "wasi:sockets/tcp-create-socket@0.2.0"),
        ("registry.wat", "mustcheck:credit/registry@0.2.0"),
    ] {
        let error = refused(of_component(file));
        assert!(matches!(&error, PolicyError::Import(found) if found == import), "{error:?}");
        let expected = format!("the component imports `{import}`; a policy imports nothing");
        says(file, &error, &expected);
    }
}

#[test]
fn components_of_another_interface() {
    for (file, version) in [("old_boundary.wat", "0.1.0"), ("other_version.wat", "0.3.0")] {
        let expected = format!(
            "it was built for `mustcheck:credit/policy@{version}`, and this program runs \
             `mustcheck:credit/policy@0.2.0`: build it again with the `wit/credit.wit` of this \
             version"
        );
        component(file, of_component(file), &expected);
    }
    let file = "missing_export.wat";
    component(file, of_component(file), "the interface has no function `decide`");
    component(
        "another type",
        of_core_with("honest.wat", "made-on: day,", "made-on: u32,"),
        "`due-lookups` failed: its type is not that of the interface: type mismatch with \
         parameters: type mismatch for field made-on: expected `s32` found `u32`",
    );
    component(
        "another type",
        of_core_with("honest.wat", "-> result<list<due>, ref", "-> result<list<term>, ref"),
        "`due-lookups` failed: its type is not that of the interface: type mismatch with results: \
         type mismatch for field subject: expected `u32` found `u16`",
    );
}

/// A description that contradicts itself is refused before anything is decided by it.
#[test]
fn components_that_contradict_themselves() {
    type Lie = fn(&mut mustcheck::model::Description);
    let lies: [(&str, Lie); 8] = [
        ("list `abnormal-operations` stands twice", |d| d.lists.push(d.lists[0].clone())),
        ("list `abnormal-operations` names the unknown act `unknown`", |d| {
            d.lists[0].acts.push("unknown".into());
        }),
        ("matter `tendering/government-procurement` names the unknown list `unknown`", |d| {
            procurement(d).due[0].lists.push("unknown".into());
        }),
        ("matter `tendering/government-procurement` has no due lookups", |d| {
            procurement(d).due.clear();
        }),
        ("measure `MEASURE` has no legal basis", |d| d.measures[0].legal_basis.clear()),
        ("measure `MEASURE` cites an article without words", |d| {
            d.measures[0].legal_basis[0].clause = " ".into();
        }),
        ("measure `MEASURE` ends before it begins", |d| {
            d.measures[0].valid_until = d.measures[0].valid_from.yesterday();
        }),
        ("it describes itself in more than 16777216 bytes of text", |d| {
            d.measures[0].text.zh = "很".repeat(6 << 20).into();
        }),
    ];
    for (expected, lie) in lies {
        let mut values = Values::honest();
        lie(&mut values.description);
        let id = values.description.measures[0].id.clone();
        let error = refused(values.component());
        let heading = "a description that contradicts itself";
        let expected = expected.replace("MEASURE", &id);
        says(heading, &error, &format!("this is no policy component: {expected}"));
    }
}

fn procurement(
    description: &mut mustcheck::model::Description,
) -> &mut mustcheck::model::MatterInfo {
    let mut matters = description.matters.iter_mut();
    matters.find(|matter| matter.code == "tendering/government-procurement").unwrap()
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
    component(
        "not_utf8.wat",
        of_core("not_utf8.wat"),
        "`describe` failed: a value that it takes or returns is not laid out as the interface has \
         it: invalid utf-8 sequence of 1 bytes from index 0; generate its bindings from \
         `wit/credit.wit`",
    );
    let file = "trap_at_start.wat";
    let panicked = "it trapped: it panicked, or its catalogue was never baked in";
    component(file, of_core(file), &format!("`start` failed: {panicked}"));
    let handle = "`start` failed: it makes a handle of a resource: the interface has none";
    component("resources.wat", of_component("resources.wat"), handle);
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
               (export \"mustcheck:credit/policy@0.2.0\" (instance $policy)))"
        ))
        .unwrap()
    };
    let many = "it has 20001 functions, more than the 20000 that are compiled";
    component(heading, with(20_001), many);
    // Fewer are compiled, and the next thing is found.
    component("missing_export.wat", with(2_000), "the interface has no function `describe`");
}
