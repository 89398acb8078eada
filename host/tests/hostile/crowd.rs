//! More checks at once than there are sandboxes.

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
