//! A server that gives a test's answers, byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A server of canned answers: each connection gets the next; the last one is given again.
pub struct Canned {
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<(usize, Vec<Vec<u8>>)>>,
}

/// An answer with its length, after which the connection closes.
pub fn http(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())
            .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// An answer of status 200.
pub fn ok(body: &str) -> Vec<u8> {
    http("200 OK", body.as_bytes())
}

impl Canned {
    pub fn new(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let answers = Arc::new(Mutex::new((0, answers)));
        let (heard, given) = (Arc::clone(&requests), Arc::clone(&answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let request = read_request(&stream);
                if request.is_empty() {
                    continue;
                }
                heard.lock().unwrap().push(request);
                let mut state = given.lock().unwrap();
                let (next, all) = &mut *state;
                let answer = all[(*next).min(all.len() - 1)].clone();
                *next += 1;
                drop(state);
                let mut stream = stream;
                let _ = stream.write_all(&answer);
            }
        });
        Self { port, requests, answers }
    }

    /// Requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Sets the answer from now on.
    pub fn say(&self, answer: Vec<u8>) {
        *self.answers.lock().unwrap() = (0, vec![answer]);
    }

    /// The mapping of the server: English names, with `said` as settings of the source, and
    /// `paging`.
    pub fn mapping(&self, said: &str, request: &str, paging: &str) -> String {
        format!(
            r#"
[[source]]
id = "platform"
base_url = "http://127.0.0.1:{}/api"
{said}

[source.request]
path = "query"
{request}

[source.lists]
W = "wage-arrears"
{paging}
[source.response]
records = "/rows"
as_of = "/at"
total = "/total"

[source.record]
id = "/id"
list = "/list"
valid_from = "/from"
valid_until = {{ path = "/until", optional = true, none = ["长期"] }}

[source.record.subject]
kind = {{ constant = "organization" }}
scheme = {{ constant = "uscc" }}
identifier = "/code"
"#,
            self.port
        )
    }
}

/// Reads one request with its body.
fn read_request(mut stream: &TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let Ok(read) = stream.read(&mut chunk) else { return String::new() };
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        if read == 0 {
            return text;
        }
    }
}
