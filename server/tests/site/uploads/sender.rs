//! Somebody who speaks tus.

use std::convert::Infallible;

use bytes::Bytes;
use futures::StreamExt;
use reqwest::{Body, Method, RequestBuilder};
use sha2::{Digest, Sha256};

use crate::support::*;

pub const BYTES: &str = "application/offset+octet-stream";

/// Bytes without a pattern.
pub fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..size.div_ceil(8)).flat_map(|_| next().to_le_bytes()).take(size).collect()
}

/// An archive of bytes without a pattern, a little larger than these.
pub fn archive(size: usize, seed: u64) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("photographs", stored).unwrap();
    std::io::Write::write_all(&mut archive, &noise(size, seed)).unwrap();
    archive.finish().unwrap().into_inner()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub fn metadata_of(dataset: &str, edition: &str, filename: &str, version: &str) -> String {
    let pairs = [("filename", filename), ("dataset_id", dataset), ("edition", edition), ("version", version)];
    pairs.map(|(name, value)| format!("{name} {}", base64_simd::STANDARD.encode_to_string(value))).join(",")
}

pub fn beginning(who: &Caller, dataset: &str, filename: &str, size: usize) -> RequestBuilder {
    beginning_for(who, dataset, ("time-series", "1"), filename, size)
}

fn beginning_for(
    who: &Caller,
    dataset: &str,
    (edition, version): (&str, &str),
    filename: &str,
    size: usize,
) -> RequestBuilder {
    who.request(Method::POST, "/v1/files/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", size.to_string())
        .header("upload-metadata", metadata_of(dataset, edition, filename, version))
}

/// Begins an upload to this version; its id.
pub async fn begin_for(who: &Caller, dataset: &str, edition: &str, version: &str) -> String {
    let begun = who.send(beginning_for(who, dataset, (edition, version), "part.zip", 100)).await.must_be(201);
    begun.json()["id"].as_str().unwrap().to_owned()
}

/// Begins an upload; its address.
pub async fn begin(who: &Caller, dataset: &str, filename: &str, size: usize) -> String {
    who.send(beginning(who, dataset, filename, size)).await.must_be(201).header("location")
}

pub fn adding(who: &Caller, upload: &str, offset: usize) -> RequestBuilder {
    who.request(Method::PATCH, upload)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset.to_string())
        .header("content-type", BYTES)
}

pub async fn send(who: &Caller, upload: &str, offset: usize, bytes: Vec<u8>) -> Answer {
    who.send(adding(who, upload, offset).body(bytes)).await
}

/// The same, where the answer may come before all is sent, which cuts the line.
pub async fn try_send(who: &Caller, upload: &str, offset: usize, bytes: Vec<u8>) -> Option<Answer> {
    let answer = adding(who, upload, offset).body(bytes).send().await.ok()?;
    Some(read(answer).await)
}

/// Sends a file in one form; nothing where the line was cut.
pub async fn try_upload(who: &Caller, filename: &str, bytes: &[u8]) -> Option<Answer> {
    let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(filename.to_owned());
    let form = reqwest::multipart::Form::new().text("dataset_id", "cpi").text("edition", "time-series");
    let form = form.text("version", "1").part("file", part);
    Some(read(who.request(Method::POST, "/files/upload").multipart(form).send().await.ok()?).await)
}

pub async fn end(who: &Caller, upload: &str) -> Answer {
    who.send(who.request(Method::DELETE, upload).header("tus-resumable", "1.0.0")).await
}

/// Where the upload ends, as HEAD tells.
pub async fn offset(who: &Caller, upload: &str) -> usize {
    let answer = who.send(who.request(Method::HEAD, upload).header("tus-resumable", "1.0.0")).await.must_be(200);
    answer.header("upload-offset").parse().unwrap()
}

/// Sends some bytes and then hangs up without a word.
pub async fn cut_off(who: &Caller, upload: &str, offset: usize, bytes: Vec<u8>) {
    let chunks: Vec<_> = bytes.chunks(50_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let broken = std::iter::once(Err(std::io::Error::other("the line is cut")));
    let body = futures::stream::iter(chunks.into_iter().chain(broken));
    let sent = adding(who, upload, offset).body(Body::wrap_stream(body)).send().await;
    // Either the line is gone, or the server was asked while it still wrote the end of the request before.
    assert!(sent.is_err() || sent.is_ok_and(|answer| matches!(answer.status().as_u16(), 400 | 408 | 409 | 423)));
}

/// Bytes after which nothing comes, and the line stays open.
pub fn and_then_nothing(bytes: &[u8]) -> Body {
    let chunks: Vec<Result<Bytes, Infallible>> = bytes.chunks(50_000).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
    Body::wrap_stream(futures::stream::iter(chunks).chain(futures::stream::pending()))
}

/// Sends what is missing as clients do: asks where the upload ends, goes on from there, and asks again when told to.
pub async fn send_rest(who: &Caller, upload: &str, bytes: &[u8]) -> Answer {
    loop {
        let from = offset(who, upload).await;
        let Some(answer) = try_send(who, upload, from, bytes[from..].to_vec()).await else { continue };
        match answer.status.as_u16() {
            409 | 423 if !answer.text.contains("reasons") => {}
            _ => return answer.must_be(204),
        }
    }
}

/// Sends a file whole; what is known of it then.
pub async fn upload_whole(who: &Caller, dataset: &str, filename: &str, bytes: Vec<u8>) -> serde_json::Value {
    let upload = begin(who, dataset, filename, bytes.len()).await;
    let last = send(who, &upload, 0, bytes).await.must_be(204);
    who.get(&last.header("content-location")).await.must_be(200).json()
}
