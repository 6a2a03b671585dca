//! Keys and texts that an older version wrote, folded again. SQL cannot do it: only the program knows how to fold.

use uuid::Uuid;

use super::{code_key, email_key, person_key, sign_in_key};
use crate::kernel::changes::{Changes, Record, Write};
use crate::kernel::writes::{FoldingWrite, KeyedTable};

impl KeyedTable {
    /// All of them.
    pub const ALL: [KeyedTable; 6] = [
        KeyedTable::Customers,
        KeyedTable::Discounts,
        KeyedTable::People,
        KeyedTable::Redemptions,
        KeyedTable::Trials,
        KeyedTable::TrialClaims,
    ];

    /// The key that a row should have, from what the store reads for it: the address or the code where the row has it,
    /// else its old key. `None` where that has none.
    pub fn key(self, source: &str) -> Option<String> {
        match self {
            Self::Customers => Some(email_key(source)),
            Self::Discounts => Some(code_key(source)),
            Self::People => sign_in_key(source),
            Self::Redemptions | Self::Trials => person_key(source),
            Self::TrialClaims => {
                let person = person_key(source.strip_prefix("email:")?)?;
                Some(format!("email:{person}"))
            }
        }
    }

    /// Gives a row its key. Refused as taken where another row has it.
    pub fn set_key(self, changes: &mut Changes, id: Uuid, key: String) {
        changes.write(FoldingWrite::SetKey { of: self, id, key });
    }
}

/// Writes the folded forms of rows as they are; refused as stale where one has moved.
pub fn texts<R: Record>(rows: &[R]) -> Changes {
    let mut changes = Changes::new();
    for row in rows {
        let columns = R::FOLDED.iter().map(|(folded, _)| *folded);
        changes.writes.push(Write::Update {
            table: R::TABLE,
            id: row.id(),
            version: row.version(),
            set: columns.zip(row.folded()).collect(),
            wakes: None,
        });
    }
    changes
}
