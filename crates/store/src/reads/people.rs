use jiff::Timestamp;
use till_core::{
    kernel::{
        folding::email_key,
        records::{Invitation, Member, Organization, SignInLink, User, UserSession},
        values::Value,
    },
    people::team::{Invited, Team},
};
use uuid::Uuid;

use crate::{Col, Query, Result, Store, columns};

/// A session, whose it is, and their place in the organization that was asked for: each is there or not.
pub type Visit = (UserSession, User, Option<Organization>, Option<Member>);

impl Store {
    /// A person by e-mail, however it is typed.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        let binds = vec![Value::Text(email_key(email))];
        let rest = "where coalesce(email_key, email) = $1";
        self.one(Query::select::<User>(rest, binds)).await
    }

    /// Until when a budget is spent (`till_core::kernel::budgets`), in microseconds since 1970; 0: it is whole.
    pub async fn spent_until(&self, key: &str) -> Result<i64> {
        let sql = "select spent_until from budgets where key = $1";
        self.scalar(Query::raw(sql, vec![Value::Text(key.to_owned())]).keyed())
            .await
    }

    /// The session of a token's digest, whose it is, and their place in the organization with this slug,
    /// in one read. Expired and revoked sessions too.
    pub async fn visit(&self, digest: &str, slug: &str) -> Result<Option<Visit>> {
        let sql = format!(
            "select {}, {}, {}, {} from user_sessions s join users u on u.id = s.user_id \
             left join organizations o on o.slug = $2 \
             left join members m on m.organization_id = o.id and m.user_id = u.id \
             where s.token_hash = $1",
            columns::<UserSession>("s"),
            columns::<User>("u"),
            columns::<Organization>("o"),
            columns::<Member>("m"),
        );
        let binds = vec![Value::Text(digest.to_owned()), Value::Text(slug.to_owned())];
        self.one(Query::raw(sql, binds).keyed()).await
    }

    /// The session of a token's digest and whose it is. Expired and revoked sessions too.
    pub async fn user_session(&self, digest: &str) -> Result<Option<(UserSession, User)>> {
        let sql = format!(
            "select {}, {} from user_sessions s join users u on u.id = s.user_id \
             where s.token_hash = $1",
            columns::<UserSession>("s"),
            columns::<User>("u"),
        );
        self.one(Query::raw(sql, vec![Value::Text(digest.to_owned())]))
            .await
    }

    /// Name and slug of the organizations that the holder of a session belongs to, by name.
    pub async fn organizations_of(&self, digest: &str) -> Result<Vec<(String, String)>> {
        let sql = "select o.name, o.slug from user_sessions s \
                   join members m on m.user_id = s.user_id \
                   join organizations o on o.id = m.organization_id \
                   where s.token_hash = $1 order by o.name, o.slug";
        let rows: Vec<(Col<String>, Col<String>)> = self
            .all(Query::raw(sql, vec![Value::Text(digest.to_owned())]))
            .await?;
        Ok(rows
            .into_iter()
            .map(|(Col(name), Col(slug))| (name, slug))
            .collect())
    }

    /// A person's sessions that have not ended, the one seen last first.
    pub async fn user_sessions(&self, user_id: Uuid, now: Timestamp) -> Result<Vec<UserSession>> {
        let rest = "where user_id = $1 and revoked_at is null and expires_at > $2 \
                    order by last_seen_at desc, id";
        let binds = vec![Value::Uuid(user_id), Value::Time(now)];
        self.all(Query::select::<UserSession>(rest, binds)).await
    }

    /// The link of a token's digest and whom it signs in. Expired and used ones too.
    pub async fn sign_in_link(&self, digest: &str) -> Result<Option<(SignInLink, User)>> {
        let sql = format!(
            "select {}, {} from sign_in_links l join users u on u.id = l.user_id \
             where l.token_hash = $1",
            columns::<SignInLink>("l"),
            columns::<User>("u"),
        );
        self.one(Query::raw(sql, vec![Value::Text(digest.to_owned())]))
            .await
    }

    /// An organization with everybody in it. The organization is read first, as [`Team`] wants it.
    pub async fn team(&self, organization_id: Uuid) -> Result<Option<Team>> {
        let Some(organization) = self.organization(organization_id).await? else {
            return Ok(None);
        };
        let sql = format!(
            "select {}, {} from members m join users u on u.id = m.user_id \
             where m.organization_id = $1 order by m.created_at, m.id",
            columns::<Member>("m"),
            columns::<User>("u"),
        );
        let binds = vec![Value::Uuid(organization_id)];
        let invited = Query::select::<Invitation>(
            "where organization_id = $1 order by created_at, id",
            binds.clone(),
        );
        let (people, invitations) =
            tokio::try_join!(self.all(Query::raw(sql, binds)), self.all(invited))?;
        Ok(Some(Team {
            organization,
            people,
            invitations,
        }))
    }

    /// The invitation of a token's digest. One whose time is over too.
    pub async fn invited(&self, digest: &str) -> Result<Option<Invited>> {
        let sql = format!(
            "select {}, {} from invitations i join organizations o on o.id = i.organization_id \
             where i.token_hash = $1",
            columns::<Invitation>("i"),
            columns::<Organization>("o"),
        );
        let found: Option<(Invitation, Organization)> = self
            .one(Query::raw(sql, vec![Value::Text(digest.to_owned())]))
            .await?;
        let Some((invitation, organization)) = found else {
            return Ok(None);
        };
        let user = self.user_by_email(&invitation.email).await?;
        let member = match &user {
            Some(user) => {
                let binds = vec![organization.id.into(), user.id.into()];
                let rest = "where organization_id = $1 and user_id = $2";
                self.one(Query::select::<Member>(rest, binds)).await?
            }
            None => None,
        };
        Ok(Some(Invited {
            invitation,
            organization,
            user,
            member,
        }))
    }
}
