//! The body of an object as it arrives.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures::stream::{BoxStream, Stream, StreamExt};

/// The bytes of an object, or of a range of it, as they arrive.
pub struct ObjectStream {
    /// How many bytes this body has.
    pub size: u64,
    /// The media type of the object.
    pub media_type: String,
    body: BoxStream<'static, io::Result<Bytes>>,
}

impl ObjectStream {
    pub(crate) fn new(size: u64, media_type: String, body: BoxStream<'static, io::Result<Bytes>>) -> Self {
        Self { size, media_type, body }
    }
}

/// The bytes as the service sends them.
pub(crate) fn arriving(body: ByteStream) -> BoxStream<'static, io::Result<Bytes>> {
    let body =
        futures::stream::try_unfold(body, async |mut body| match body.try_next().await.map_err(io::Error::other)? {
            Some(bytes) => Ok(Some((bytes, body))),
            None => Ok(None),
        });
    body.boxed()
}

impl Stream for ObjectStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.body.poll_next_unpin(cx)
    }
}
