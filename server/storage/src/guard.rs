//! The embedded service with what the file system backend leaves open.
//!
//! It writes to a temporary file and renames, so a reader never meets half an object. Added here:
//! what was accepted is on the disk before the answer, a cut-off request cannot leave an object
//! without its side files, a removed object takes its side files along, a folder is never mistaken
//! for an object, parts are lost neither in a crash nor when joining them fails, and a ranged read stops
//! where the range stops.

use std::fs::File;
use std::future::Future;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CreateBucketInput, CreateBucketOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput,
    DeleteObjectOutput, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput,
    HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput, StreamingBlob,
    UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};
use s3s_fs::FileSystem;

use crate::{sweep, sync};

const READ_CHUNK: u32 = 256 * 1024;
/// While one piece is sent the next is read.
const READ_AHEAD: usize = 2;

/// The embedded service as the client meets it.
pub(crate) struct Guard {
    inner: Arc<FileSystem>,
    root: Arc<Path>,
}

impl Guard {
    pub(crate) fn new(inner: Arc<FileSystem>, root: PathBuf) -> Self {
        Self { inner, root: root.into() }
    }

    /// Does file work off the async threads.
    async fn files<T, F>(&self, work: F) -> S3Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Path) -> io::Result<T> + Send + 'static,
    {
        files(Arc::clone(&self.root), work).await
    }

    async fn refuse_folder(&self, bucket: &str, key: &str) -> S3Result<()> {
        let path = sync::object_path(&self.root, bucket, key);
        let folder = self.files(move |_| Ok(path.is_dir())).await?;
        if folder {
            return Err(S3Error::new(S3ErrorCode::NoSuchKey));
        }
        Ok(())
    }

    /// A folder left empty by removed objects must not stand in the way of a new one.
    async fn make_way(&self, bucket: &str, key: &str) -> S3Result<()> {
        let path = sync::object_path(&self.root, bucket, key);
        self.files(move |_| {
            if path.is_dir() {
                std::fs::remove_dir(&path)?;
            }
            Ok(())
        })
        .await
    }
}

async fn files<T, F>(root: Arc<Path>, work: F) -> S3Result<T>
where
    T: Send + 'static,
    F: FnOnce(&Path) -> io::Result<T> + Send + 'static,
{
    tokio::task::spawn_blocking(move || work(&root))
        .await
        .map_err(S3Error::internal_error)?
        .map_err(S3Error::internal_error)
}

/// The bytes of a range of a file, piece by piece.
///
/// What the system holds in memory, as with a file that everybody wants at once, is copied at once; only what has to come from
/// the disk is read off the async threads.
fn reading(file: File, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    let (file, end) = (Arc::new(file), range.end);
    let pieces = range.step_by(READ_CHUNK as usize).map(move |start| {
        let (file, length) = (Arc::clone(&file), u64::from(READ_CHUNK).min(end - start));
        async move {
            let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
            let there = in_memory(&file, &mut bytes, start);
            if there == bytes.len() {
                // Others have their turn even where all of it is there at once.
                tokio::task::consume_budget().await;
                return Ok(Bytes::from(bytes));
            }
            let work = move || {
                file.read_exact_at(&mut bytes[there..], start + there as u64)?;
                Ok(Bytes::from(bytes))
            };
            tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
        }
    });
    stream::iter(pieces).buffered(READ_AHEAD)
}

/// Reads as much as can be had without waiting for the disk; the number of bytes.
#[cfg(target_os = "linux")]
fn in_memory(file: &File, bytes: &mut [u8], start: u64) -> usize {
    use rustix::io::{ReadWriteFlags, preadv2};
    preadv2(file, &mut [io::IoSliceMut::new(bytes)], start, ReadWriteFlags::NOWAIT).unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
const fn in_memory(_: &File, _: &mut [u8], _: u64) -> usize {
    0
}

/// Runs to the end even when the request is dropped.
async fn to_the_end<T, F>(work: F) -> S3Result<T>
where
    T: Send + 'static,
    F: Future<Output = S3Result<T>> + Send + 'static,
{
    tokio::spawn(work).await.map_err(S3Error::internal_error)?
}

#[async_trait]
impl S3 for Guard {
    async fn create_bucket(&self, req: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
        let path = self.root.join(&req.input.bucket);
        let answer = self.inner.create_bucket(req).await?;
        self.files(move |root| sync::folders(root, &path)).await?;
        Ok(answer)
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.inner.head_bucket(req).await
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let (bucket, key) = (req.input.bucket.clone(), req.input.key.clone());
        self.make_way(&bucket, &key).await?;
        let (inner, root) = (Arc::clone(&self.inner), Arc::clone(&self.root));
        to_the_end(async move {
            let answer = inner.put_object(req).await?;
            files(root, move |root| sync::object(root, &bucket, &key)).await?;
            Ok(answer)
        })
        .await
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let (bucket, key) = (req.input.bucket.clone(), req.input.key.clone());
        let range = req.input.range;
        self.refuse_folder(&bucket, &key).await?;
        let mut answer = self.inner.get_object(req).await?;

        let path = sync::object_path(&self.root, &bucket, &key);
        let (file, size) = self
            .files(move |_| {
                let file = File::open(path)?;
                let size = file.metadata()?.len();
                Ok((file, size))
            })
            .await?;
        let wanted = match range {
            Some(range) => range.check(size)?,
            None => 0..size,
        };
        if answer.output.content_length != i64::try_from(wanted.end - wanted.start).ok() {
            return Err(S3Error::with_message(S3ErrorCode::OperationAborted, "the object changed while it was opened"));
        }
        answer.output.body = Some(StreamingBlob::wrap(reading(file, wanted)));
        Ok(answer)
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        self.refuse_folder(&req.input.bucket, &req.input.key).await?;
        self.inner.head_object(req).await
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let (bucket, key) = (req.input.bucket.clone(), req.input.key.clone());
        let path = sync::object_path(&self.root, &bucket, &key);
        let folder = self.files(move |_| Ok(path.is_dir())).await?;
        if folder {
            return Ok(S3Response::new(DeleteObjectOutput::default()));
        }
        let answer = self.inner.delete_object(req).await?;
        self.files(move |root| sync::forget(root, &bucket, &key)).await?;
        Ok(answer)
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.inner.list_objects_v2(req).await
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.inner.create_multipart_upload(req).await
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let (id, number) = (req.input.upload_id.clone(), req.input.part_number);
        let answer = self.inner.upload_part(req).await?;
        self.files(move |root| std::fs::File::open(sweep::part_path(root, &id, number))?.sync_all()).await?;
        Ok(answer)
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let (bucket, key) = (req.input.bucket.clone(), req.input.key.clone());
        let id = req.input.upload_id.clone();
        self.make_way(&bucket, &key).await?;
        let (inner, root) = (Arc::clone(&self.inner), Arc::clone(&self.root));
        to_the_end(async move {
            let held = id.clone();
            files(Arc::clone(&root), move |root| sweep::hold(root, &held)).await?;
            match inner.complete_multipart_upload(req).await {
                Ok(answer) => {
                    let done =
                        move |root: &Path| sync::object(root, &bucket, &key).and_then(|()| sweep::upload(root, &id));
                    files(root, done).await?;
                    Ok(answer)
                }
                Err(e) => {
                    files(root, move |root| sweep::take_back_one(root, &id)).await?;
                    Err(e)
                }
            }
        })
        .await
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.files(move |root| sweep::upload(root, &req.input.upload_id)).await?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}
