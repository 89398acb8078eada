//! A private server of PostgreSQL, in a folder of its own, that ends with the tests.

use std::io::Write as _;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use mustcheck_postgres::{Config, Database};
use mustcheck_testing::programs::find;
use tokio_postgres::NoTls;

/// A server. It listens on a socket in its folder alone, and syncs what it commits.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    /// User and group that the server runs as, if the tests are root's: it refuses to run as root.
    user: Option<(u32, u32)>,
    port: u16,
    databases: AtomicU32,
    /// Pipe to a watching process. When it closes, however the tests end, the server is stopped and
    /// the folder removed.
    _watch: ChildStdin,
}

/// The server of the tests that do not harm it.
pub static SHARED: LazyLock<Server> = LazyLock::new(Server::start);

/// The folder of the server's programs: the newest that is installed, or the one that is named.
fn programs() -> PathBuf {
    let initdb = find("initdb").expect("a test that starts a server begins with `needs!`");
    initdb.parent().expect("a program is in a folder").to_owned()
}

/// The first unprivileged user there is, if the tests are root's.
fn user() -> Option<(u32, u32)> {
    if !nix::unistd::geteuid().is_root() {
        return None;
    }
    let users = ["postgres", "nobody"].into_iter();
    let mut found = users.filter_map(|name| nix::unistd::User::from_name(name).ok().flatten());
    let user = found.next().expect("root has a user `postgres` or `nobody` to run a server as");
    Some((user.uid.as_raw(), user.gid.as_raw()))
}

impl Server {
    /// Makes and starts a server.
    pub fn start() -> Self {
        Self::start_with(5432, |_| String::new())
    }

    /// A server with settings of its own: `settings` is called once the folder is there.
    pub fn start_with(port: u16, settings: impl FnOnce(&Self) -> String) -> Self {
        let (programs, user) = (programs(), user());
        let folder = tempfile::Builder::new().prefix("mustcheck-").tempdir().unwrap().keep();
        if let Some((user, group)) = user {
            chown(&folder, Some(user), Some(group)).unwrap();
        }
        let mut command = as_user(user, "sh");
        let clean =
            "cat > /dev/null; \"$1/pg_ctl\" -D \"$2/data\" -m immediate stop; rm -rf \"$2\"";
        command.args(["-c", clean, "sh"]).arg(&programs).arg(&folder);
        let watch = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let watch = watch.process_group(0).spawn().unwrap().stdin.take().unwrap();
        let databases = AtomicU32::new(0);
        let server = Self { folder, programs, user, port, databases, _watch: watch };
        server.run("initdb", &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
        let lines = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = on\n\
             max_connections = 60\nport = {port}\n{}",
            server.folder.display(),
            settings(&server)
        );
        let file = server.folder.join("data/postgresql.conf");
        let mut file = std::fs::OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(lines.as_bytes()).unwrap();
        server.up();
        server
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = as_user(self.user, self.programs.join(program));
        command.arg("-D").arg(self.folder.join("data")).args(arguments);
        // What `pg_ctl` starts inherits its output and keeps it open.
        let log = self.folder.join(format!("{program}.out"));
        let out = std::fs::File::create(&log).unwrap();
        let status =
            command.stdin(Stdio::null()).stderr(out.try_clone().unwrap()).stdout(out).status();
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        assert!(status.unwrap().success(), "{program}: {}", said());
    }

    /// The server's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a program in the server's folder, as the server's user.
    pub fn run_in_folder(&self, program: &str, arguments: &[&str]) {
        let mut command = as_user(self.user, program);
        let done = command.current_dir(&self.folder).args(arguments).output();
        let done = done.unwrap_or_else(|e| panic!("these tests need `{program}`: {e}"));
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn up(&self) {
        let log = self.folder.join("log");
        self.run("pg_ctl", &["-w", "-t", "120", "-l", log.to_str().unwrap(), "start"]);
    }

    /// Ends every process at once, as a crash does, and starts the server again.
    pub fn crash(&self) {
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
        self.up();
    }

    /// Ends the server.
    pub fn stop(&self) {
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
    }

    /// Address of the database of this name.
    pub fn url(&self, name: &str) -> String {
        format!("host={} port={} user=postgres dbname={name}", self.folder.display(), self.port)
    }

    /// A connection of the test's own.
    pub async fn raw(&self, name: &str) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::connect(&self.url(name), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// An empty database.
    pub async fn fresh(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let raw = self.raw("postgres").await;
        raw.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        name
    }

    /// Empties the registry in a database of this name, as if nothing had been imported; `state` is
    /// a name that the registry's state never had.
    pub async fn empty(&self, name: &str, state: &str) {
        let clear = "DELETE FROM mustcheck_opening; DELETE FROM mustcheck_shape; \
                     DELETE FROM mustcheck_acknowledged; DELETE FROM mustcheck_before_source; \
                     DELETE FROM mustcheck_before_record; DELETE FROM mustcheck_before_opening; \
                     DELETE FROM mustcheck_record; DELETE FROM mustcheck_source;";
        let state = format!("UPDATE mustcheck_registry SET state = '{state}'");
        self.raw(name).await.batch_execute(&format!("{clear} {state}")).await.unwrap();
    }

    /// A migrated database.
    pub async fn database(&self) -> (String, Database) {
        let name = self.fresh().await;
        let database = Database::connect(&Config::new(self.url(&name))).await.unwrap();
        database.migrate().await.unwrap();
        (name, database)
    }
}

fn as_user(user: Option<(u32, u32)>, program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir("/");
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}
