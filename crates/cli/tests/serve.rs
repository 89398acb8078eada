//! `mustcheck serve`, as its operator meets it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mustcheck"));
    command.env("MUSTCHECK_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command.env_remove("CLICOLOR_FORCE").current_dir(folder);
    command
}

/// Exit code, stdout and stderr.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = program(folder).args(arguments).args(["--lang", "en"]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with a configuration; the token of its caller.
fn office() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let (code, token, entry) = run(folder.path(), &["serve", "token", "office"]);
    assert_eq!(code, Some(0), "{entry}");
    let token = token.trim().to_owned();
    assert!(!entry.contains(&token));
    let entry = entry
        .replace("roles = []", "roles = [\"check\"]")
        .replace("matters = []", "matters = [\"*\"]")
        .replace("regions = []", "regions = [\"*\"]");
    let callers = folder.path().join("callers.toml");
    std::fs::write(&callers, entry).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(callers, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(folder.path().join("registry.json"), "{}").unwrap();
    let config = "listen = \"127.0.0.1:0\"\nregistry = \"registry.json\"\ncallers = \
                  \"callers.toml\"\n[[policies]]\nedition = \"statutes\"\n[shutdown]\n\
                  notice_seconds = 0\n";
    std::fs::write(folder.path().join("service.toml"), config).unwrap();
    (folder, token)
}

#[test]
fn a_configuration_is_checked_without_listening() {
    let (folder, _) = office();
    let (code, stdout, stderr) =
        run(folder.path(), &["serve", "--config", "service.toml", "--check-config"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(lines[0].starts_with("everywhere else  statutes/default  sha256:"), "{stdout}");
    assert_eq!(lines[1], "1 callers");
}

#[test]
fn a_bad_configuration_tells_every_mistake() {
    let (folder, _) = office();
    std::fs::write(folder.path().join("bad.toml"), "listen = 1\ncolour = 2\n").unwrap();
    let (code, _, stderr) = run(folder.path(), &["serve", "--config", "bad.toml"]);
    assert_eq!(code, Some(3));
    let expected = [
        "error: `bad.toml` cannot be used:",
        "line 1, column 1: `callers` is missing",
        "line 1, column 1: `policies`: there is none: a service without a policy decides nothing",
        "line 1, column 10: `listen` is a text, not integer",
        "line 2, column 1: unknown key `colour`; there are `listen`, `behind_proxy`, `page`, \
         `registry`, `callers`, `cache`, `tls`, `policies`, `records`, `database`, `limits`, \
         `idempotency`, `shutdown`, `logging`",
    ];
    let told: Vec<&str> = stderr.lines().map(str::trim).collect();
    assert_eq!(told, expected);
}

#[test]
fn it_serves_until_it_is_asked_to_end() {
    let (folder, token) = office();
    let mut child: Child = program(folder.path())
        .args(["serve", "--config", "service.toml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    #[cfg(target_os = "linux")]
    {
        // Memory holds names of people, so no core file may be written.
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let numbers: Vec<&str> = cores.split_whitespace().skip(4).take(2).collect();
        assert_eq!(numbers, ["0", "0"]);
    }
    let mut stream = std::net::TcpStream::connect(address.trim()).unwrap();
    let request = format!(
        "GET /v1/policies HTTP/1.1\r\nHost: s\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    #[cfg(unix)]
    {
        let ended = Command::new("kill").arg(child.id().to_string()).status().unwrap();
        assert!(ended.success());
        let mut log = String::new();
        child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{log}");
        let lines =
            log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let messages: Vec<String> =
            lines.map(|line| line["message"].as_str().unwrap().to_owned()).collect();
        let expected =
            ["the service listens", "request", "the service ends", "the service has ended"];
        assert_eq!(messages, expected);
        assert!(!log.contains(&token));
    }
    #[cfg(not(unix))]
    child.kill().unwrap();
}

#[test]
fn a_token_needs_a_name_that_identifies_nobody() {
    let (folder, _) = office();
    let (code, stdout, stderr) = run(folder.path(), &["serve", "token", "310104197106123355"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_eq!(
        stderr.trim(),
        "error: `3101…**` cannot name a caller: use letters, digits and `.-_`, at most 64"
    );
}
