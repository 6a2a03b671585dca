//! Lists in pages (docs/behaviour: api/lists).

use serde::Serialize;
use utoipa::ToSchema;

/// Totals of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pagination {
    /// Number of items on all pages together.
    pub total_count: i64,
    /// Number of the last page; 0 if the list is empty.
    pub max_page: i64,
}

/// Page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// Items of the page.
    pub items: Vec<T>,
    /// Totals of the whole list.
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
