//! Teams: who belongs to an organization and what they may do there (docs/behaviour: organizations/roles). There is
//! always an owner: every decision here touches the organization, so that of two at the same time one is made again.

use jiff::Timestamp;
use till_wire::{input::Problem, loc, scope::Scope};
use uuid::Uuid;

use crate::{
    kernel::{
        changes::Changes,
        context::DecisionContext,
        folding::email_key,
        job_request::Queue,
        jobs::JobKind,
        records::{Invitation, Member, Notices, Organization, Role, SignInMethod, User},
        refusal::Refusal,
        tokens::SecretKey,
        values::Json,
        writes::TeamWrite,
    },
    people::{
        self,
        sign_in::{self, Device, INVITATION_LIFE},
    },
};

impl Role {
    /// True where the role grants a scope: members have all but changing the organization and where its events
    /// go.
    pub fn grants(self, scope: Scope) -> bool {
        self.manages_people() || !matches!(scope, Scope::OrganizationsWrite | Scope::WebhooksWrite)
    }

    /// Every scope that the role grants.
    pub fn scopes(self) -> Vec<Scope> {
        let all = Scope::ALL.iter().copied();
        all.filter(|scope| self.grants(*scope)).collect()
    }

    /// True where the role invites, changes and removes people.
    pub fn manages_people(self) -> bool {
        matches!(self, Role::Owner | Role::Admin)
    }

    /// True where the role may give `other` to people, and change and remove those who have it: only
    /// owners make and unmake owners.
    pub fn may_manage(self, other: Role) -> bool {
        match self {
            Role::Owner => true,
            Role::Admin => other != Role::Owner,
            Role::Member => false,
        }
    }
}

/// An organization with everybody in it, as read: the organization first.
#[derive(Debug, Clone)]
pub struct Team {
    /// The organization.
    pub organization: Organization,
    /// Its people, the oldest membership first.
    pub people: Vec<(Member, User)>,
    /// Its invitations, the oldest first; those whose time is over as well.
    pub invitations: Vec<Invitation>,
}

impl Team {
    /// A person's membership.
    pub fn member(&self, user_id: Uuid) -> Option<&Member> {
        let found = self.people.iter().find(|(_, user)| user.id == user_id);
        found.map(|(member, _)| member)
    }

    /// A membership and its person.
    pub fn find(&self, member_id: Uuid) -> Result<&(Member, User), Refusal> {
        let found = self
            .people
            .iter()
            .find(|(member, _)| member.id == member_id);
        found.ok_or(Refusal::NotFound)
    }

    /// The invitations that are still open.
    pub fn open_invitations(&self, now: Timestamp) -> impl Iterator<Item = &Invitation> {
        let all = self.invitations.iter();
        all.filter(move |invitation| invitation.expires_at > now)
    }

    /// An invitation of this team's.
    pub fn invitation(&self, id: Uuid) -> Result<&Invitation, Refusal> {
        let found = self.invitations.iter().find(|one| one.id == id);
        found.ok_or(Refusal::NotFound)
    }

    /// True for the only owner.
    pub fn is_last_owner(&self, member: &Member) -> bool {
        let mut owners = self.people.iter().filter(|(m, _)| m.role == Role::Owner);
        member.role == Role::Owner && owners.all(|(owner, _)| owner.id == member.id)
    }

    /// The role of who acts, if it may dispose of `role`.
    fn allowed(&self, actor: &User, role: Role) -> Result<Role, Refusal> {
        let own = self.member(actor.id).ok_or(Refusal::NotFound)?.role;
        match own.may_manage(role) {
            true => Ok(own),
            false if own == Role::Admin => Err(Refusal::NotPermitted(
                "Only owners can add, change or remove owners.".to_owned(),
            )),
            false => Err(Refusal::NotPermitted(
                "Only owners and admins can manage the team.".to_owned(),
            )),
        }
    }

    fn keep_an_owner(&self, member: &Member) -> Result<(), Refusal> {
        match self.is_last_owner(member) {
            true => Err(Refusal::NotPermitted(
                "There must be an owner: make someone else an owner first.".to_owned(),
            )),
            false => Ok(()),
        }
    }

    /// The changes that every decision begins with.
    fn changes(&self) -> Changes {
        let mut changes = Changes::new();
        changes.touch(&self.organization);
        changes
    }
}

/// Invitations that stand at the same time, of one organization.
pub const MOST_INVITATIONS: usize = 100;
/// The refusal of [`Changes`] when an invitation was used or withdrawn before.
pub const INVITATION_GONE: &str = "a standing invitation";
/// The job that writes to somebody who was invited; its payload is the invitation's id.
pub const INVITATION_JOB: JobKind<Uuid> = JobKind::new("invitation_mail", Queue::Mail);

/// Invites an e-mail address (syntax checked before), and has it written to; an invitation of before is replaced. Nobody
/// is in the team by that, and nothing is told of who has the address: whoever presses the button of the mail's link is.
pub fn invite(
    team: &Team,
    actor: &User,
    email: &str,
    role: Role,
    ctx: &DecisionContext,
) -> Result<(Invitation, Changes), Refusal> {
    team.allowed(actor, role)?;
    let email = email.to_lowercase();
    let key = email_key(&email);
    let refused = |words: &str| {
        let problem = Problem::value(loc!["body", "email"], words, email.clone());
        Err(Refusal::field(problem))
    };
    let is_here = |(_, user): &(Member, User)| email_key(&user.email) == key;
    if team.people.iter().any(is_here) {
        return refused("Someone with this address is already in the team.");
    }
    let is_same = |one: &&Invitation| email_key(&one.email) == key;
    let others = team.open_invitations(ctx.now).filter(|one| !is_same(one));
    if others.count() >= MOST_INVITATIONS {
        return refused("Too many invitations are open: withdraw some first.");
    }
    let row = Invitation {
        id: ctx.id(),
        created_at: ctx.now,
        organization_id: team.organization.id,
        email,
        role,
        invited_by: actor.name.clone().unwrap_or_else(|| actor.email.clone()),
        token_hash: None,
        expires_at: ctx.now + INVITATION_LIFE,
    };
    let mut changes = team.changes();
    for before in team.invitations.iter().filter(is_same) {
        changes.write(TeamWrite::ReplaceInvitation(before.id));
    }
    changes.insert(&row).job(
        ctx,
        INVITATION_JOB,
        &format!("{INVITATION_JOB}:{}", row.id),
        ctx.now,
        &row.id,
    );
    Ok((row, changes))
}

/// Takes an invitation back: its link works no more.
pub fn withdraw(team: &Team, actor: &User, invitation_id: Uuid) -> Result<Changes, Refusal> {
    let invitation = team.invitation(invitation_id)?;
    team.allowed(actor, invitation.role)?;
    let mut changes = team.changes();
    changes.write(TeamWrite::WithdrawInvitation {
        id: invitation.id,
        organization_id: invitation.organization_id,
    });
    Ok(changes)
}

/// A new link for an invitation: the text for its address. The one of before works no more.
pub fn invitation_link(
    invitation: &Invitation,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> (String, Changes) {
    let token = ctx.token("till_inv_");
    let mut changes = Changes::new();
    changes.write(TeamWrite::SetInvitationToken {
        id: invitation.id,
        token_hash: key.digest(&token),
    });
    (token, changes)
}

/// An invitation as its link finds it.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// The organization.
    pub organization: Organization,
    /// The person who has the address, if anybody.
    pub user: Option<User>,
    /// Their place, if they have come in meanwhile in another way.
    pub member: Option<Member>,
}

impl Invited {
    /// True while it is open; only the commit of [`accept`] decides.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.invitation.expires_at > now
    }
}

/// Comes in: uses the invitation up, makes the person and their place where they are missing, and signs them in as
/// whoever read their mail. `None` where its time is over. The commit is refused with [`INVITATION_GONE`] where it was
/// used or withdrawn.
pub fn accept(
    invited: &Invited,
    device: &Device,
    left: Option<&str>,
    key: &SecretKey,
    ctx: &DecisionContext,
) -> Option<(String, Changes)> {
    if !invited.is_open(ctx.now) {
        return None;
    }
    let Invited {
        invitation,
        organization,
        ..
    } = invited;
    let mut changes = Changes::new();
    changes
        .write(TeamWrite::AcceptInvitation(invitation.id))
        .touch(organization);
    let user = match &invited.user {
        Some(user) => user.clone(),
        None => {
            let (user, made) = people::create(&invitation.email, ctx);
            changes.and(made);
            user
        }
    };
    if invited.member.is_none() {
        changes.insert(&Member {
            id: ctx.id(),
            created_at: ctx.now,
            organization_id: organization.id,
            user_id: user.id,
            role: invitation.role,
            notices: Default::default(),
        });
    }
    let (_, token, opened) = sign_in::open(&user, SignInMethod::Link, device, left, key, ctx);
    changes.and(opened);
    Some((token, changes))
}

/// Gives somebody another role.
pub fn change_role(
    team: &Team,
    actor: &User,
    member_id: Uuid,
    role: Role,
) -> Result<Changes, Refusal> {
    let (member, _) = team.find(member_id)?;
    team.allowed(actor, member.role)?;
    team.allowed(actor, role)?;
    if member.role == role {
        return Ok(Changes::new());
    }
    team.keep_an_owner(member)?;
    let mut new = member.clone();
    new.role = role;
    let mut changes = team.changes();
    changes.update(member, &new);
    Ok(changes)
}

/// Takes somebody out. Their sessions go on, and find this organization no more.
pub fn remove(team: &Team, actor: &User, member_id: Uuid) -> Result<Changes, Refusal> {
    let (member, _) = team.find(member_id)?;
    team.allowed(actor, member.role)?;
    take_out(team, member)
}

/// Somebody leaves on their own.
pub fn leave(team: &Team, actor: &User) -> Result<Changes, Refusal> {
    let member = team.member(actor.id).ok_or(Refusal::NotFound)?;
    take_out(team, member)
}

/// Sets the notices by mail that somebody wants from a team that they belong to.
pub fn set_notices(organization_id: Uuid, user_id: Uuid, notices: Notices) -> Changes {
    let mut changes = Changes::new();
    changes.write(TeamWrite::SetNotices {
        organization_id,
        user_id,
        notices: Json(notices).into(),
    });
    changes
}

fn take_out(team: &Team, member: &Member) -> Result<Changes, Refusal> {
    team.keep_an_owner(member)?;
    let mut changes = team.changes();
    changes.write(TeamWrite::RemoveMember {
        id: member.id,
        organization_id: member.organization_id,
    });
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::organizations;

    const ROLES: [Role; 3] = [Role::Owner, Role::Admin, Role::Member];

    fn at() -> DecisionContext {
        DecisionContext::new(jiff::Timestamp::UNIX_EPOCH, [3; 32])
    }

    /// A founder who is an owner, and then one person for each role.
    fn team(roles: &[Role]) -> Team {
        let ctx = at();
        let (founder, _) = people::create("founder@example.com", &ctx);
        let (organization, _) = organizations::create("Shop", "shop", &founder, &ctx);
        let mut people = vec![(
            membership(&organization, &founder, Role::Owner, &ctx),
            founder,
        )];
        for (i, role) in roles.iter().enumerate() {
            let (user, _) = people::create(&format!("{i}@example.com"), &ctx);
            people.push((membership(&organization, &user, *role, &ctx), user));
        }
        Team {
            organization,
            people,
            invitations: Vec::new(),
        }
    }

    fn membership(
        organization: &Organization,
        user: &User,
        role: Role,
        ctx: &DecisionContext,
    ) -> Member {
        Member {
            id: ctx.id(),
            created_at: ctx.now,
            organization_id: organization.id,
            user_id: user.id,
            role,
            notices: Default::default(),
        }
    }

    #[test]
    fn members_have_every_scope_but_changing_the_organization_and_its_endpoints() {
        assert_eq!(Role::Owner.scopes(), Scope::ALL);
        assert_eq!(Role::Admin.scopes(), Scope::ALL);
        let member = Role::Member.scopes();
        assert_eq!(member.len(), Scope::ALL.len() - 2);
        assert!(!member.contains(&Scope::OrganizationsWrite));
        assert!(!member.contains(&Scope::WebhooksWrite));
    }

    #[test]
    fn only_owners_make_change_and_remove_owners() {
        let team = team(&[Role::Owner, Role::Admin, Role::Member]);
        let [_, owner, admin, member] = &team.people[..] else {
            panic!("four people");
        };
        assert!(change_role(&team, &admin.1, member.0.id, Role::Owner).is_err());
        assert!(change_role(&team, &admin.1, owner.0.id, Role::Member).is_err());
        assert!(remove(&team, &admin.1, owner.0.id).is_err());
        assert!(invite(&team, &admin.1, "new@example.com", Role::Owner, &at()).is_err());
        assert!(invite(&team, &admin.1, "new@example.com", Role::Admin, &at()).is_ok());
        assert!(change_role(&team, &admin.1, member.0.id, Role::Admin).is_ok());
        assert!(change_role(&team, &owner.1, member.0.id, Role::Owner).is_ok());
        assert!(remove(&team, &member.1, admin.0.id).is_err());
        assert!(leave(&team, &member.1).is_ok());
    }

    #[test]
    fn somebody_in_the_team_is_not_invited_again() {
        let team = team(&[Role::Member]);
        let founder = &team.people[0].1;
        let again = invite(&team, founder, "0@Example.com", Role::Member, &at());
        assert!(matches!(again, Err(Refusal::Invalid(_))));
    }

    #[test]
    fn an_invitation_makes_nobody_and_nobody_a_member() {
        let team = team(&[]);
        let founder = &team.people[0].1;
        let (invitation, changes) =
            invite(&team, founder, "New@Example.com", Role::Admin, &at()).expect("allowed");
        assert_eq!(invitation.email, "new@example.com");
        let written = changes.writes.iter().filter_map(|write| match write {
            crate::kernel::changes::Write::Insert { table, .. } => Some(*table),
            _ => None,
        });
        assert_eq!(written.collect::<Vec<_>>(), ["invitations"]);
    }

    #[test]
    fn only_so_many_invitations_stand_at_once() {
        let mut team = team(&[]);
        let founder = team.people[0].1.clone();
        let (first, _) =
            invite(&team, &founder, "0@x.example", Role::Member, &at()).expect("allowed");
        for n in 0..MOST_INVITATIONS {
            let mut one = first.clone();
            one.email = format!("{n}@x.example");
            team.invitations.push(one);
        }
        let invite =
            |email: &str, at: &DecisionContext| invite(&team, &founder, email, Role::Member, at);
        assert!(invite("more@x.example", &at()).is_err());
        assert!(invite("7@x.example", &at()).is_ok(), "once more");
        let later = DecisionContext::new(at().now + INVITATION_LIFE, [3; 32]);
        assert!(
            invite("more@x.example", &later).is_ok(),
            "they have run out"
        );
    }

    #[test]
    fn who_may_not_give_a_role_may_not_take_its_invitation_back() {
        let mut team = team(&[Role::Admin, Role::Member]);
        let [founder, admin, member] = [0, 1, 2].map(|n| team.people[n].1.clone());
        let (invitation, _) =
            invite(&team, &founder, "o@x.example", Role::Owner, &at()).expect("allowed");
        let id = invitation.id;
        team.invitations.push(invitation);
        assert!(withdraw(&team, &admin, id).is_err());
        assert!(withdraw(&team, &member, id).is_err());
        assert!(withdraw(&team, &founder, id).is_ok());
        assert_eq!(
            withdraw(&team, &founder, Uuid::nil()),
            Err(Refusal::NotFound)
        );
    }

    proptest! {
        /// Whoever does whatever: what is allowed leaves an owner, and touches the organization.
        #[test]
        fn there_is_always_an_owner(
            roles in prop::collection::vec(prop::sample::select(ROLES.to_vec()), 0..5),
            actor in 0..6usize, target in 0..6usize, act in 0..5usize,
        ) {
            let team = team(&roles);
            let actor = &team.people[actor % team.people.len()].1;
            let target = &team.people[target % team.people.len()].0;
            let (gone, role, decided) = match act {
                0 => (Some(target.id), None, remove(&team, actor, target.id)),
                1 => {
                    let own = team.member(actor.id).expect("in the team");
                    (Some(own.id), None, leave(&team, actor))
                }
                n => (None, Some(ROLES[n - 2]), change_role(&team, actor, target.id, ROLES[n - 2])),
            };
            if let Ok(changes) = decided {
                let owners = team.people.iter().filter(|(member, _)| {
                    let role = if member.id == target.id { role.unwrap_or(member.role) } else { member.role };
                    Some(member.id) != gone && role == Role::Owner
                });
                prop_assert!(owners.count() > 0);
                prop_assert!(changes.is_empty() || changes.writes.len() == 2);
            }
        }
    }
}
