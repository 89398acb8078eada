//! Sessions of callers that are signed in. They are in the memory of one process, and end with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mustcheck::{Application, Checked, Policy};
use mustcheck_evidence::DocumentId;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::state::Settings;

/// Largest number of decisions that a session keeps to be looked at again; the oldest go first.
const KEPT: usize = 16;

/// A decision that was made in this session.
pub(super) struct Made {
    pub(super) application: Application,
    pub(super) checked: Checked,
    pub(super) policy: Option<Policy>,
}

/// Things under numbers that count within one session, and so may be in a URL.
struct Shelf<T> {
    next: u32,
    kept: VecDeque<(u32, T)>,
}

impl<T: Clone> Shelf<T> {
    const fn new() -> Self {
        Self { next: 1, kept: VecDeque::new() }
    }

    fn put(&mut self, kept: T) -> u32 {
        let number = self.next;
        self.next = number.saturating_add(1);
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((number, kept));
        number
    }

    fn get(&self, number: u32) -> Option<T> {
        self.kept.iter().find(|(n, _)| *n == number).map(|(_, kept)| kept.clone())
    }
}

/// A session.
pub(super) struct Session {
    /// The caller's token, with which the office is asked for the caller at every request.
    token: Zeroizing<String>,
    begun: Instant,
    held: Mutex<Held>,
}

struct Held {
    used: Instant,
    made: Shelf<Arc<Made>>,
    /// The feedback that was just recorded, after its receipt; the receipt's page says so once.
    said: Option<(DocumentId, DocumentId)>,
}

impl Session {
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a decision to show, under the number that is returned.
    pub(super) fn keep(&self, made: Made) -> u32 {
        self.held().made.put(Arc::new(made))
    }

    /// Returns the decision that is kept under a number, if there is one.
    pub(super) fn kept(&self, number: u32) -> Option<Arc<Made>> {
        self.held().made.get(number)
    }

    /// Notes that feedback about a receipt was recorded.
    pub(super) fn say(&self, receipt: DocumentId, feedback: DocumentId) {
        self.held().said = Some((receipt, feedback));
    }

    /// Returns the id of feedback about a receipt that was just recorded, once.
    pub(super) fn said(&self, receipt: &DocumentId) -> Option<DocumentId> {
        let mut held = self.held();
        let said = held.said.take_if(|said| said.0 == *receipt);
        said.map(|(_, feedback)| feedback)
    }
}

/// All sessions, by the digest of their cookie's value.
pub(super) struct Sessions {
    idle: Duration,
    lasts: Duration,
    most: usize,
    all: Mutex<HashMap<[u8; 32], Arc<Session>>>,
}

impl Sessions {
    pub(super) fn new(settings: &Settings) -> Self {
        let Settings { idle, lasts, sessions, .. } = *settings;
        Self { idle, lasts, most: sessions.max(1), all: Mutex::default() }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<[u8; 32], Arc<Session>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lives(&self, session: &Session, now: Instant) -> bool {
        now.duration_since(session.begun) < self.lasts
            && now.duration_since(session.held().used) < self.idle
    }

    /// Begins a session, and returns the value of its cookie.
    pub(super) fn begin(&self, token: &str) -> Result<String, getrandom::Error> {
        let secret = random()?;
        let now = Instant::now();
        let held = Held { used: now, made: Shelf::new(), said: None };
        let token = Zeroizing::new(token.to_owned());
        let session = Arc::new(Session { token, begun: now, held: Mutex::new(held) });
        let mut all = self.all();
        all.retain(|_, session| self.lives(session, now));
        if all.len() >= self.most {
            let oldest = all.iter().min_by_key(|(_, s)| s.held().used).map(|(key, _)| *key);
            oldest.map(|key| all.remove(&key));
        }
        all.insert(digest(&secret), session);
        Ok(secret)
    }

    /// Finds the live session of a cookie, and counts this as its last use.
    pub(super) fn of(&self, secret: &str) -> Option<Arc<Session>> {
        let key = digest(secret);
        let mut all = self.all();
        let session = Arc::clone(all.get(&key)?);
        let now = Instant::now();
        if self.lives(&session, now) {
            session.held().used = now;
            return Some(session);
        }
        all.remove(&key);
        None
    }

    /// Ends a session.
    pub(super) fn end(&self, secret: &str) {
        self.all().remove(&digest(secret));
    }
}

/// Returns 256 random bits, as 64 hexadecimal digits.
pub(super) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(const_hex::encode(bytes))
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Token in every form that is made for this cookie. Nobody can know it who does not know the
/// cookie.
pub(super) fn form_token(secret: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"mustcheck form\0");
    digest.update(secret.as_bytes());
    const_hex::encode(digest.finalize())
}

/// Whether a form was made for this cookie.
pub(super) fn is_of(secret: &str, said: &str) -> bool {
    form_token(secret).as_bytes().ct_eq(said.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(settings: Settings) -> Sessions {
        Sessions::new(&settings)
    }

    #[test]
    fn a_session_ends_when_it_is_left_alone_and_when_its_time_is_up() {
        let idle = Settings { idle: Duration::from_millis(30), ..Settings::default() };
        let short = Settings { lasts: Duration::from_millis(30), ..Settings::default() };
        for settings in [idle, short] {
            let sessions = sessions(settings);
            let secret = sessions.begin("token").unwrap();
            assert_eq!(sessions.of(&secret).unwrap().token(), "token");
            std::thread::sleep(Duration::from_millis(40));
            assert!(sessions.of(&secret).is_none());
            assert!(sessions.all().is_empty(), "what ended is not kept");
        }
    }

    #[test]
    fn of_too_many_sessions_the_one_left_alone_longest_ends() {
        let sessions = sessions(Settings { sessions: 2, ..Settings::default() });
        let [a, b] = [(); 2].map(|()| {
            std::thread::sleep(Duration::from_millis(2));
            sessions.begin("t").unwrap()
        });
        std::thread::sleep(Duration::from_millis(2));
        assert!(sessions.of(&a).is_some());
        let c = sessions.begin("t").unwrap();
        assert_eq!([&a, &b, &c].map(|s| sessions.of(s).is_some()), [true, false, true]);
    }

    #[test]
    fn a_session_keeps_a_bounded_number_of_pages_under_numbers_of_its_own() {
        let mut shelf = Shelf::new();
        let numbers: Vec<u32> = (0..KEPT + 1).map(|n| shelf.put(n)).collect();
        assert_eq!((numbers[0], numbers[KEPT]), (1, 17));
        assert_eq!((shelf.get(1), shelf.get(2), shelf.get(18)), (None, Some(1), None));
    }

    #[test]
    fn what_was_recorded_is_said_once_and_on_its_own_receipt() {
        let sessions = sessions(Settings::default());
        let session = sessions.of(&sessions.begin("t").unwrap()).unwrap();
        let id = |letter: &str, n: &str| -> DocumentId {
            format!("{letter}{}", n.repeat(32)).parse().unwrap()
        };
        let (one, other, said) = (id("r", "0"), id("r", "1"), id("f", "2"));
        session.say(one.clone(), said.clone());
        assert_eq!(session.said(&other), None);
        assert_eq!(session.said(&one), Some(said));
        assert_eq!(session.said(&one), None);
    }

    #[test]
    fn a_form_is_of_one_cookie() {
        let (a, b) = (random().unwrap(), random().unwrap());
        assert!(is_of(&a, &form_token(&a)));
        assert!(!is_of(&a, &form_token(&b)) && !is_of(&a, &a) && !is_of(&a, ""));
    }
}
