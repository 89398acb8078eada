//! Cases that cannot be brought about from outside the program: threads that panic, wait or run
//! ahead.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use anyhow::{Result, bail};
use mustcheck::model::Answer;
use mustcheck::registry::Vocabulary;
use mustcheck::{APPLICATION_LIMIT, Ask, Date, Language, Registry, RegistryError};

use super::lines::{Line, Lines};
use super::pipeline::{Bounds, Sink, Source, Worked, run};
use super::{Chunk, Work, rows};
use crate::cli::gates::{Gates, PolicyChoice};

/// A source of the numbers from 0, each of so many bytes, with a count of those that were read.
struct Numbers {
    next: usize,
    end: usize,
    bytes: usize,
    read: Arc<AtomicUsize>,
}

impl Numbers {
    fn to(end: usize) -> Self {
        Self { next: 0, end, bytes: 1, read: Arc::default() }
    }
}

impl Source for Numbers {
    type Chunk = usize;

    fn next(&mut self) -> Option<Result<(usize, usize)>> {
        if self.next == self.end {
            return None;
        }
        self.next += 1;
        self.read.store(self.next, Ordering::SeqCst);
        Some(Ok((self.next - 1, self.bytes)))
    }
}

/// A sink that takes numbers until one of them is an error; `each` gets the number of those taken.
struct Taken<F> {
    taken: Vec<usize>,
    each: F,
}

impl<F: FnMut(usize)> Sink<Result<usize>> for Taken<F> {
    fn take(&mut self, done: Result<usize>) -> Result<()> {
        self.taken.push(done?);
        (self.each)(self.taken.len());
        Ok(())
    }

    fn idle(&mut self) -> Result<()> {
        Ok(())
    }
}

const BOUNDS: Bounds = Bounds { jobs: 2, chunks: 8, bytes: 1 << 20 };

fn sink() -> Taken<impl FnMut(usize)> {
    Taken { taken: Vec::new(), each: |_| {} }
}

fn going_on(done: usize) -> Worked<Result<usize>> {
    Worked { done: Ok(done), is_last: false }
}

fn in_order(n: usize) -> Vec<usize> {
    (0..n).collect()
}

#[test]
fn what_takes_longer_holds_its_place() {
    for jobs in [1, 2, 8] {
        let mut sink = sink();
        let work = |n: usize| {
            std::thread::sleep(Duration::from_micros(if n.is_multiple_of(7) {
                20_000
            } else {
                50
            }));
            going_on(n)
        };
        run(Bounds { jobs, chunks: 4 * jobs, ..BOUNDS }, Numbers::to(100), work, &mut sink)
            .unwrap();
        assert_eq!(sink.taken, in_order(100), "{jobs} jobs");
    }
}

#[test]
fn no_more_is_read_than_may_be_in_flight() {
    // By number, and by bytes: three of 400 KiB do not fit into 1 MiB.
    for (bytes, most) in [(1, BOUNDS.chunks), (400 << 10, 2), (4 << 20, 1)] {
        let source = Numbers { bytes, ..Numbers::to(100) };
        let read = Arc::clone(&source.read);
        let mut ahead = 0;
        // The output blocks after each number, for long enough to read everything.
        let each = |taken: usize| {
            std::thread::sleep(Duration::from_millis(if taken < 20 { 20 } else { 0 }));
            ahead = ahead.max(read.load(Ordering::SeqCst) - (taken - 1));
        };
        let mut sink = Taken { taken: Vec::new(), each };
        run(BOUNDS, source, going_on, &mut sink).unwrap();
        assert_eq!(sink.taken, in_order(100));
        // The reader has one more in its hands while it waits.
        assert_eq!(ahead, most + 1, "{bytes} bytes each");
    }
    // A chunk that takes long holds the others up, and not its reader's memory.
    let source = Numbers::to(100);
    let read = Arc::clone(&source.read);
    let seen = Arc::new(AtomicUsize::new(0));
    let sees = Arc::clone(&seen);
    let work = move |n: usize| {
        if n == 0 {
            std::thread::sleep(Duration::from_millis(200));
            sees.store(read.load(Ordering::SeqCst), Ordering::SeqCst);
        }
        going_on(n)
    };
    run(BOUNDS, source, work, &mut sink()).unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), BOUNDS.chunks + 1);
}

#[test]
fn an_error_ends_the_run_behind_what_was_before_it() {
    for jobs in [1, 2, 8] {
        let mut sink = sink();
        // What is behind it is quicker, and one of those is an error too.
        let work = |n: usize| match n {
            20 => {
                std::thread::sleep(Duration::from_millis(50));
                Worked { done: Err(anyhow::anyhow!("the first")), is_last: true }
            }
            22 => Worked { done: Err(anyhow::anyhow!("the second")), is_last: true },
            n => going_on(n),
        };
        let error = run(Bounds { jobs, ..BOUNDS }, Numbers::to(100), work, &mut sink).unwrap_err();
        assert_eq!((error.to_string().as_str(), sink.taken), ("the first", in_order(20)));
    }
}

#[test]
fn a_thread_that_panics_is_a_fault_and_no_wait_without_end() {
    for jobs in [1, 2, 8] {
        let mut sink = sink();
        let work = |n: usize| {
            assert!(n != 30, "a worker's panic, which belongs to the test");
            going_on(n)
        };
        let error = run(Bounds { jobs, ..BOUNDS }, Numbers::to(100), work, &mut sink).unwrap_err();
        assert_eq!(error.to_string(), "a worker ended before its lines were done");
        assert_eq!(sink.taken, in_order(30));
    }
}

#[test]
fn a_reader_that_waits_does_not_hold_up_the_end() {
    struct Silent(Numbers);
    impl Source for Silent {
        type Chunk = usize;
        fn next(&mut self) -> Option<Result<(usize, usize)>> {
            self.0.next().or_else(|| {
                std::thread::sleep(Duration::from_secs(3_600));
                None
            })
        }
    }
    let work = |n: usize| match n {
        4 => Worked { done: Err(anyhow::anyhow!("lasting")), is_last: true },
        n => going_on(n),
    };
    let mut sink = sink();
    assert!(run(BOUNDS, Silent(Numbers::to(5)), work, &mut sink).is_err());
    assert_eq!(sink.taken, in_order(4));
}

#[test]
fn an_input_that_breaks_off_is_told_behind_what_was_read() {
    struct Broken(Numbers);
    impl Source for Broken {
        type Chunk = usize;
        fn next(&mut self) -> Option<Result<(usize, usize)>> {
            self.0.next().or_else(|| Some((|| bail!("it broke off"))()))
        }
    }
    let mut sink = sink();
    let error = run(BOUNDS, Broken(Numbers::to(50)), going_on, &mut sink).unwrap_err();
    assert_eq!((error.to_string().as_str(), sink.taken), ("it broke off", in_order(50)));
}

/// A reader that gives a text in pieces.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(buffer.len()).min(self.0.len());
        (&self.0[..n]).read(&mut buffer[..n]).inspect(|_| self.0 = &self.0[n..])
    }
}

fn all_lines(text: &[u8], piece: usize) -> (Vec<Line>, u64) {
    let mut lines = Lines::new(Pieces(text, piece));
    let mut all = (Vec::new(), 0);
    while let Some(chunk) = lines.next_chunk().unwrap() {
        all.1 += chunk.read;
        all.0.extend(chunk.lines);
    }
    all
}

#[test]
fn lines_are_the_same_in_whatever_pieces_they_come() {
    let text = b"\n  \na\r\n\t\r\nb b\n\n\x0c\nlast";
    let expected: [(u64, u64, &[u8]); 3] = [(3, 3, b"a\r"), (5, 4, b"b b"), (8, 4, b"last")];
    for piece in 1..30 {
        let (lines, read) = all_lines(text, piece);
        let told = lines.iter().map(|l| (l.number, l.bytes, l.content.as_deref().unwrap()));
        assert_eq!(told.collect::<Vec<_>>(), expected, "pieces of {piece}");
        assert_eq!(read, text.len() as u64);
    }
}

#[test]
fn a_line_of_exactly_the_limit_is_read_whatever_its_end() {
    let limit = usize::try_from(APPLICATION_LIMIT).unwrap();
    for (length, end, kept) in [
        (limit, "\n", Some(limit)),
        (limit, "\r\n", Some(limit)),
        (limit, "", Some(limit)),
        (limit - 1, "\r\n", Some(limit)),
        (limit + 1, "\n", None),
        (limit + 1, "\r\n", None),
        (limit + 1, "", None),
    ] {
        let text = format!("{}{end}after", "x".repeat(length));
        let text = if end.is_empty() { &text[..length] } else { &*text };
        let (lines, _) = all_lines(text.as_bytes(), 1 << 16);
        let first = lines[0].content.as_ref().map(Vec::len);
        assert_eq!(
            (first, lines[0].bytes),
            (kept, (length + end.len()) as u64),
            "{length} {end:?}"
        );
        assert_eq!(lines.len(), if end.is_empty() { 1 } else { 2 });
    }
    // A line is blank only if all of it is.
    let text = format!("{}{{}}\n{}\n{{}}", " ".repeat(limit + 5), " ".repeat(limit + 5));
    let (lines, _) = all_lines(text.as_bytes(), 1 << 16);
    let told: Vec<_> = lines.iter().map(|l| (l.number, l.content.is_some())).collect();
    assert_eq!(told, [(1, false), (3, true)]);
}

/// A registry that counts how often its vocabulary was checked, and may panic at it.
struct Counting {
    read: AtomicUsize,
    panics: bool,
}

impl Registry for Counting {
    fn lookup(&self, _asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        Ok(Vec::new())
    }

    fn check_vocabulary(&self, _vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        self.read.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "a registry's panic, which belongs to the test");
        Ok(())
    }
}

fn gates(registry: &Arc<Counting>) -> Gates {
    let registry: Arc<dyn Registry> = Arc::clone(registry) as _;
    Gates::over(&PolicyChoice { edition: None, overlay: "default".into(), policy: None }, registry)
}

#[test]
fn each_edition_is_opened_once_for_all_threads() {
    let registry = Arc::new(Counting { read: AtomicUsize::new(0), panics: false });
    let gates = gates(&registry);
    let begin = Barrier::new(8);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let (gates, begin) = (&gates, &begin);
            scope.spawn(move || {
                begin.wait();
                let year = if n % 2 == 0 { 2018 } else { 2026 };
                gates.made_on(Date { year, month: 5, day: 1 }).unwrap();
                gates.made_on(Date { year, month: 5, day: 1 }).unwrap();
            });
        }
    });
    assert_eq!(registry.read.load(Ordering::SeqCst), 2);
}

#[test]
fn a_check_that_panics_is_the_fault_of_its_line() {
    let registry = Arc::new(Counting { read: AtomicUsize::new(0), panics: true });
    let application =
        include_bytes!("../../../../../examples/cases/0001-procurement-clear/application.json");
    let line = |number| Line { number, bytes: 1, content: Some(application.to_vec()) };
    let chunk = Chunk { lines: vec![line(1), line(2)], ..Chunk::default() };
    let work = Work { gates: gates(&registry), papers: None, language: Language::Zh };
    let worked = rows(&work, &chunk);
    assert!(!worked.is_last);
    let json = String::from_utf8(worked.done.json).unwrap();
    let row = |n| {
        format!(
            "{{\"line\":{n},\"error\":{{\"kind\":\"fault\",\"detail\":\"the check panicked\"}}}}\n"
        )
    };
    assert_eq!(json, row(1) + &row(2));
    assert_eq!(worked.done.worst, 1);
}
