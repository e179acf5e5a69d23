//! A foreign S3 service on a free port of this machine, for as long as a test needs it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

const PROGRAM: &str = "moto_server";
const VARIABLE: &str = "MOTO_SERVER";
/// The address of a service that is running already, for many tests to share.
const RUNNING: &str = "TEST_S3_ENDPOINT";
/// Where the project's set-up puts it, below the home directory.
const SET_UP: &str = ".cache/dataset-catalogue/venv/bin/moto_server";
const ABSENT: &str = "moto_server, the foreign S3 service of the tests, is not installed: run `make setup`";
const DEADLINE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
/// Another program may take the port between its choice and its use.
const ATTEMPTS: usize = 3;

/// A running foreign S3 service; one that was started here is stopped when this is dropped.
pub struct ForeignS3 {
    child: Option<Child>,
    endpoint: String,
}

impl ForeignS3 {
    /// Starts a service with no buckets and waits until it listens, or uses the one that the environment names.
    pub async fn start() -> io::Result<Self> {
        if let Some(endpoint) = variable(RUNNING).and_then(|value| value.into_string().ok()) {
            return Ok(Self { child: None, endpoint });
        }
        let program = program().ok_or_else(|| io::Error::new(ErrorKind::NotFound, ABSENT))?;
        for _ in 0..ATTEMPTS {
            if let Some(started) = Self::attempt(&program).await? {
                return Ok(started);
            }
        }
        Err(io::Error::other("moto_server stopped before it listened"))
    }

    /// The address to give as the endpoint; any credentials will do.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    async fn attempt(program: &OsStr) -> io::Result<Option<Self>> {
        let port = free_port().await?;
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| match e.kind() {
                ErrorKind::NotFound => io::Error::new(ErrorKind::NotFound, ABSENT),
                _ => e,
            })?;
        let mut started = Self { child: Some(child), endpoint: format!("http://127.0.0.1:{port}") };
        let deadline = Instant::now() + DEADLINE;
        while Instant::now() < deadline {
            if let Some(child) = &mut started.child
                && child.try_wait()?.is_some()
            {
                return Ok(None);
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
                return Ok(Some(started));
            }
            tokio::time::sleep(POLL).await;
        }
        Err(io::Error::new(ErrorKind::TimedOut, "moto_server did not listen in time"))
    }
}

impl Drop for ForeignS3 {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

async fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(listener.local_addr()?.port())
}

/// The program the environment names, or the one the set-up made, or the one on the path.
///
/// The set-up's comes before the path's, whose version is anybody's guess: some versions answer
/// the end of a multipart upload with a document no strict client can read.
fn program() -> Option<OsString> {
    if let Some(named) = variable(VARIABLE) {
        return Some(named);
    }
    let path = variable("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|folder| folder.join(PROGRAM));
    let set_up = variable("HOME").map(|home| PathBuf::from(home).join(SET_UP));
    set_up.into_iter().chain(on_path).find(|candidate| candidate.is_file()).map(PathBuf::into_os_string)
}

#[expect(clippy::disallowed_methods, reason = "the test kit is configured like the tests are run: by the environment")]
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
