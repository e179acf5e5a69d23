//! Builds the table file of a table and prints how fast it was and how much memory it took.
//!
//! `cargo run --release -p tables --example profile -- TABLE.csv`
#![expect(clippy::print_stdout, reason = "a tool for the terminal")]
#![expect(clippy::disallowed_methods, reason = "it measures")]

use std::{error::Error, fs, path::PathBuf, time::Instant};

use tables::{Limits, build, inspect_source};

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(std::env::args_os().nth(1).ok_or("name a table")?);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let megabytes = fs::metadata(&path)?.len() as f64 / 1e6;
    let started = Instant::now();
    let profile = inspect_source(&path, &name).map_err(|refused| format!("{refused:?}"))?;
    let inspected = started.elapsed().as_secs_f64();
    println!("{} rows, {} columns, {megabytes:.1} MB", profile.rows, profile.columns.len());
    println!("profile {inspected:.2} s, {:.0} MB/s; peak {}", megabytes / inspected, peak());
    let started = Instant::now();
    let out = tempfile::NamedTempFile::new()?;
    let limits = Limits { preview_rows: 20, options: 50_000 };
    build(&path, &name, limits, out.reopen()?).map_err(|refused| format!("{refused:?}"))?;
    let built = started.elapsed().as_secs_f64();
    let size = out.as_file().metadata()?.len() as f64 / 1e6;
    println!("build {built:.2} s, {:.0} MB/s, table file {size:.1} MB; peak {}", megabytes / built, peak());
    Ok(())
}

fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}
