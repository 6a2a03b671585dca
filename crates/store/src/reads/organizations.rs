use till_core::kernel::{
    records::{AccessToken, Organization},
    values::Value,
};
use uuid::Uuid;

use crate::{Query, Result, Store, columns};

impl Store {
    /// The holder of a token's digest, with its organization, in one read. Expired and revoked ones too.
    pub async fn caller(&self, digest: &str) -> Result<Option<(AccessToken, Organization)>> {
        let sql = format!(
            "select {}, {} from access_tokens t join organizations o on o.id = t.organization_id \
             where t.token_hash = $1",
            columns::<AccessToken>("t"),
            columns::<Organization>("o"),
        );
        let digest = Value::Text(digest.to_owned());
        self.one(Query::raw(sql, vec![digest]).keyed()).await
    }

    /// An organization.
    pub async fn organization(&self, id: Uuid) -> Result<Option<Organization>> {
        self.one(Query::by_id::<Organization>(id)).await
    }

    /// An organization by its name in addresses.
    pub async fn organization_by_slug(&self, slug: &str) -> Result<Option<Organization>> {
        let binds = vec![Value::Text(slug.to_owned())];
        self.one(Query::select::<Organization>("where slug = $1", binds))
            .await
    }

    /// Every organization, oldest first: for the operator's commands.
    pub async fn organizations(&self) -> Result<Vec<Organization>> {
        self.all(Query::select::<Organization>(
            "order by created_at, id",
            vec![],
        ))
        .await
    }

    /// A token of the organization's.
    pub async fn access_token(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<AccessToken>> {
        self.own(organization_id, id, "").await
    }

    /// An organization's tokens, newest first.
    pub async fn access_tokens(&self, organization_id: Uuid) -> Result<Vec<AccessToken>> {
        let rest = "where organization_id = $1 order by created_at desc, id";
        self.all(Query::select::<AccessToken>(
            rest,
            vec![Value::Uuid(organization_id)],
        ))
        .await
    }
}
