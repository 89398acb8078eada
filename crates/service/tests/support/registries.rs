//! Registries that do what a real one does on a bad day.

use std::sync::{Arc, Condvar, Mutex};

use mustcheck::model::Answer;
use mustcheck::{Ask, JsonRegistry, Registry, RegistryError};

/// A registry that waits at a gate which the test opens.
pub struct Held {
    within: JsonRegistry,
    open: Mutex<bool>,
    opened: Condvar,
    waiting: Mutex<usize>,
}

impl Held {
    pub fn new(json: &[u8]) -> Arc<Self> {
        let within = JsonRegistry::from_json(json).unwrap();
        Arc::new(Self {
            within,
            open: Mutex::new(false),
            opened: Condvar::new(),
            waiting: Mutex::new(0),
        })
    }

    pub fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    /// Waits until so many checks wait.
    pub fn wait_for(&self, many: usize) {
        let begun = std::time::Instant::now();
        while *self.waiting.lock().unwrap() < many {
            assert!(begun.elapsed().as_secs() < 30, "not {many} checks wait");
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

impl Registry for Held {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        if !asks.is_empty() {
            *self.waiting.lock().unwrap() += 1;
            let mut open = self.open.lock().unwrap();
            while !*open {
                open = self.opened.wait(open).unwrap();
            }
        }
        self.within.lookup(asks)
    }
}

/// A registry that fails.
pub enum Broken {
    Down,
    Content,
    Panics,
}

impl Registry for Broken {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let about = asks.first().map(|ask| ask.subject.identifier.clone()).unwrap_or_default();
        match self {
            // RAIL R13: what a remote source complains of may quote what it was asked.
            Self::Down => Err(RegistryError::Other(format!("no answer about {about}"))),
            Self::Content => Err(RegistryError::Content(format!("record of {about} is damaged"))),
            Self::Panics => panic!("no idea about {about}"),
        }
    }
}
