use till_core::kernel::{records::JournalEntry, values::Value};
use till_wire::events::EventType;
use uuid::Uuid;

use super::marks;
use crate::{Query, Result, Store};

impl Store {
    /// The newest of an journal entries of an organization after `sequence`, at most `limit`, oldest first.
    ///
    /// A commit may arrive later than one with a higher sequence: whoever follows reads a few seconds again.
    pub async fn journal_after(
        &self,
        organization_id: Uuid,
        sequence: i64,
        limit: usize,
    ) -> Result<Vec<JournalEntry>> {
        let rest =
            "where organization_id = $1 and sequence > $2 order by sequence desc, id desc limit $3";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Int(sequence),
            Value::Int(i64::try_from(limit).unwrap_or(i64::MAX)),
        ];
        let mut entries: Vec<JournalEntry> =
            self.all(Query::select::<JournalEntry>(rest, binds)).await?;
        entries.reverse();
        Ok(entries)
    }

    /// Page `page` (from 1) of an journal entries of an organization, newest first, of these kinds (none given: of all);
    /// and whether there are older ones. Not counted: the journal is the longest table.
    pub async fn latest_journal(
        &self,
        organization_id: Uuid,
        kinds: &[EventType],
        page: u32,
        limit: u32,
    ) -> Result<(Vec<JournalEntry>, bool)> {
        let of_kinds = match kinds.len() {
            0 => String::new(),
            n => format!("and kind in ({})", marks(3, n)),
        };
        let rest = format!(
            "where organization_id = $1 {of_kinds} order by sequence desc, id desc limit $2 offset $3"
        );
        let skipped = i64::from(page.saturating_sub(1)) * i64::from(limit);
        let binds = [
            Value::Uuid(organization_id),
            Value::Int(i64::from(limit) + 1),
            Value::Int(skipped),
        ]
        .into_iter()
        .chain(kinds.iter().map(|kind| Value::from(*kind)))
        .collect();
        let mut entries: Vec<JournalEntry> = self
            .all(Query::select::<JournalEntry>(&rest, binds))
            .await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        Ok((entries, more))
    }
}
