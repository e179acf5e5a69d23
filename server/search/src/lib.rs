//! The only crate that knows Tantivy: the public search index.
//!
//! [`SearchIndex`] holds what is published and nothing else. It is derived: it follows the catalogue by revision, may be
//! thrown away at any time and is then rebuilt. All of it blocks; asynchronous callers use `spawn_blocking`.

mod bits;
mod clauses;
mod corrections;
mod error;
mod evaluate;
mod facets;
mod fields;
mod guidance;
mod highlights;
mod index;
mod labels;
mod matching;
mod ordering;
mod query_text;
mod recent;
mod searching;
mod suggestions;
mod synonyms;
mod welsh;
mod words;

pub use error::SearchError;
pub use guidance::Guidance;
pub use index::{Outgoing, SearchIndex};
pub use suggestions::begins_like;
pub use synonyms::built_in_synonyms;
pub use words::normalised;
