//! A client that sends the same request again and again on a connection that it keeps.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; 64 << 10] }
    }

    /// Sends a request and reads the body of its answer, which must have the status 200.
    pub fn ask(&mut self, request: &[u8]) -> &[u8] {
        self.try_ask(request).expect("a good answer")
    }

    /// Sends a request and reads the body of its answer, or returns the failure in words.
    pub fn try_ask(&mut self, request: &[u8]) -> Result<&[u8], String> {
        let failed = |e: std::io::Error| e.to_string();
        self.stream.write_all(request).map_err(failed)?;
        let (mut read, mut all) = (0, None);
        while all.is_none_or(|(head, body)| read < head + body) {
            let more = self.stream.read(&mut self.buffer[read..]).map_err(failed)?;
            if more == 0 {
                return Err("the connection was closed".into());
            }
            read += more;
            if all.is_none() {
                all = head(&self.buffer[..read])?;
            }
        }
        let (head, body) = all.unwrap_or_default();
        Ok(&self.buffer[head..head + body])
    }
}

/// Lengths of a head and of its body; `None` if the head is not complete yet.
fn head(read: &[u8]) -> Result<Option<(usize, usize)>, String> {
    const LENGTH: &[u8] = b"content-length: ";
    let Some(end) = read.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let head = &read[..end];
    if !head.starts_with(b"HTTP/1.1 200") {
        return Err(String::from_utf8_lossy(head).into_owned());
    }
    let at = head.windows(LENGTH.len()).position(|w| w.eq_ignore_ascii_case(LENGTH));
    let at = at.ok_or("there is no length")?;
    let digits = head[at + LENGTH.len()..].iter().take_while(|b| b.is_ascii_digit());
    let length = digits.fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
    Ok(Some((end + 4, length)))
}
