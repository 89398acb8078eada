//! A thousand malformed requests to each endpoint: each is answered, and none with a fault.

use std::collections::BTreeMap;

use crate::support::{CLEAR, Client, Office, Request, Running, application};

/// A small generator of numbers (SplitMix64): the same seed makes the same requests.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let n = self.below(all.len());
        &all[n]
    }
}

const PIECES: [&str; 14] = [
    "null",
    "{}",
    "[]",
    "\"\"",
    "-1",
    "1e999",
    "99999999999999999999",
    "true",
    "\"\\ud800\"",
    "\"2026-02-30\"",
    "{\"a\":{\"a\":{\"a\":[[[[]]]]}}}",
    "\u{0}",
    "\"键\"",
    ",",
];

/// The request with something wrong, or at least odd, in it.
fn mutated(request: &Request, numbers: &mut Numbers) -> Vec<u8> {
    let mut request = request.clone();
    for _ in 0..=numbers.below(3) {
        match numbers.below(9) {
            0 => {
                let at = numbers.below(request.body.len());
                request.body.truncate(at);
            }
            1 if !request.body.is_empty() => {
                let at = numbers.below(request.body.len());
                request.body[at] = numbers.next() as u8;
            }
            2 => {
                let at = numbers.below(request.body.len());
                let piece = numbers.of(&PIECES).bytes();
                request.body.splice(at..at, piece);
            }
            3 => {
                // Another value in the place of one that is there.
                let text = String::from_utf8_lossy(&request.body).into_owned();
                let starts: Vec<usize> = text.match_indices(':').map(|(at, _)| at + 1).collect();
                if let Some(at) = (!starts.is_empty()).then(|| *numbers.of(&starts)) {
                    let end = text[at..].find([',', '}']).map_or(text.len(), |n| at + n);
                    let piece = *numbers.of(&PIECES);
                    request.body = format!("{}{piece}{}", &text[..at], &text[end..]).into_bytes();
                }
            }
            4 => {
                let names = [
                    "Content-Type",
                    "Accept",
                    "Idempotency-Key",
                    "traceparent",
                    "X-Request-Id",
                    "Accept-Language",
                    "Content-Encoding",
                    "Expect",
                    "Range",
                ];
                let values =
                    ["", "*", "q=1;;;,", "\"", "application/json;charset=utf-16", "zh;q=x"];
                request = request.header(names[numbers.below(9)], values[numbers.below(6)]);
            }
            5 => request.path += ["/", "?a=b", "%00", "%ff", "/..", "//", "#"][numbers.below(7)],
            6 => {
                request.method =
                    ["GET", "PUT", "HEAD", "X", "POST", "DELETE"][numbers.below(6)].into()
            }
            7 => request.body = vec![b'['; numbers.below(5_000)],
            _ => {
                request.headers.retain(|(name, _)| name != "Content-Type");
            }
        }
    }
    request.bytes()
}

fn send(service: &Running, bytes: &[u8], numbers: &mut Numbers) -> Option<u16> {
    let mut client = Client::new(service.address);
    client.write(bytes).ok()?;
    if numbers.below(20) == 0 {
        return None; // and goes away
    }
    let soon = Some(std::time::Duration::from_secs(5));
    client.stream().set_read_timeout(soon).ok()?;
    client.answer(true).map(|answer| answer.status)
}

#[test]
fn no_malformed_request_is_answered_with_a_fault() {
    let office = Office::new(CLEAR);
    office.keys();
    let service = office.run("[records]\nlog = \"log\"\nkeys = \"keys\"");
    let token = service.office.token.clone();
    let receipt = service.post("/v1/checks", &application(CLEAR)).json()["receipt"]["id"].clone();
    let receipt = receipt.as_str().unwrap();
    let feedback = serde_json::json!({ "receipt": receipt, "recorded_by": "window 3",
        "obligations": [{ "kind": "feedback", "done_on": "2026-11-25" }] });
    let post = |path: &str, body| Request::post(path).token(&token).json(body);
    let requests = [
        post("/v1/checks", &application(CLEAR)),
        post("/v1/lookups", &application(CLEAR)),
        post("/v1/feedback", &feedback),
        Request::get(&format!("/v1/receipts/{receipt}")).token(&token),
        Request::get("/v1/policies").token(&token),
        Request::get("/metrics").token(&token),
        Request::get("/healthz"),
        Request::get("/readyz"),
        Request::get("/openapi.json"),
    ];
    let mut numbers = Numbers(20_261_125);
    for request in &requests {
        let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
        for _ in 0..1_000 {
            let bytes = mutated(request, &mut numbers);
            if let Some(status) = send(&service, &bytes, &mut numbers) {
                let shown = String::from_utf8_lossy(&bytes).into_owned();
                assert!(status < 500, "{status} to {shown}");
                *statuses.entry(status).or_default() += 1;
            }
        }
        let answered: u32 = statuses.values().sum();
        assert!(answered > 800, "{}: {statuses:?}", request.path);
        assert!(statuses.keys().any(|status| *status >= 400), "{}: {statuses:?}", request.path);
    }
    assert_eq!(service.get("/healthz").status, 200);
    assert_eq!(service.post("/v1/checks", &application(CLEAR)).status, 200);
}
