//! Connections that strangers hold, and those that are left for everybody else.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::support::{CLEAR, Client, Office, Request};

/// Connects from this address.
fn connect(from: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0))?;
    let stream = runtime.block_on(socket.connect(to))?.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// Sends requests until no more are taken, and reads no answers.
fn ask_and_do_not_read(stream: &mut TcpStream) {
    let requests = Request::get("/openapi.json").bytes().repeat(1_000);
    stream.set_nonblocking(true).unwrap();
    let mut taken = Instant::now();
    while taken.elapsed() < Duration::from_millis(200) {
        match stream.write(&requests) {
            Ok(_) => taken = Instant::now(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(_) => break,
        }
    }
}

#[test]
fn who_does_not_read_keeps_nobody_out_for_long() {
    let limits = "[limits]\nconnections = 4\nconnections_per_peer = 4\nwrite_seconds = 1";
    let service = Office::new(CLEAR).run(limits);
    let mut held: Vec<TcpStream> =
        (0..4).map(|_| TcpStream::connect(service.address).unwrap()).collect();
    held.iter_mut().for_each(ask_and_do_not_read);
    let begun = Instant::now();
    assert_eq!(service.get("/healthz").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    drop(held);
}

/// Linux has all of 127.0.0.0/8; elsewhere there is one such address.
#[cfg(target_os = "linux")]
#[test]
fn one_address_has_its_share_of_the_connections_and_no_more() {
    let service = Office::new(CLEAR).run("[limits]\nconnections = 8");
    let mut strangers: Vec<TcpStream> =
        (0..16).map(|_| connect("127.0.0.2", service.address).unwrap()).collect();
    let begun = Instant::now();
    assert_eq!(service.get("/healthz").status, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // A quarter of them; the others were closed without an answer.
    let mut answered = 0;
    for stranger in &mut strangers {
        let _ = stranger.write_all(&Request::get("/healthz").bytes());
        let mut first = [0; 1];
        answered += stranger.read(&mut first).unwrap_or(0);
    }
    assert_eq!(answered, 2);
    // What is given back may be had again.
    drop(strangers);
    let begun = Instant::now();
    loop {
        let mut client = Client::over(connect("127.0.0.2", service.address).unwrap());
        let _ = client.write(&Request::get("/healthz").bytes());
        if client.answer(false).is_some_and(|answer| answer.status == 200) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody of that address gets in");
    }
}

#[test]
fn behind_a_proxy_all_connections_are_its_own() {
    let service = Office::new(CLEAR).run("behind_proxy = true\n[limits]\nconnections = 8");
    let mut all: Vec<Client> = (0..7).map(|_| service.client()).collect();
    for client in &mut all {
        assert_eq!(client.send(&Request::get("/healthz")).status, 200);
    }
}

#[test]
fn a_connection_ends_after_its_time_with_an_answer() {
    let service = Office::new(CLEAR).run("[limits]\nconnection_seconds = 1");
    let mut client = service.client();
    let begun = Instant::now();
    loop {
        let answer = client.send(&Request::get("/healthz"));
        assert_eq!(answer.status, 200);
        if answer.header("connection") == Some("close") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "its connection stays open");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    let mut rest = Vec::new();
    assert_eq!(client.stream().read_to_end(&mut rest).unwrap(), 0, "it is closed");
}
