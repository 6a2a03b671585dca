//! The API of the customer portal: what customers see and change with their own tokens, over `actions::portal`.

mod session;

use super::operation::Operation;

/// The routes of each part.
pub(super) const OPERATIONS: [&[Operation]; 1] = [session::OPERATIONS];
