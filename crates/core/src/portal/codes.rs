//! Codes that sign customers in (docs/behaviour: portal-pages/code): six letters and digits that go to their address.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    folding::{email_key, plain},
    job_request::Queue,
    jobs::JobKind,
    records::PortalCode,
    tokens::SecretKey,
    writes::{CustomerWrite, RetentionWrite},
};

/// The lifetime of a code.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// Characters of a code.
pub const CODE_LENGTH: usize = 6;
/// The refusal of [`Changes`] where a code was used before.
pub const CODE_USED: &str = "an unused code";
/// The job that makes a code and sends it.
pub const CODE_JOB: JobKind<CodeRequest> = JobKind::new("portal_code", Queue::SignIn);

/// A code that somebody asked for. Whether anybody has the address is looked up when the letter is written, so that
/// asking takes the same time for every address, and no secret waits in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRequest {
    /// The organization whose portal it opens.
    pub organization_id: Uuid,
    /// The address, as typed.
    pub email: String,
    /// The customer, where the asking program chose one of several.
    pub customer_id: Option<Uuid>,
}

impl CodeRequest {
    /// Asks for the letter, once however often it is asked for at the same time.
    pub fn send(&self, ctx: &DecisionContext) -> Changes {
        let (own, email) = (self.organization_id, email_key(&self.email));
        let key = match self.customer_id {
            None => format!("{CODE_JOB}:{own}:{email}"),
            Some(customer) => format!("{CODE_JOB}:{own}:{email}:{customer}"),
        };
        let mut changes = Changes::new();
        changes.job(ctx, CODE_JOB, &key, ctx.now, self);
        changes
    }
}

/// A typed code as it was sent: full-width letters, spaces and hyphens are what keyboards and people add. None where it
/// cannot be one.
pub fn typed(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let code: String = plain(text)
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let fits = code.len() == CODE_LENGTH && code.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(code)
}

/// The digest under which a code is kept.
pub fn digest(code: &str, key: &SecretKey) -> String {
    key.digest(&format!("portal code {code}"))
}

/// Makes a code for an address: the text for its letter, and the row. Times are the machine's.
pub fn make(request: &CodeRequest, key: &SecretKey, ctx: &DecisionContext) -> (String, Changes) {
    let code = ctx.code(CODE_LENGTH);
    let row = PortalCode {
        id: ctx.id(),
        created_at: ctx.wall(),
        organization_id: request.organization_id,
        email_key: email_key(&request.email),
        customer_id: request.customer_id,
        code_hash: digest(&code, key),
        expires_at: ctx.wall() + CODE_LIFE,
        used_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    (code, changes)
}

/// Uses a code up, and with it all others of its address. Refused as [`CODE_USED`] where it was used before.
pub fn redeem(code: &PortalCode, ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    changes
        .write(CustomerWrite::UseCode {
            id: code.id,
            now: ctx.wall(),
        })
        .write(CustomerWrite::UseCodesOf {
            organization_id: code.organization_id,
            email_key: code.email_key.clone(),
            now: ctx.wall(),
        });
    changes
}

/// Deletes up to `limit` codes that expired before `before`.
pub fn forget(before: Timestamp, limit: i64) -> Changes {
    let mut changes = Changes::new();
    changes.write(RetentionWrite::DeletePortalCodes { before, limit });
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_people_type_it() {
        for text in ["A1B2C3", " a1b 2c3\n", "a1b-2c3", "Ａ１Ｂ２Ｃ３"] {
            assert_eq!(typed(text).as_deref(), Some("A1B2C3"), "{text}");
        }
        for text in [
            "",
            "A1B2C",
            "A1B2C34",
            "A1B2C!",
            "ÄÖÜ123",
            &"A1B2C3 ".repeat(99),
        ] {
            assert_eq!(typed(text), None, "{text}");
        }
    }

    #[test]
    fn codes_are_letters_and_digits_and_differ() {
        let ctx = DecisionContext::new(Timestamp::UNIX_EPOCH, [7; 32]);
        let codes: std::collections::BTreeSet<String> = (0..200).map(|_| ctx.code(6)).collect();
        assert_eq!(codes.len(), 200);
        for code in &codes {
            assert_eq!(typed(code).as_ref(), Some(code));
        }
        let all: std::collections::BTreeSet<char> = codes.iter().flat_map(|c| c.chars()).collect();
        assert_eq!(all.len(), 36, "every letter and digit occurs");
    }
}
