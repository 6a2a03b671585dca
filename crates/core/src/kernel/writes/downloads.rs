//! Named writes of downloads.

use jiff::Timestamp;
use uuid::Uuid;

/// See [`super::NamedWrite::Download`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownloadWrite {
    /// Counts one more download of a file by a holder; the first makes the row. To be followed by
    /// [`Self::CountOfFile`], then [`Self::CountDownloader`].
    Count {
        /// ID of the row, if this is the first.
        id: Uuid,
        /// The organization.
        organization_id: Uuid,
        /// The customer.
        customer_id: Uuid,
        /// The member, or the customer as such.
        holder_id: Uuid,
        /// The benefit.
        benefit_id: Uuid,
        /// The file.
        file_id: Uuid,
        /// Time at which it begins.
        at: Timestamp,
    },
    /// Counts one more download of a file, by a benefit and by all. No version is checked: whoever else downloads the file at
    /// the same moment waits for this commit, and is not refused.
    CountOfFile {
        /// The benefit.
        benefit_id: Uuid,
        /// The file.
        file_id: Uuid,
    },
    /// Counts a holder as one more downloader of a file, by a benefit and by all, each where the download that was just
    /// counted is their first. It sees those of commits that [`Self::CountOfFile`] has waited for.
    CountDownloader {
        /// The member, or the customer as such.
        holder_id: Uuid,
        /// The benefit.
        benefit_id: Uuid,
        /// The file.
        file_id: Uuid,
    },
    /// Replaces the times of a customer's downloads by another moment; the counts stay.
    ForgetTimes {
        /// The customer.
        customer_id: Uuid,
        /// Moment in place of the times.
        at: Timestamp,
    },
}
