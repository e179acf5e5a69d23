//! Objects as files of this machine, and files as objects.

use std::fs;

use bytes::Bytes;
use storage::Storage;

pub async fn go_to_files_and_come_back(storage: Storage) {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let bytes: Vec<u8> = (0..=255).cycle().take(9_000_000).collect();
    fs::write(&from, &bytes).unwrap();
    storage.put_file("tables/a.parquet", "application/vnd.apache.parquet", &from).await.unwrap();
    assert!(storage.fetch("tables/a.parquet", &to).await.unwrap());
    assert!(fs::read(&to).unwrap() == bytes, "other bytes came back");
    assert!(!storage.fetch("tables/b.parquet", &to).await.unwrap());

    // Where objects are files of this machine, an opened one stays as it was when it is replaced.
    if let Some(path) = storage.local_file("tables/a.parquet").unwrap() {
        let mut opened = fs::File::open(path).unwrap();
        storage.put("tables/a.parquet", "text/plain", Bytes::from_static(b"newer")).await.unwrap();
        let mut read = Vec::new();
        std::io::Read::read_to_end(&mut opened, &mut read).unwrap();
        assert!(read == bytes, "the opened file was written over");
    }
}
