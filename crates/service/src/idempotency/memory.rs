//! Keys in memory, bounded in number, age, and the size of their answers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;

use super::{Begun, End, Key};

/// Keys in memory.
#[derive(Debug)]
pub struct MemoryKeys {
    most: usize,
    bytes: usize,
    age: Duration,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: HashMap<Key, Entry>,
    /// Keys of answered requests, each with the time of its answer, the oldest first.
    done: VecDeque<(Instant, Key)>,
    /// Size of all kept answers together.
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    request: [u8; 32],
    /// `None` while the request is in progress.
    answer: Option<Bytes>,
}

impl MemoryKeys {
    /// Keeps at most `most` answers, of at most `bytes` bytes together, and none for longer than
    /// `age`.
    pub fn new(most: usize, bytes: usize, age: Duration) -> Self {
        Self { most, bytes, age, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Each change below is one step, and none of them panics half-way.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, key: Key, request: [u8; 32]) -> Begun {
        let mut kept = self.kept();
        self.forget(&mut kept);
        match kept.entries.get(&key) {
            Some(entry) if entry.request != request => Begun::Conflict,
            Some(Entry { answer: Some(answer), .. }) => Begun::Done(answer.clone()),
            Some(_) => Begun::InProgress,
            None => {
                kept.entries.insert(key, Entry { request, answer: None });
                Begun::Fresh(None)
            }
        }
    }

    pub(super) fn finish(&self, key: Key, end: End) {
        let mut kept = self.kept();
        match (end, kept.entries.get_mut(&key)) {
            (End::Kept(answer), Some(entry)) if answer.len() <= self.bytes => {
                let bytes = answer.len();
                entry.answer = Some(answer);
                kept.done.push_back((Instant::now(), key));
                kept.bytes += bytes;
                self.forget(&mut kept);
            }
            _ => {
                kept.entries.remove(&key);
            }
        }
    }

    /// Forgets answers that are too old, and the oldest beyond the limits. Keys in progress stay.
    fn forget(&self, kept: &mut Kept) {
        while let Some((at, key)) = kept.done.front() {
            let is_room = kept.done.len() <= self.most && kept.bytes <= self.bytes;
            if is_room && at.elapsed() < self.age {
                break;
            }
            let answer = kept.entries.remove(key).and_then(|entry| entry.answer);
            kept.bytes -= answer.map_or(0, |answer| answer.len());
            kept.done.pop_front();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.kept().entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: [u8; 32] = [1; 32];
    const OTHER: [u8; 32] = [2; 32];

    fn key(n: u8) -> Key {
        Key([n; 32])
    }

    #[test]
    fn a_key_is_for_one_request_and_is_answered_once() {
        let keys = MemoryKeys::new(2, 100, Duration::from_secs(60));
        assert_eq!(keys.begin(key(1), REQUEST), Begun::Fresh(None));
        assert_eq!(keys.begin(key(1), REQUEST), Begun::InProgress);
        assert_eq!(keys.begin(key(1), OTHER), Begun::Conflict);
        keys.finish(key(1), End::Kept(Bytes::from_static(b"answer")));
        let done = Begun::Done(Bytes::from_static(b"answer"));
        assert_eq!(keys.begin(key(1), REQUEST), done);
        assert_eq!(keys.begin(key(1), OTHER), Begun::Conflict);
        assert_eq!(keys.begin(key(2), REQUEST), Begun::Fresh(None));
    }

    #[test]
    fn what_failed_or_does_not_last_gives_its_key_back() {
        let keys = MemoryKeys::new(2, 100, Duration::from_secs(60));
        assert_eq!(keys.begin(key(1), REQUEST), Begun::Fresh(None));
        for end in [End::Failed, End::Passing] {
            keys.finish(key(1), end);
            assert_eq!(keys.begin(key(1), OTHER), Begun::Fresh(None));
        }
    }

    #[test]
    fn the_oldest_answers_go_first_and_what_is_worked_on_stays() {
        let keys = MemoryKeys::new(2, 100, Duration::from_secs(60));
        assert_eq!(keys.begin(key(9), REQUEST), Begun::Fresh(None));
        for n in 1..=3 {
            assert_eq!(keys.begin(key(n), REQUEST), Begun::Fresh(None));
            keys.finish(key(n), End::Kept(Bytes::from_static(b"answer")));
        }
        assert_eq!(keys.begin(key(9), REQUEST), Begun::InProgress);
        assert_eq!(keys.begin(key(1), REQUEST), Begun::Fresh(None), "the oldest was forgotten");
        assert_eq!(keys.begin(key(3), REQUEST), Begun::Done(Bytes::from_static(b"answer")));
    }

    #[test]
    fn an_old_answer_is_forgotten() {
        let keys = MemoryKeys::new(2, 100, Duration::ZERO);
        assert_eq!(keys.begin(key(1), REQUEST), Begun::Fresh(None));
        keys.finish(key(1), End::Kept(Bytes::from_static(b"answer")));
        assert_eq!(keys.begin(key(1), REQUEST), Begun::Fresh(None));
        assert_eq!(keys.len(), 1);
    }

    #[test]
    fn answers_take_no_more_room_than_they_may() {
        let keys = MemoryKeys::new(100, 10, Duration::from_secs(60));
        for n in 1..=4 {
            assert_eq!(keys.begin(key(n), REQUEST), Begun::Fresh(None));
            keys.finish(key(n), End::Kept(Bytes::from_static(b"1234")));
            assert_eq!(keys.len(), usize::from(n).min(2));
        }
        assert_eq!(keys.begin(key(4), REQUEST), Begun::Done(Bytes::from_static(b"1234")));
        // An answer that is larger than the limit is not kept, and displaces no other.
        assert_eq!(keys.begin(key(5), REQUEST), Begun::Fresh(None));
        keys.finish(key(5), End::Kept(Bytes::from_static(b"0123456789a")));
        assert_eq!(keys.len(), 2);
        assert_eq!(keys.begin(key(5), REQUEST), Begun::Fresh(None));
    }
}
