//! Signing in: sessions of people in their browsers, and one-time links.

pub mod known_browser;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    folding::email_key,
    job_request::Queue,
    jobs::JobKind,
    records::{SignInLink, SignInMethod, User, UserSession},
    tokens::SecretKey,
    writes::{PeopleWrite, TeamWrite},
};

/// The lifetime of a session.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The lifetime of a link that somebody asked for.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// The lifetime of an invitation.
pub const INVITATION_LIFE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// `last_seen_at` is kept this close to the truth, without a write per request.
pub const SEEN_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// The refusal of [`Changes`] when a link was used before.
pub const LINK_USED: &str = "an unused link";
/// The job that writes a [`Letter`].
pub const MAIL_JOB: JobKind<Letter> = JobKind::new("sign_in_mail", Queue::SignIn);

/// Characters that are kept of what a browser says of itself.
const USER_AGENT_LENGTH: usize = 512;

/// The device that somebody signs in from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// The browser's name for itself.
    pub user_agent: Option<String>,
    /// The network address.
    pub ip_address: Option<String>,
}

/// Opens a session: the row, and its token for the cookie. `left` is the digest of the session that the
/// same browser held until now, which ends.
pub fn open(
    user: &User,
    method: SignInMethod,
    device: &Device,
    left: Option<&str>,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> (UserSession, String, Changes) {
    let token = ctx.token("till_ses_");
    let row = UserSession {
        id: ctx.id(),
        created_at: ctx.now,
        user_id: user.id,
        token_hash: key.digest(&token),
        method,
        expires_at: ctx.now + SESSION_LIFE,
        last_seen_at: ctx.now,
        user_agent: device
            .user_agent
            .as_ref()
            .map(|text| text.chars().take(USER_AGENT_LENGTH).collect()),
        ip_address: device.ip_address.clone(),
        revoked_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    if let Some(digest) = left {
        changes.write(PeopleWrite::EndSessionOfToken {
            token_hash: digest.to_owned(),
            now: ctx.now,
        });
    }
    (row, token, changes)
}

/// True where a session still lets its holder in.
pub fn is_live(session: &UserSession, now: Timestamp) -> bool {
    session.revoked_at.is_none() && session.expires_at > now
}

/// Notes that a session is in use, now and then.
pub fn seen(session: &UserSession, ctx: &DecisionContext) -> Option<Changes> {
    if ctx.now.duration_since(session.last_seen_at) < SEEN_WITHIN {
        return None;
    }
    let mut changes = Changes::new();
    changes.write(PeopleWrite::NoteSessionUse {
        id: session.id,
        now: ctx.now,
    });
    Some(changes)
}

/// Ends one of a person's sessions, if it is theirs.
pub fn end(user_id: Uuid, session_id: Uuid, ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    changes.write(PeopleWrite::EndSession {
        id: session_id,
        user_id,
        now: ctx.now,
    });
    changes
}

/// Ends all of a person's sessions but one.
pub fn end_others(user_id: Uuid, keep: Uuid, ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    changes.write(PeopleWrite::EndOtherSessions {
        user_id,
        keep,
        now: ctx.now,
    });
    changes
}

/// A link that signs somebody in once within `life`: the text for its address.
pub fn link(
    user: &User,
    life: SignedDuration,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> (String, Changes) {
    let token = ctx.token("till_lnk_");
    let row = SignInLink {
        id: ctx.id(),
        created_at: ctx.now,
        user_id: user.id,
        token_hash: key.digest(&token),
        expires_at: ctx.now + life,
        used_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    (token, changes)
}

/// True where a link still works; only [`redeem`]'s commit decides.
pub fn works(link: &SignInLink, now: Timestamp) -> bool {
    link.used_at.is_none() && link.expires_at > now
}

/// Uses a link up and opens a session; `None` where its time is over. The commit is refused with
/// [`LINK_USED`] where it was used before.
pub fn redeem(
    link: &SignInLink,
    user: &User,
    device: &Device,
    left: Option<&str>,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> Option<(UserSession, String, Changes)> {
    if !works(link, ctx.now) {
        return None;
    }
    let mut changes = Changes::new();
    changes.write(PeopleWrite::UseLink {
        id: link.id,
        now: ctx.now,
    });
    let (session, token, opened) = open(user, SignInMethod::Link, device, left, key, ctx);
    changes.and(opened);
    Some((session, token, changes))
}

/// Makes every link of a person useless.
pub fn spend_links(user_id: Uuid, ctx: &DecisionContext) -> Changes {
    let mut changes = Changes::new();
    changes.write(PeopleWrite::UseAllLinks {
        user_id,
        now: ctx.now,
    });
    changes
}

/// Forgets sessions, links and invitations that ended more than `kept` ago.
pub fn forget(kept: SignedDuration, ctx: &DecisionContext) -> Changes {
    let before = ctx.now - kept;
    let mut changes = Changes::new();
    changes
        .write(PeopleWrite::DeleteSessions(before))
        .write(PeopleWrite::DeleteLinks(before))
        .write(TeamWrite::DeleteInvitations(before));
    changes
}

/// A mail with a link in it. The link is made when the mail is written, so that no secret waits in the
/// queue, and so that asking takes the same time for every address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// Somebody wants to sign in.
    SignIn {
        /// To whom, in lower case; nothing is sent to addresses that nobody has.
        email: String,
        /// The page of ours that follows.
        next: Option<String>,
    },
    /// Somebody was invited to an organization by a version that took them in at once.
    Invitation {
        /// To whom, in lower case.
        email: String,
        /// The organization's name.
        organization: String,
        /// Its name in addresses.
        slug: String,
        /// The inviting person: their name or address.
        by: String,
    },
}

impl Letter {
    /// To whom.
    pub fn email(&self) -> &str {
        match self {
            Letter::SignIn { email, .. } | Letter::Invitation { email, .. } => email,
        }
    }

    /// The lifetime of its link.
    pub fn life(&self) -> SignedDuration {
        match self {
            Letter::SignIn { .. } => LINK_LIFE,
            Letter::Invitation { .. } => INVITATION_LIFE,
        }
    }

    /// Asks for the letter to be sent, once however often it is asked for at the same time.
    pub fn send(&self, ctx: &DecisionContext) -> Changes {
        let key = match self {
            Letter::SignIn { email, .. } => format!("{MAIL_JOB}:{}", email_key(email)),
            Letter::Invitation { email, slug, .. } => {
                format!("{MAIL_JOB}:{slug}:{}", email_key(email))
            }
        };
        let mut changes = Changes::new();
        changes.job(ctx, MAIL_JOB, &key, ctx.now, self);
        changes
    }
}
