//! More checks at once than there are sandboxes, and a process that has little room.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use mustcheck::model::Answer;
use mustcheck::{Ask, JsonRegistry, Limits, Registry, RegistryError};

use crate::{APPLICATION, EXPECTED, POLICY, gate, registry, unharmed};

/// Sandboxes in the pool.
const SANDBOXES: usize = 128;

/// Answers once every sandbox is in use, so that whoever comes then has to wait for one.
struct Crowded {
    registry: JsonRegistry,
    /// How many are asking, and the most that ever did.
    asking: Mutex<(usize, usize)>,
    full: Condvar,
}

impl Registry for Crowded {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut asking = self.asking.lock().unwrap();
        asking.0 += 1;
        asking.1 = asking.1.max(asking.0);
        self.full.notify_all();
        let until_full = |(_, most): &mut (usize, usize)| *most < SANDBOXES;
        let patience = Duration::from_secs(30);
        let (mut asking, _) = self.full.wait_timeout_while(asking, patience, until_full).unwrap();
        asking.0 -= 1;
        drop(asking);
        // Those who came too many have the time to show themselves.
        std::thread::sleep(Duration::from_millis(20));
        self.registry.lookup(asks)
    }

    fn may_wait(&self) -> bool {
        false
    }
}

#[test]
fn more_checks_at_once_than_sandboxes() {
    let crowded = Crowded { registry: registry(), asking: Mutex::default(), full: Condvar::new() };
    let crowded = Arc::new(crowded);
    std::thread::scope(|scope| {
        for _ in 0..300 {
            let gate = gate(POLICY.clone(), Arc::clone(&crowded), Limits::default());
            scope.spawn(move || {
                assert_eq!(gate.check(&APPLICATION).unwrap().decision(), &*EXPECTED);
            });
        }
    });
    // Tests beside this one may hold a sandbox or two for a moment; never is there one too many.
    assert_eq!(crowded.asking.lock().unwrap().1, SANDBOXES);
    unharmed();
}

/// The command line in a process that may use so many KiB of address space.
#[cfg(target_os = "linux")]
fn confined(kib: u32, arguments: &[&std::ffi::OsStr]) -> std::process::Output {
    let mut command = std::process::Command::new("sh");
    let limit = format!("ulimit -v {kib} && exec \"$0\" \"$@\"");
    command.args(["-c", &limit, env!("CARGO_BIN_EXE_mustcheck")]).args(arguments);
    // Baking and compiling, too, must do with what there is.
    command.env("MUSTCHECK_CACHE", "");
    command.output().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_with_little_address_space_decides_the_same() {
    use std::ffi::OsStr;
    let (application, register) = (crate::case("application.json"), crate::case("registry.json"));
    let check = [
        OsStr::new("check"),
        application.as_os_str(),
        OsStr::new("--registry"),
        register.as_os_str(),
        OsStr::new("--format"),
        OsStr::new("json"),
    ];
    // The pool reserves hundreds of GiB, and one memory by itself 4 GiB: there is room for neither.
    for kib in [8 << 20, 1 << 20] {
        let output = confined(kib, &check);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(11), "{kib} KiB: {said}");
        assert_eq!(output.stdout, crate::read("decision.json"), "{kib} KiB");
    }
}

/// Guests in a process without the pool: the limits are the store's.
#[cfg(target_os = "linux")]
#[test]
fn a_process_with_little_address_space_refuses_the_same() {
    use std::ffi::OsStr;
    let folder = tempfile::tempdir().unwrap();
    let readme = crate::guests::text("README.md");
    for (file, expected) in [
        (
            "large_memory.wat",
            "`start` failed: it asks for a memory of 2147483648 bytes, more than the limit of \
             268435456",
        ),
        (
            "two_memories.wat",
            "`start` failed: its sandbox cannot be made: resource limit exceeded: memory count \
             too high at 2",
        ),
        (
            "resources.wat",
            "`start` failed: it makes a handle of a resource: the interface has none",
        ),
    ] {
        let path = folder.path().join(file);
        std::fs::write(&path, crate::guests::of_component(file)).unwrap();
        let arguments = [OsStr::new("policy"), OsStr::new("inspect"), path.as_os_str()];
        let output = confined(2 << 20, &arguments);
        assert_ne!(output.status.code(), Some(0), "{file}");
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = format!("this is no policy component: {expected}\n");
        assert!(said.contains(&expected), "{file}: {said}");
        assert!(readme.contains(&format!("> {expected}")), "{file}");
    }
}
