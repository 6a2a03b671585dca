//! Who belongs to an organization and what they may do there (lifecycle.md A.5, H.3). There is always
//! an owner: every decision here touches the organization, so that of two at the same time one is made again.

use till_wire::{input::Problem, loc, scope::Scope};
use uuid::Uuid;

use crate::{
    at::At,
    change::{Changes, Value},
    folding::email_key,
    people,
    records::{Member, Organization, Role, User},
    refusal::Refusal,
    sign_in::Letter,
};

impl Role {
    /// Whether the role grants a scope: members have all but changing the organization and where its events
    /// go (lifecycle.md A.5).
    pub fn grants(self, scope: Scope) -> bool {
        self.manages_people() || !matches!(scope, Scope::OrganizationsWrite | Scope::WebhooksWrite)
    }

    /// Every scope that the role grants.
    pub fn scopes(self) -> Vec<Scope> {
        let all = Scope::ALL.iter().copied();
        all.filter(|scope| self.grants(*scope)).collect()
    }

    /// Whether the role invites, changes and removes people.
    pub fn manages_people(self) -> bool {
        matches!(self, Role::Owner | Role::Admin)
    }

    /// Whether the role may give `other` to people, and change and remove those who have it: only
    /// owners make and unmake owners.
    pub fn disposes_of(self, other: Role) -> bool {
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

    /// Whether this is the only owner.
    pub fn is_last_owner(&self, member: &Member) -> bool {
        let mut owners = self.people.iter().filter(|(m, _)| m.role == Role::Owner);
        member.role == Role::Owner && owners.all(|(owner, _)| owner.id == member.id)
    }

    /// The role of who acts, if it may dispose of `role`.
    fn allowed(&self, actor: &User, role: Role) -> Result<Role, Refusal> {
        let own = self.member(actor.id).ok_or(Refusal::NotFound)?.role;
        match own.disposes_of(role) {
            true => Ok(own),
            false if own == Role::Admin => Err(Refusal::NotPermitted(
                "Only owners make, change and remove owners.".to_owned(),
            )),
            false => Err(Refusal::NotPermitted(
                "Only owners and admins manage the team.".to_owned(),
            )),
        }
    }

    fn keep_an_owner(&self, member: &Member) -> Result<(), Refusal> {
        match self.is_last_owner(member) {
            true => Err(Refusal::NotPermitted(
                "There must be an owner: make somebody else an owner first.".to_owned(),
            )),
            false => Ok(()),
        }
    }

    /// What every decision begins with.
    fn changes(&self) -> Changes {
        let mut changes = Changes::new();
        changes.touch(&self.organization);
        changes
    }
}

/// Takes somebody in by e-mail address (syntax checked before) and tells them; `known` is who has the
/// address already.
pub fn invite(
    team: &Team,
    actor: &User,
    email: &str,
    known: Option<&User>,
    role: Role,
    at: &At,
) -> Result<(Member, Changes), Refusal> {
    team.allowed(actor, role)?;
    let email = email.to_lowercase();
    let key = email_key(&email);
    let is_here = |(_, user): &(Member, User)| email_key(&user.email) == key;
    if team.people.iter().any(is_here) {
        return Err(Refusal::field(Problem::value(
            loc!["body", "email"],
            "Somebody with this address is in the team already.",
            email,
        )));
    }
    let mut changes = team.changes();
    let user_id = match known {
        Some(user) => user.id,
        None => {
            let (user, made) = people::create(&email, at);
            changes.and(made);
            user.id
        }
    };
    let row = Member {
        id: at.id(),
        created_at: at.now,
        organization_id: team.organization.id,
        user_id,
        role,
    };
    let letter = Letter::Invitation {
        email,
        organization: team.organization.name.clone(),
        slug: team.organization.slug.clone(),
        by: actor.name.clone().unwrap_or_else(|| actor.email.clone()),
    };
    changes.insert(&row).and(letter.send(at));
    Ok((row, changes))
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

fn take_out(team: &Team, member: &Member) -> Result<Changes, Refusal> {
    team.keep_an_owner(member)?;
    let mut changes = team.changes();
    changes.any(
        "delete from members where id = $1 and organization_id = $2",
        vec![Value::Uuid(member.id), Value::Uuid(member.organization_id)],
    );
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::organizations;

    const ROLES: [Role; 3] = [Role::Owner, Role::Admin, Role::Member];

    fn at() -> At {
        At::new(jiff::Timestamp::UNIX_EPOCH, [3; 32])
    }

    /// A founder who is an owner, and then one person for each role.
    fn team(roles: &[Role]) -> Team {
        let at = at();
        let (founder, _) = people::create("founder@example.com", &at);
        let (organization, _) = organizations::create("Shop", "shop", &founder, &at);
        let mut people = vec![(
            membership(&organization, &founder, Role::Owner, &at),
            founder,
        )];
        for (i, role) in roles.iter().enumerate() {
            let (user, _) = people::create(&format!("{i}@example.com"), &at);
            people.push((membership(&organization, &user, *role, &at), user));
        }
        Team {
            organization,
            people,
        }
    }

    fn membership(organization: &Organization, user: &User, role: Role, at: &At) -> Member {
        Member {
            id: at.id(),
            created_at: at.now,
            organization_id: organization.id,
            user_id: user.id,
            role,
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
        assert!(invite(&team, &admin.1, "new@example.com", None, Role::Owner, &at()).is_err());
        assert!(invite(&team, &admin.1, "new@example.com", None, Role::Admin, &at()).is_ok());
        assert!(change_role(&team, &admin.1, member.0.id, Role::Admin).is_ok());
        assert!(change_role(&team, &owner.1, member.0.id, Role::Owner).is_ok());
        assert!(remove(&team, &member.1, admin.0.id).is_err());
        assert!(leave(&team, &member.1).is_ok());
    }

    #[test]
    fn somebody_in_the_team_is_not_invited_again() {
        let team = team(&[Role::Member]);
        let founder = &team.people[0].1;
        let again = invite(&team, founder, "0@Example.com", None, Role::Member, &at());
        assert!(matches!(again, Err(Refusal::Invalid(_))));
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
