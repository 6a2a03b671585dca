//! Lists in pages (docs/behaviour: api/lists).

use serde::Serialize;
use utoipa::ToSchema;

/// How many there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pagination {
    /// Items over all pages.
    pub total_count: i64,
    /// The last page's number; 0 when there is nothing.
    pub max_page: i64,
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The totals.
    pub pagination: Pagination,
}

impl<T> Page<T> {
    /// A page cut from `total` items by `limit`.
    pub fn new(items: Vec<T>, total: i64, limit: u32) -> Self {
        Self {
            items,
            pagination: Pagination {
                total_count: total,
                max_page: (total as u64).div_ceil(u64::from(limit.max(1))) as i64,
            },
        }
    }
}
