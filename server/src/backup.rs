//! A backup in a folder: the database in one file, the objects of the embedded storage, the key that the node made for itself, and a
//! manifest that names and hashes them all. It is written last: a folder without one is no backup.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The database within a backup.
pub const DATABASE: &str = "catalogue.db";
/// The objects within a backup, and within the data folder.
pub const OBJECTS: &str = "objects";
const MANIFEST: &str = "manifest.json";
/// Bytes that are copied at a time.
const PART: usize = 256 << 10;
/// How often objects that came meanwhile are looked for at most.
const ROUNDS: usize = 8;
/// What SQLite may have left beside a database, by the end of its name; what is there would be taken for the new one's.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Why a backup was not made or put back, as one line.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The disk refuses.
    #[error("{0}: {1}")]
    Disk(PathBuf, #[source] io::Error),
    /// The folder holds something.
    #[error("{0} is not empty. Name a folder that is empty or not there yet.")]
    NotEmpty(PathBuf),
    /// Everybody on the machine could read it.
    #[error("Everybody on this machine can get into {0}. Close it to others first: chmod o= {0}")]
    Open(PathBuf),
    /// The storage does not hold what the database names.
    #[error(
        "The bytes of file {0} are not in the storage, so this is no whole backup. Send the file anew or delete it, and take another."
    )]
    Missing(String),
    /// There is something where the database is to be put.
    #[error("{0} is there already. Move it away first; nothing is written over.")]
    Exists(PathBuf),
    /// The folder holds no backup that was finished.
    #[error("{0} holds no manifest.json that can be read: it is no whole backup.")]
    NoManifest(PathBuf),
    /// A piece is not what the manifest says.
    #[error("{0} is not as the backup left it. Nothing of it can be relied on; take another backup.")]
    Damaged(String),
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// As of when it holds the database; objects of later may be among the others.
    pub taken_at: DateTime<Utc>,
    /// The program's version.
    pub version: String,
    /// Everything that it holds, by paths within the folder.
    pub pieces: Vec<Piece>,
}

impl Manifest {
    /// How many objects it holds, their side files among them.
    #[must_use]
    pub fn objects(&self) -> u64 {
        let objects = self.pieces.iter().filter(|piece| Path::new(&piece.path).starts_with(OBJECTS));
        objects.count() as u64
    }

    /// The bytes of everything.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.bytes).sum()
    }
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Where it lies within the folder.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: String,
}

fn disk(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::Disk(path, error)
}

/// Makes the folder of a new backup for its owner alone, or takes one that is empty and closed to others.
///
/// # Errors
/// Where it holds something, everybody can get into it, or the disk refuses.
pub fn begin(folder: &Path) -> Result<(), BackupError> {
    must_be_empty(folder)?;
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(disk(folder))?;
    let mode = fs::metadata(folder).map_err(disk(folder))?.permissions().mode();
    if mode & 0o007 == 0 { Ok(()) } else { Err(BackupError::Open(folder.to_owned())) }
}

fn must_be_empty(folder: &Path) -> Result<(), BackupError> {
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => Err(BackupError::NotEmpty(folder.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(BackupError::Disk(folder.to_owned(), error)),
    }
}

/// Copies what lies in the data folder beside the database.
///
/// Objects are looked for until none is new: what is moved meanwhile is found where it went, and its side files with it. What
/// is removed meanwhile is left out.
///
/// # Errors
/// Where the disk refuses.
pub fn gather(folder: &Path, objects: Option<&Path>, single: &[&Path]) -> Result<Vec<Piece>, BackupError> {
    let mut pieces = Vec::new();
    for file in single {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        pieces.extend(copied(file, folder, Path::new(name))?);
    }
    let Some(objects) = objects else { return Ok(pieces) };
    let mut known = HashSet::new();
    for _ in 0..ROUNDS {
        let before = known.len();
        for path in files_under(objects, Path::new(""))? {
            if known.contains(&path) {
                continue;
            }
            if let Some(piece) = copied(&objects.join(&path), folder, &Path::new(OBJECTS).join(&path))? {
                pieces.push(piece);
                known.insert(path);
            }
        }
        if known.len() == before {
            break;
        }
    }
    Ok(pieces)
}

/// The path of an object's piece, by its bucket and key.
#[must_use]
pub fn path_of(bucket: &str, key: &str) -> String {
    format!("{OBJECTS}/{bucket}/{key}")
}

/// Hashes the database, which is changed no more, and writes the manifest of it and these pieces.
///
/// # Errors
/// Where the disk refuses.
pub fn finish(folder: &Path, others: Vec<Piece>, taken_at: DateTime<Utc>) -> Result<Manifest, BackupError> {
    let mut pieces = vec![hashed(folder, DATABASE)?];
    pieces.extend(others);
    let manifest = Manifest { taken_at, version: env!("CARGO_PKG_VERSION").to_owned(), pieces };
    let path = folder.join(MANIFEST);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| BackupError::Disk(path.clone(), error.into()))?;
    let written = File::create_new(&path).and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
    written.map_err(disk(&path))?;
    Ok(manifest)
}

/// The database of a backup, which lies there already, as a piece.
fn hashed(folder: &Path, name: &str) -> Result<Piece, BackupError> {
    let path = folder.join(name);
    let (bytes, sha256) = File::open(&path).and_then(|file| through(file, &mut io::sink())).map_err(disk(&path))?;
    File::open(&path).and_then(|file| file.sync_all()).map_err(disk(&path))?;
    Ok(Piece { path: name.to_owned(), bytes, sha256 })
}

/// Every file below a folder but those of a process that is at work there, by paths within it.
fn files_under(root: &Path, within: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let folder = root.join(within);
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(disk(&folder))? {
        let entry = entry.map_err(disk(&folder))?;
        let name = entry.file_name();
        let own = name.to_str().is_some_and(|name| [".lock", ".beside"].contains(&name) || name.starts_with(".tmp."));
        if own {
            continue;
        }
        let path = within.join(&name);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files_under(root, &path)?),
            Ok(_) => found.push(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(BackupError::Disk(entry.path(), error)),
        }
    }
    Ok(found)
}

/// Copies a file into the backup; nothing where it is gone by now.
fn copied(from: &Path, folder: &Path, within: &Path) -> Result<Option<Piece>, BackupError> {
    let source = match File::open(from) {
        Ok(source) => source,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BackupError::Disk(from.to_owned(), error)),
    };
    let to = folder.join(within);
    let (bytes, sha256) = written(source, &to).map_err(disk(&to))?;
    let path = within.to_str().map(str::to_owned).ok_or_else(|| BackupError::Damaged(within.display().to_string()))?;
    Ok(Some(Piece { path, bytes, sha256 }))
}

/// Writes a new file, with the folders above it, down to the disk.
fn written(source: File, to: &Path) -> io::Result<(u64, String)> {
    if let Some(above) = to.parent() {
        fs::create_dir_all(above)?;
    }
    let mut target = File::create_new(to)?;
    // Who may read the key of the node may not be more afterwards.
    target.set_permissions(source.metadata()?.permissions())?;
    let sum = through(source, &mut target)?;
    target.sync_all()?;
    Ok(sum)
}

/// Passes bytes on and tells how many they were and their SHA-256.
fn through(mut source: File, target: &mut impl Write) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes, mut part) = (Sha256::new(), 0_u64, vec![0; PART]);
    loop {
        let length = source.read(&mut part)?;
        if length == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&part[..length]);
        target.write_all(&part[..length])?;
        bytes += length as u64;
    }
}

/// Puts a backup into an empty data folder, and its database where `database` says: nothing of it before every piece was
/// checked, and the database last, so that what was put back in part is never served.
///
/// # Errors
/// Where the data folder holds something, the database or what belongs to one is there already, or the backup is not whole.
pub fn put_back(from: &Path, data: &Path, database: &Path) -> Result<Manifest, BackupError> {
    let whole = fs::read(from.join(MANIFEST)).ok().and_then(|text| serde_json::from_slice::<Manifest>(&text).ok());
    let manifest = whole.ok_or_else(|| BackupError::NoManifest(from.to_owned()))?;
    must_be_empty(data)?;
    for ending in BESIDE {
        let mut path = database.as_os_str().to_owned();
        path.push(ending);
        if Path::new(&path).exists() {
            return Err(BackupError::Exists(path.into()));
        }
    }
    for piece in &manifest.pieces {
        if !Path::new(&piece.path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(BackupError::Damaged(piece.path.clone()));
        }
        must_be_as_left(from, piece, |file| through(file, &mut io::sink()))?;
    }
    let (last, first): (Vec<&Piece>, Vec<&Piece>) = manifest.pieces.iter().partition(|piece| piece.path == DATABASE);
    for piece in first {
        must_be_as_left(from, piece, |file| written(file, &data.join(&piece.path)))?;
    }
    for piece in last {
        must_be_as_left(from, piece, |file| written(file, database))?;
    }
    Ok(manifest)
}

/// Reads a piece of a backup to its end and compares it with the manifest.
fn must_be_as_left(
    from: &Path,
    piece: &Piece,
    read: impl FnOnce(File) -> io::Result<(u64, String)>,
) -> Result<(), BackupError> {
    let source = from.join(&piece.path);
    let (bytes, sha256) = File::open(&source).and_then(read).map_err(disk(&source))?;
    if bytes == piece.bytes && sha256 == piece.sha256 { Ok(()) } else { Err(BackupError::Damaged(piece.path.clone())) }
}

/// The file that an address of SQLite names; nothing for what has none.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest).split('?').next().unwrap_or_default();
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A data folder, and a finished backup of it.
    fn backed_up(room: &Path) -> Manifest {
        let (data, backup) = (room.join("data"), room.join("backup"));
        write(&data.join("objects/private/files/a.csv"), "a,b\n1,2\n");
        write(&data.join("objects/.bucket-x.object-y.metadata.json"), "{}");
        write(&data.join("objects/.lock"), "");
        write(&data.join("objects/.tmp.7.internal.part"), "half");
        write(&data.join("secret-key"), "key");
        begin(&backup).unwrap();
        write(&backup.join(DATABASE), "rows");
        let single = [data.join("secret-key"), data.join("missing")];
        let single: Vec<&Path> = single.iter().map(PathBuf::as_path).collect();
        let pieces = gather(&backup, Some(&data.join("objects")), &single).unwrap();
        finish(&backup, pieces, DateTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn what_was_backed_up_comes_back_as_it_was() {
        let room = tempfile::tempdir().unwrap();
        let manifest = backed_up(room.path());
        assert_eq!((manifest.objects(), manifest.pieces.len()), (2, 4));
        let (backup, anew) = (room.path().join("backup"), room.path().join("anew"));
        let database = anew.join("catalogue.db");
        assert_eq!(put_back(&backup, &anew, &database).unwrap(), manifest);
        assert_eq!(fs::read_to_string(anew.join("objects/private/files/a.csv")).unwrap(), "a,b\n1,2\n");
        assert_eq!(fs::read_to_string(anew.join("secret-key")).unwrap(), "key");
        assert_eq!(fs::read_to_string(&database).unwrap(), "rows");
        assert!(!anew.join("objects/.lock").exists() && !anew.join("objects/.tmp.7.internal.part").exists());
        assert!(matches!(put_back(&backup, &anew, &room.path().join("other.db")), Err(BackupError::NotEmpty(_))));
        let exists = put_back(&backup, &room.path().join("third"), &database);
        assert!(matches!(exists, Err(BackupError::Exists(_))));
        assert!(matches!(begin(&backup), Err(BackupError::NotEmpty(_))));
    }

    #[test]
    fn a_log_that_an_earlier_database_left_is_not_taken_for_its_own() {
        let room = tempfile::tempdir().unwrap();
        backed_up(room.path());
        write(&room.path().join("elsewhere/catalogue.db-wal"), "frames");
        let database = room.path().join("elsewhere/catalogue.db");
        let refused = put_back(&room.path().join("backup"), &room.path().join("anew"), &database);
        assert!(matches!(refused, Err(BackupError::Exists(path)) if path.ends_with("catalogue.db-wal")));
    }

    #[test]
    fn nobody_else_gets_into_a_backup() {
        let room = tempfile::tempdir().unwrap();
        let (made, open) = (room.path().join("made"), room.path().join("open"));
        begin(&made).unwrap();
        assert_eq!(fs::metadata(&made).unwrap().permissions().mode() & 0o777, 0o700);
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(begin(&open), Err(BackupError::Open(_))));
    }

    #[test]
    fn what_is_damaged_or_unfinished_is_not_put_back() {
        let room = tempfile::tempdir().unwrap();
        backed_up(room.path());
        let backup = room.path().join("backup");
        let put = |name: &str| put_back(&backup, &room.path().join(name), &room.path().join(name).join("catalogue.db"));
        fs::write(backup.join("objects/private/files/a.csv"), "a,b\n1,3\n").unwrap();
        assert!(matches!(put("one"), Err(BackupError::Damaged(path)) if path.ends_with("a.csv")));
        assert!(!room.path().join("one").exists(), "nothing was put back");
        let text = fs::read_to_string(backup.join(MANIFEST)).unwrap();
        fs::write(backup.join(MANIFEST), text.replace("secret-key", "../secret-key")).unwrap();
        assert!(matches!(put("two"), Err(BackupError::Damaged(_))));
        fs::remove_file(backup.join(MANIFEST)).unwrap();
        assert!(matches!(put("three"), Err(BackupError::NoManifest(_))));
    }

    #[test]
    fn the_file_of_the_database_is_read_from_its_address() {
        for (url, file) in [
            ("sqlite:///var/lib/catalogue/a.db?mode=rwc", Some("/var/lib/catalogue/a.db")),
            ("sqlite://./data/catalogue.db", Some("./data/catalogue.db")),
            ("sqlite:a%20b.db", Some("a b.db")),
            ("sqlite::memory:", None),
            ("postgres://localhost/a", None),
        ] {
            assert_eq!(sqlite_file(url), file.map(PathBuf::from), "{url}");
        }
    }
}
