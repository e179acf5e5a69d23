//! Makes sure that the folder of the site's assets exists, and tells the program which commit it was built from.

#![expect(clippy::disallowed_methods, reason = "a build script is told things by its environment alone")]

use std::path::Path;
use std::process::Command;

fn main() {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
    let made = std::fs::create_dir_all(&site);
    assert!(made.is_ok(), "the folder target/site cannot be made");
    println!("cargo::rerun-if-changed=../target/site");
    println!("cargo::rerun-if-env-changed=GIT_COMMIT");
    let commit = std::env::var("GIT_COMMIT").ok().or_else(|| {
        let out = Command::new("git").args(["rev-parse", "HEAD"]).output().ok()?;
        out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    });
    println!("cargo::rustc-env=BUILD_COMMIT={}", commit.unwrap_or_default());
    let now = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().ok();
    let now = now.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    println!("cargo::rustc-env=BUILD_TIME={}", now.unwrap_or_default());
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().ok();
    let version = version.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    println!("cargo::rustc-env=BUILD_RUSTC={}", version.unwrap_or_default());
}
