//! Uploads that come in several requests.

use serde::{Deserialize, Serialize};

use crate::wire::wire_enum;

wire_enum! {
    /// Where an upload stands.
    UploadState {
        /// It takes bytes.
        Open => "open",
        /// It became a file.
        Finished => "finished",
        /// All bytes came, and they were refused.
        Refused => "refused",
        /// It was ended by whoever began it.
        Ended => "ended",
        /// Nothing came for too long.
        Expired => "expired",
    }
}

/// What the bytes of an upload are meant to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meant {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The version's number.
    pub version: u32,
    /// The name as sent.
    pub filename: String,
    /// A title for people; the name where there is none.
    pub title: Option<String>,
    /// The licence, where it differs from the dataset's.
    pub licence: Option<String>,
    /// That licence's address.
    pub licence_url: Option<String>,
}
