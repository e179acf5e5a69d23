//! The PostgreSQL of the tests: the one that the environment names, or one for this process.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// An administrator's address of a running server, such as `postgres://postgres@127.0.0.1:5432/postgres`.
const VARIABLE: &str = "TEST_POSTGRES_URL";
const ABSENT: &str = "PostgreSQL's programs, which the tests need, are not installed: run `make setup`";
const DEADLINE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
/// Another program may take the port between its choice and its use.
const ATTEMPTS: usize = 3;
/// Runs the server until the input ends, which happens also when this process is killed, and removes its data.
const GUARD: &str = r#""$@" & pid=$!; while read -r _; do :; done; kill -INT "$pid"; wait "$pid"; rm -rf data"#;

static OF_PROCESS: Mutex<Weak<Cluster>> = Mutex::const_new(Weak::new());

/// A running server; one that was started here is stopped when this is dropped.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    _started: Option<Started>,
}

#[derive(Debug)]
struct Started {
    guard: Child,
    // Dropped, and so removed, after the server has stopped.
    _folder: TempDir,
}

/// The account that PostgreSQL runs under when we are root, which it refuses.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Cluster {
    /// The server that the tests of this process share for as long as one of them needs it.
    pub async fn of_process() -> Arc<Self> {
        let mut current = OF_PROCESS.lock().await;
        if let Some(cluster) = current.upgrade() {
            return cluster;
        }
        let cluster = Arc::new(match variable(VARIABLE) {
            Some(url) => Self { url, _started: None },
            None => Self::start().await,
        });
        *current = Arc::downgrade(&cluster);
        cluster
    }

    /// The administrator's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn start() -> Self {
        let programs = programs().unwrap_or_else(|| panic!("{ABSENT}"));
        let folder = tempfile::Builder::new().prefix("catalogue-postgres-").tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let account = account(folder.path());
        if let Some(Account { user, group }) = account {
            chown(folder.path(), Some(user), Some(group)).expect("giving the temporary folder away");
        }
        let made = command(&programs.join("initdb"), account, folder.path())
            .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .output()
            .expect("running initdb");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        for _ in 0..ATTEMPTS {
            let port = free_port();
            let log = folder.path().join("log");
            let mut guard = serve(&programs, account, folder.path(), &data, port, &log);
            if is_ready(&mut guard, &data, port, &log).await {
                let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
                return Self { url, _started: Some(Started { guard, _folder: folder }) };
            }
            stop(&mut guard);
        }
        panic!("PostgreSQL found no port to listen on");
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        stop(&mut self.guard);
    }
}

fn serve(programs: &Path, account: Option<Account>, folder: &Path, data: &Path, port: u16, log: &Path) -> Child {
    let log = fs::File::create(log).expect("a log file");
    command(Path::new("/bin/sh"), account, folder)
        .args(["-c", GUARD, "sh"])
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg(data)
        .args(["-p", &port.to_string(), "-k"])
        .arg(folder)
        .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "synchronous_commit=off"])
        .args(["-c", "full_page_writes=off", "-c", "max_connections=100", "-c", "autovacuum=off"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("running PostgreSQL")
}

/// Waits until the server says so in its lock file; false where another program took the port.
async fn is_ready(guard: &mut Child, data: &Path, port: u16, log: &Path) -> bool {
    let deadline = Instant::now() + DEADLINE;
    while Instant::now() < deadline {
        let said = fs::read_to_string(log).unwrap_or_default();
        if said.contains("could not create any TCP/IP sockets") {
            return false;
        }
        assert!(!said.contains("FATAL"), "PostgreSQL did not start: {said}");
        let status = guard.try_wait().expect("asking after PostgreSQL");
        assert!(status.is_none(), "PostgreSQL did not start: {said}");
        let lock = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        let is_ours = lock.lines().nth(3) == Some(&port.to_string());
        if is_ours && lock.lines().nth(7).is_some_and(|state| state.trim() == "ready") {
            return true;
        }
        tokio::time::sleep(POLL).await;
    }
    panic!("PostgreSQL was not ready within {} seconds", DEADLINE.as_secs());
}

fn stop(guard: &mut Child) {
    drop(guard.stdin.take());
    let _ = guard.wait();
}

fn command(program: &Path, account: Option<Account>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some(Account { user, group }) = account {
        command.uid(user).gid(group);
    }
    command
}

/// The account to run under; none where we are not root, as the owner of what we made tells.
fn account(made_by_us: &Path) -> Option<Account> {
    if fs::metadata(made_by_us).expect("the temporary folder").uid() != 0 {
        return None;
    }
    let id = |option| {
        let said = Command::new("id").args([option, "postgres"]).output().ok()?;
        String::from_utf8(said.stdout).ok()?.trim().parse().ok()
    };
    let (Some(user), Some(group)) = (id("-u"), id("-g")) else {
        panic!("{ABSENT}");
    };
    Some(Account { user, group })
}

/// The folder with the server's programs: one on the path, or else the newest where Debian keeps them.
fn programs() -> Option<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    debian.sort_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok());
        std::cmp::Reverse(version)
    });
    std::env::split_paths(&path)
        .chain(debian)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

#[expect(clippy::disallowed_methods, reason = "the test kit is configured like the tests are run: by the environment")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
}
