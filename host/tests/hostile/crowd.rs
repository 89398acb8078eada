//! More checks at once than there are sandboxes.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use mustcheck::model::Answer;
use mustcheck::{Ask, JsonRegistry, Limits, Registry, RegistryError};

use crate::{APPLICATION, EXPECTED, POLICY, gate, registry, unharmed};

/// Number of checks at once; the pool has sandboxes for 128.
const CHECKS: usize = 300;

/// A registry that answers once all checks are asking, so that all want a sandbox at once.
struct Crowded {
    registry: JsonRegistry,
    /// Number of checks that are asking, and the largest number so far.
    asking: Mutex<(usize, usize)>,
    full: Condvar,
}

impl Registry for Crowded {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut asking = self.asking.lock().unwrap();
        asking.0 += 1;
        asking.1 = asking.1.max(asking.0);
        self.full.notify_all();
        let until_full = |(_, most): &mut (usize, usize)| *most < CHECKS;
        let patience = Duration::from_secs(30);
        let (mut asking, _) = self.full.wait_timeout_while(asking, patience, until_full).unwrap();
        asking.0 -= 1;
        drop(asking);
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
        for _ in 0..CHECKS {
            let gate = gate(POLICY.clone(), Arc::clone(&crowded), Limits::default());
            scope.spawn(move || {
                assert_eq!(gate.check(&APPLICATION).unwrap().decision(), &*EXPECTED);
            });
        }
    });
    // No sandbox is held while a registry is asked.
    assert_eq!(crowded.asking.lock().unwrap().1, CHECKS);
    unharmed();
}
