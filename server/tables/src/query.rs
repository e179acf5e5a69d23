//! Which rows of a table a selection means, in which order.

mod facets;
mod filter;
mod fit;
mod order;
mod pages;
mod position;
pub(crate) mod room;
mod times;

pub use facets::{OptionPage, Sought};
pub(crate) use filter::Filter;
pub use pages::{RowBatch, Rows};
pub use position::Position;
