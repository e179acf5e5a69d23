//! Which rows of a table a selection means, in which order.

mod facets;
mod filter;
mod fit;
mod order;
mod pages;
mod position;
mod times;

pub use facets::OptionPage;
pub(crate) use filter::Filter;
pub use pages::{RowBatch, Rows};
pub use position::Position;
