//! Pages of lists.

use serde::{Deserialize, Serialize};

/// The default number of items on a page (product contract, section 4).
pub const DEFAULT_LIMIT: u32 = 20;
/// The most items on a page.
pub const MAX_LIMIT: u32 = 1000;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct Paging {
    /// The most items wanted.
    #[cfg_attr(
        not(target_family = "wasm"),
        param(minimum = 1, maximum = 1000, default = 20, required = false, example = 20)
    )]
    pub limit: u32,
    /// Items to skip.
    #[cfg_attr(
        not(target_family = "wasm"),
        param(minimum = 0, maximum = 4_294_967_295_u32, default = 0, required = false, example = 0)
    )]
    pub offset: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self { limit: DEFAULT_LIMIT, offset: 0 }
    }
}

impl Paging {
    /// As many as fit one page, from the start.
    pub const WHOLE: Self = Self { limit: MAX_LIMIT, offset: 0 };
}

/// A part of a list with the size of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items of this part.
    pub items: Vec<T>,
    /// The size of the whole.
    pub total_count: u64,
    /// The most items that were asked for.
    pub limit: u32,
    /// Items skipped.
    pub offset: u32,
}

impl<T> Page<T> {
    /// A page of `items` out of `total_count`.
    pub const fn new(items: Vec<T>, total_count: u64, paging: Paging) -> Self {
        Self { items, total_count, limit: paging.limit, offset: paging.offset }
    }

    /// The part of a whole list that was asked for.
    #[must_use]
    pub fn of_whole(all: Vec<T>, paging: Paging) -> Self {
        let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let skipped = all.into_iter().skip(usize::try_from(paging.offset).unwrap_or(usize::MAX));
        Self::new(skipped.take(usize::try_from(paging.limit).unwrap_or(usize::MAX)).collect(), total, paging)
    }

    /// The same page with other items.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            total_count: self.total_count,
            limit: self.limit,
            offset: self.offset,
        }
    }
}
