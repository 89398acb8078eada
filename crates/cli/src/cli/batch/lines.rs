//! Lines of an input in chunks: enough in each that handing it on costs nothing, few enough that
//! memory stays flat.

use std::io::{BufRead as _, BufReader, ErrorKind, Read};

use mustcheck::APPLICATION_LIMIT;

/// Number of lines that fill a chunk.
const LINES: usize = 32;
/// Number of bytes that fill a chunk, in lines that are kept.
const KEPT: usize = 64 << 10;
/// Number of bytes that fill a chunk, kept or not: blank or over-long lines are read no further
/// than this before the chunk is handed on and progress is shown.
const READ: u64 = 1 << 20;

/// A line that is not blank.
pub struct Line {
    /// Number of the line, from 1.
    pub number: u64,
    /// Length in bytes, with the line end.
    pub bytes: u64,
    /// Content without the line feed; none if it is longer than an application may be.
    pub content: Option<Vec<u8>>,
}

/// Lines that are worked on together.
#[derive(Default)]
pub struct Chunk {
    pub lines: Vec<Line>,
    /// Number of bytes that were read, those of blank lines too.
    pub read: u64,
    /// Number of bytes of memory that the lines take.
    pub kept: usize,
}

impl Chunk {
    fn is_full(&self) -> bool {
        self.lines.len() >= LINES || self.kept >= KEPT || self.read >= READ
    }
}

/// Reads an input line by line.
pub struct Lines<R> {
    input: BufReader<R>,
    number: u64,
    /// The line that is being read, as far as it is kept.
    line: Vec<u8>,
    /// Number of bytes of that line that were read so far.
    read: u64,
    blank: bool,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub fn new(input: R) -> Self {
        let input = BufReader::with_capacity(128 << 10, input);
        Self { input, number: 0, line: Vec::new(), read: 0, blank: true, ended: false }
    }

    /// Reads the next lines; none at the end. Lines before an error have been handed out already.
    pub fn next_chunk(&mut self) -> std::io::Result<Option<Chunk>> {
        let mut chunk = Chunk::default();
        // Lines that have arrived do not wait for lines that have not.
        while !self.ended
            && !chunk.is_full()
            && (chunk.lines.is_empty() || !self.input.buffer().is_empty())
        {
            let piece = match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                piece => piece?,
            };
            if piece.is_empty() {
                self.ended = true;
                if self.read > 0 {
                    self.end_line(&mut chunk);
                }
                break;
            }
            let end = memchr::memchr(b'\n', piece);
            let content = end.and_then(|end| piece.get(..end)).unwrap_or(piece);
            let taken = content.len() + usize::from(end.is_some());
            self.blank &= content.iter().all(u8::is_ascii_whitespace);
            // One byte more than the limit, since it may be the first half of the line's end
            // (`\r\n`).
            let room = usize::try_from(APPLICATION_LIMIT + 1).unwrap_or(usize::MAX);
            let room = room.saturating_sub(self.line.len());
            self.line.extend_from_slice(content.get(..room).unwrap_or(content));
            let taken_bytes = u64::try_from(taken).unwrap_or(u64::MAX);
            self.read += taken_bytes;
            chunk.read += taken_bytes;
            self.input.consume(taken);
            if end.is_some() {
                self.end_line(&mut chunk);
            }
        }
        Ok((chunk.read > 0 || !chunk.lines.is_empty()).then_some(chunk))
    }

    /// Ends the line that is being read: it goes to the chunk unless it is blank.
    fn end_line(&mut self, chunk: &mut Chunk) {
        self.number += 1;
        let mut content = std::mem::take(&mut self.line);
        let bytes = std::mem::take(&mut self.read);
        if std::mem::replace(&mut self.blank, true) {
            return;
        }
        let is_too_long =
            |line: &[u8]| u64::try_from(line.len()).is_ok_and(|n| n > APPLICATION_LIMIT);
        if is_too_long(&content) && bytes == APPLICATION_LIMIT + 2 && content.ends_with(b"\r") {
            content.pop();
        }
        let content = (!is_too_long(&content)).then_some(content);
        chunk.kept += size_of::<Line>() + content.as_ref().map_or(0, Vec::capacity);
        chunk.lines.push(Line { number: self.number, bytes, content });
    }
}
