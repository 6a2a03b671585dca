//! A person: their name and their password. What they may do in an organization is [`crate::people::team`]'s.

pub mod sign_in;
pub mod team;

use jiff::{SignedDuration, Timestamp};
use till_wire::{input::Problem, loc};

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    folding::email_key,
    password::PasswordHash,
    records::{SignInMethod, User, UserSession},
    refusal::Refusal,
};

/// Characters of a password, at least and at most; there are no other rules for it.
pub const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

/// Characters of a name at most.
pub const NAME_LENGTH: usize = 128;

/// For so long after signing in by link a forgotten password may be replaced without it.
pub const FRESH: SignedDuration = SignedDuration::from_mins(30);

/// Somebody new; `email` is kept in lower case.
pub fn create(email: &str, ctx: &DecisionContext) -> (User, Changes) {
    let row = User {
        id: ctx.id(),
        created_at: ctx.now,
        version: 1,
        email: email.to_lowercase(),
        name: None,
        password_hash: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    (row, changes)
}

/// Changes the name; blank takes it away.
pub fn rename(user: &User, name: &str) -> Result<Changes, Refusal> {
    let name = name.trim();
    let problem = if name.chars().count() > NAME_LENGTH {
        Some(format!("Use at most {NAME_LENGTH} characters."))
    } else if name.chars().any(char::is_control) {
        Some("A name cannot contain control characters.".to_owned())
    } else {
        None
    };
    if let Some(words) = problem {
        return Err(Refusal::field(Problem::value(
            loc!["body", "name"],
            words,
            name,
        )));
    }
    let mut new = user.clone();
    new.name = Some(name.to_owned()).filter(|name| !name.is_empty());
    let mut changes = Changes::new();
    if new != *user {
        changes.update(user, &new);
    }
    Ok(changes)
}

/// Checks that a text will do as this person's password.
pub fn judge_password(user: &User, password: &str) -> Result<(), Refusal> {
    let length = password.chars().count();
    let words = if length < *PASSWORD_LENGTH.start() {
        format!("Use {} characters or more.", PASSWORD_LENGTH.start())
    } else if length > *PASSWORD_LENGTH.end() {
        format!("Use at most {} characters.", PASSWORD_LENGTH.end())
    } else if email_key(password) == email_key(&user.email) {
        "Use something other than your e-mail address.".to_owned()
    } else {
        return Ok(());
    };
    // The password itself is never told back.
    Err(Refusal::field(Problem::value(
        loc!["body", "new_password"],
        words,
        "",
    )))
}

/// True where a new password asks for the current one: not where there is none, and not soon after a link
/// to their own e-mail address let this person in, which is the way back from a forgotten password.
pub fn asks_for_current(user: &User, session: &UserSession, now: Timestamp) -> bool {
    let by_link =
        session.method == SignInMethod::Link && now.duration_since(session.created_at) < FRESH;
    user.password_hash.is_some() && !by_link
}

/// Sets the password. Every other session ends, and no link that is under way works any more.
pub fn set_password(
    user: &User,
    hash: PasswordHash,
    keep: &UserSession,
    ctx: &DecisionContext,
) -> Changes {
    let mut new = user.clone();
    new.password_hash = Some(hash);
    let mut changes = Changes::new();
    changes
        .update(user, &new)
        .and(sign_in::end_others(user.id, keep.id, ctx))
        .and(sign_in::spend_links(user.id, ctx));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> User {
        create(
            "Ada@Example.com",
            &DecisionContext::new(Timestamp::UNIX_EPOCH, [1; 32]),
        )
        .0
    }

    #[test]
    fn addresses_are_kept_in_lower_case() {
        assert_eq!(ada().email, "ada@example.com");
    }

    #[test]
    fn a_password_is_long_and_has_no_other_rules() {
        for (password, fits) in [
            ("elevenchars", false),
            ("twelve chars", true),
            ("äöüäöüäöüäöü", true),
            ("ADA@example.com", false),
            (&"x".repeat(128), true),
            (&"x".repeat(129), false),
        ] {
            assert_eq!(judge_password(&ada(), password).is_ok(), fits, "{password}");
        }
    }

    #[test]
    fn a_hash_is_never_shown() {
        let mut user = ada();
        user.password_hash = Some(PasswordHash("$argon2id$secret".into()));
        assert!(!format!("{user:?}").contains("argon2id"));
    }

    #[test]
    fn names_are_trimmed_and_blank_ones_are_none() {
        let mut user = ada();
        assert!(rename(&user, "  ").expect("blank is none").is_empty());
        user.name = Some("Ada".into());
        assert!(rename(&user, " Ada ").expect("the same").is_empty());
        assert_eq!(rename(&user, "").expect("none").writes.len(), 1);
        assert!(rename(&user, "a\0b").is_err());
        assert!(rename(&user, &"x".repeat(129)).is_err());
    }
}
