//! Makes sure that the folder of the site's assets exists, and tells the program which commit it was built from.

#![expect(clippy::disallowed_methods, reason = "a build script is told things by its environment alone")]

use std::env::var;
use std::path::Path;
use std::process::Command;

fn main() {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site");
    let made = std::fs::create_dir_all(&site);
    assert!(made.is_ok(), "the folder target/site cannot be made");
    println!("cargo::rerun-if-changed=../target/site");
    println!("cargo::rerun-if-env-changed=GIT_COMMIT");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    // A development build is not made anew for every commit; what is handed to people says truly where it is from.
    if var("PROFILE").is_ok_and(|profile| profile == "release")
        && let Some(log) = said("git", &["rev-parse", "--git-path", "logs/HEAD"])
        && Path::new(&log).exists()
    {
        println!("cargo::rerun-if-changed={log}");
    }
    let commit = var("GIT_COMMIT").ok().or_else(|| said("git", &["rev-parse", "HEAD"])).unwrap_or_default();
    println!("cargo::rustc-env=BUILD_COMMIT={commit}");
    println!("cargo::rustc-env=BUILD_TIME={}", build_time().unwrap_or_default());
    let rustc = var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    println!("cargo::rustc-env=BUILD_RUSTC={}", said(&rustc, &["--version"]).unwrap_or_default());
}

/// The time that a reproducible build is told, else the commit's own, so that the same sources make the same program; else now.
fn build_time() -> Option<String> {
    const FORM: &str = "+%Y-%m-%dT%H:%M:%SZ";
    let told = var("SOURCE_DATE_EPOCH").ok().or_else(|| said("git", &["show", "-s", "--format=%ct", "HEAD"]));
    let from = told.and_then(|seconds| said("date", &["-u", "-d", &format!("@{seconds}"), FORM]));
    from.or_else(|| said("date", &["-u", FORM]))
}

/// What a command says on its standard output, if it succeeds and says anything.
fn said(command: &str, arguments: &[&str]) -> Option<String> {
    let out = Command::new(command).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout).trim().to_owned();
    (out.status.success() && !text.is_empty()).then_some(text)
}
