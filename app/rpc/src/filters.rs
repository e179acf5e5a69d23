//! Selections that readers keep, and what is made of them.

mod keep;
mod output;
mod retry;

pub use keep::{Keep, keep};
pub use output::{Output, output};
pub use retry::{Retry, retry};
