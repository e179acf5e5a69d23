//! Holds the house rules that no compiler holds: who may know whom, and what may be named where.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which of our crates each of our crates may use in the program itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("tables", &["domain"]),
    ("storage", &[]),
    ("search", &["domain"]),
    ("migrations", &[]),
    ("persistence", &["domain"]),
    ("images", &[]),
    ("integrations", &["domain"]),
    ("services", &["domain", "images", "integrations", "persistence", "search", "storage", "tables"]),
    ("rpc", &["domain", "services"]),
    ("app", &["domain", "rpc"]),
    ("frontend", &["app"]),
    ("bundler", &[]),
    ("testkit", &["domain", "migrations", "persistence", "search", "services", "storage", "tables"]),
    ("server", &["app", "domain", "integrations", "migrations", "persistence", "rpc", "search", "services", "storage"]),
];

/// Which crate is the only one that may use a library directly.
const FENCED: &[(&str, &[&str])] = &[
    ("sea-orm", &["persistence", "testkit"]),
    ("sea-orm-migration", &["migrations", "persistence", "testkit"]),
    ("aws-sdk-s3", &["storage"]),
    ("s3s", &["storage"]),
    ("tantivy", &["search"]),
    ("axum", &["server", "rpc", "testkit"]),
    ("clap", &["server"]),
    ("image", &["images"]),
    ("tiny-skia", &["images"]),
    ("skrifa", &["images"]),
    ("parquet", &["tables"]),
    ("lettre", &["integrations"]),
    ("openidconnect", &["integrations"]),
    ("rdkafka", &["integrations"]),
    ("reqwest", &["integrations"]),
    ("tower-sessions", &["server"]),
    ("webauthn-rs", &["services"]),
];

fn root() -> PathBuf {
    Path::new("../..").canonicalize().unwrap()
}

fn metadata() -> serde_json::Value {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// The direct dependencies of each of our crates, development ones left out.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let metadata = metadata();
    let name = |v: &serde_json::Value| v["name"].as_str().unwrap().to_owned();
    let of = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter().filter(|d| d["kind"].is_null()).map(name).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|p| (name(p), of(p))).collect()
}

#[test]
fn crates_know_only_whom_they_may() {
    let actual = dependencies();
    let ours: Vec<&String> = actual.keys().collect();
    let mut wrong = Vec::new();
    for (name, used) in &actual {
        let allowed = MAY_USE.iter().find(|(n, _)| n == name);
        let Some((_, allowed)) = allowed else {
            wrong.push(format!("{name} is missing from the table of layers"));
            continue;
        };
        for other in used.iter().filter(|d| ours.contains(d) && !allowed.contains(&d.as_str())) {
            wrong.push(format!("{name} may not use {other}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fenced_libraries_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (name, used) in dependencies() {
        for (library, rooms) in FENCED {
            if used.iter().any(|d| d == library) && !rooms.contains(&name.as_str()) {
                wrong.push(format!("{name} may not use {library}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", ".git", "data"].contains(&name.as_str()) {
                sources(&path, found);
            }
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

#[test]
fn sources_name_nothing_outside_its_room() {
    let root = root();
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 100, "only {} sources found", files.len());
    let banned: &[(&str, &[&str])] = &[
        (concat!("cfg(", "feature"), &[]),
        (concat!("#[ser", "ver("), &["app/rpc/"]),
        (
            concat!("std::env", "::var"),
            &["server/src/config.rs", "server/build.rs", "server/testkit/", "server/tests/", "server/examples/"],
        ),
        (concat!("Utc::", "now"), &["server/src/clock.rs", "server/tests/"]),
        (concat!("todo", "!("), &[]),
        (concat!("#[", "ignore"), &[]),
    ];
    let mut wrong = Vec::new();
    for file in files {
        let short = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        for (word, rooms) in banned {
            if text.contains(word) && !rooms.iter().any(|room| short.starts_with(room)) {
                wrong.push(format!("{short} names {word}"));
            }
        }
        let lines = text.lines().count();
        let excused = text.lines().take(5).any(|line| line.contains("Longer than 500 lines because"));
        if lines > 500 && !excused {
            wrong.push(format!("{short} has {lines} lines and no reason for it at its top"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
