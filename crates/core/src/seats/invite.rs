//! Invitations to seats: their links, their letters, and the claim (docs/behaviour: seats/invitation).
//!
//! A link's token is worked out from the seat and from the time until which it can be used, so that a letter that is sent
//! again has the same link, and nothing but the token's HMAC is kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use till_wire::seats::SeatStatus;
use uuid::Uuid;

use super::{hold, sold::Sold};
use crate::{
    customers::session_row,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        job_request::Queue,
        jobs::JobKind,
        records::{Customer, CustomerMember, CustomerSeat, CustomerSession},
        refusal::SeatRefusal,
        tokens::SecretKey,
    },
};

/// Time for which an invitation can be used.
pub const LIFE: SignedDuration = SignedDuration::from_hours(24);
/// The job that sends an invitation.
pub const INVITE_JOB: JobKind<Invitation> = JobKind::new("seat_invitation", Queue::Mail);

/// An invitation that is to be sent. It has no secret: the link is made when the letter is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The seat.
    pub seat_id: Uuid,
    /// Its organization.
    pub organization_id: Uuid,
}

/// The token of the invitation of a seat's member, at the address that they have now; none where nobody is invited.
pub fn token(seat: &CustomerSeat, member: &CustomerMember, key: &SecretKey) -> Option<String> {
    let until = seat.invitation_token_expires_at?;
    let name = format!(
        "invitation to seat {} until {} of {}",
        seat.id,
        until.as_microsecond(),
        member.email_key
    );
    Some(format!("till_seat_{}", key.digest(&name)))
}

/// True where a seat's invitation was made for the address that its member has now. A link that went to another address
/// is of no use (docs/behaviour: seats/invitation).
pub fn is_for(seat: &CustomerSeat, member: &CustomerMember, key: &SecretKey) -> bool {
    let own = token(seat, member, key).map(|token| key.digest(&token));
    own.is_some() && own == seat.invitation_token_hash
}

/// Begins the invitation of a seat's member.
pub(super) fn begin(
    seat: &mut CustomerSeat,
    member: &CustomerMember,
    key: &SecretKey,
    ctx: &DecisionContext,
) {
    seat.invitation_token_expires_at = Some(ctx.now + LIFE);
    seat.invitation_token_hash = token(seat, member, key).map(|token| key.digest(&token));
}

/// Has the letter of an invitation sent.
pub(super) fn ask(seat: &CustomerSeat, changes: &mut Changes, ctx: &DecisionContext) {
    let invitation = Invitation {
        seat_id: seat.id,
        organization_id: seat.organization_id,
    };
    let job = format!("{INVITE_JOB}:{}", seat.id);
    changes.job(ctx, INVITE_JOB, &job, ctx.now, &invitation);
}

impl CustomerSeat {
    /// True where the seat's invitation can be used.
    pub fn can_be_claimed(&self, now: Timestamp) -> bool {
        let until = self.invitation_token_expires_at;
        self.status == SeatStatus::Pending && until.is_some_and(|until| now < until)
    }
}

/// Sends the invitation of a seat's member again: with the same link while it can be used, else with a new one.
///
/// # Errors
/// [`SeatRefusal::NotPending`] where nobody is invited, [`SeatRefusal::NotAvailable`] where it can be claimed no more.
pub fn resend(
    sold: &Sold,
    seat: &CustomerSeat,
    member: Option<&CustomerMember>,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> Result<(CustomerSeat, Changes), SeatRefusal> {
    let member = member.filter(|_| seat.status == SeatStatus::Pending);
    let member = member.ok_or(SeatRefusal::NotPending)?;
    if !sold.gives_seats() {
        return Err(SeatRefusal::NotAvailable);
    }
    let mut changes = Changes::new();
    sold.guard(&mut changes);
    let mut new = seat.clone();
    match seat.can_be_claimed(ctx.now) && is_for(seat, member, key) {
        true => {
            changes.guard(seat);
        }
        false => {
            begin(&mut new, member, key, ctx);
            changes.revise(seat, &mut new, ctx);
        }
    }
    ask(&new, &mut changes, ctx);
    Ok((new, changes))
}

/// A seat that was claimed, and the session that its member is let in with.
#[derive(Debug)]
pub struct Claimed {
    /// The seat.
    pub seat: CustomerSeat,
    /// The session.
    pub session: CustomerSession,
    /// The session's token, which is kept nowhere.
    pub token: String,
    /// Changes to commit.
    pub changes: Changes,
}

/// Makes a seat the member's who is invited to it, and opens a session of theirs.
///
/// # Errors
/// [`SeatRefusal::InvalidToken`] where the invitation cannot be used any more.
pub fn claim(
    sold: &Sold,
    seat: &CustomerSeat,
    customer: &Customer,
    member: &CustomerMember,
    (key, subscribers): (&SecretKey, &Subscribers),
    ctx: &DecisionContext,
) -> Result<Claimed, SeatRefusal> {
    let is_theirs = seat.member_id == Some(member.id) && is_for(seat, member, key);
    if !seat.can_be_claimed(ctx.now) || !is_theirs || !sold.gives_seats() {
        return Err(SeatRefusal::InvalidToken);
    }
    let (mut changes, mut told) = (Changes::new(), Changes::new());
    // Whoever corrects the address at the same time is not overtaken by the link that went to the old one.
    changes.guard(member);
    sold.guard(&mut changes);
    let mut new = seat.clone();
    (new.modified_at, new.version) = (Some(ctx.now), seat.version + 1);
    hold::claimed(&mut new, member, &mut told, subscribers, ctx);
    changes.update(seat, &new).and(told);
    let (mut session, token) = session_row(customer, None, key, ctx);
    session.member_id = Some(member.id);
    changes.insert(&session);
    Ok(Claimed {
        seat: new,
        session,
        token,
        changes,
    })
}
