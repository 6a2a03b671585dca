use till_core::kernel::writes::{AccessTokenWrite, PeopleWrite, Statement, TeamWrite};
use till_core::people::{sign_in::LINK_USED, team::INVITATION_GONE};

use super::{any, exactly_one};

pub(super) fn access_token(write: AccessTokenWrite) -> Statement {
    match write {
        AccessTokenWrite::NoteUse { id, at } => any(
            "update access_tokens set last_used_at = $1 where id = $2",
            vec![at.into(), id.into()],
        ),
    }
}

pub(super) fn people(write: PeopleWrite) -> Statement {
    match write {
        PeopleWrite::EndSessionOfToken { token_hash, now } => any(
            "update user_sessions set revoked_at = $1 where token_hash = $2 and revoked_at is null",
            vec![now.into(), token_hash.into()],
        ),
        PeopleWrite::EndSession { id, user_id, now } => any(
            "update user_sessions set revoked_at = $1 where id = $2 and user_id = $3 and revoked_at is null",
            vec![now.into(), id.into(), user_id.into()],
        ),
        PeopleWrite::EndOtherSessions { user_id, keep, now } => any(
            "update user_sessions set revoked_at = $1 where user_id = $2 and id <> $3 and revoked_at is null",
            vec![now.into(), user_id.into(), keep.into()],
        ),
        PeopleWrite::NoteSessionUse { id, now } => any(
            "update user_sessions set last_seen_at = $1 where id = $2",
            vec![now.into(), id.into()],
        ),
        PeopleWrite::UseLink { id, now } => exactly_one(
            LINK_USED,
            "update sign_in_links set used_at = $1 where id = $2 and used_at is null",
            vec![now.into(), id.into()],
        ),
        PeopleWrite::UseAllLinks { user_id, now } => any(
            "update sign_in_links set used_at = $1 where user_id = $2 and used_at is null",
            vec![now.into(), user_id.into()],
        ),
        PeopleWrite::DeleteSessions(before) => any(
            "delete from user_sessions where expires_at < $1",
            vec![before.into()],
        ),
        PeopleWrite::DeleteLinks(before) => any(
            "delete from sign_in_links where expires_at < $1",
            vec![before.into()],
        ),
    }
}

pub(super) fn team(write: TeamWrite) -> Statement {
    match write {
        TeamWrite::ReplaceInvitation(id) => {
            any("delete from invitations where id = $1", vec![id.into()])
        }
        TeamWrite::WithdrawInvitation {
            id,
            organization_id,
        } => any(
            "delete from invitations where id = $1 and organization_id = $2",
            vec![id.into(), organization_id.into()],
        ),
        TeamWrite::AcceptInvitation(id) => exactly_one(
            INVITATION_GONE,
            "delete from invitations where id = $1",
            vec![id.into()],
        ),
        TeamWrite::SetInvitationToken { id, token_hash } => exactly_one(
            INVITATION_GONE,
            "update invitations set token_hash = $1 where id = $2",
            vec![token_hash.into(), id.into()],
        ),
        TeamWrite::DeleteInvitations(before) => any(
            "delete from invitations where expires_at < $1",
            vec![before.into()],
        ),
        TeamWrite::SetNotices {
            organization_id,
            user_id,
            notices,
        } => any(
            "update members set notices = $1 where organization_id = $2 and user_id = $3",
            vec![notices, organization_id.into(), user_id.into()],
        ),
        TeamWrite::RemoveMember {
            id,
            organization_id,
        } => any(
            "delete from members where id = $1 and organization_id = $2",
            vec![id.into(), organization_id.into()],
        ),
    }
}
