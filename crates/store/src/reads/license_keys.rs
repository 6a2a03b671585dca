use till_core::kernel::{
    grants::GrantScope,
    records::{Customer, CustomerMember, LicenseKey, LicenseKeyActivation},
    values::Value,
};
use till_core::license_keys::HeldKey;
use uuid::Uuid;

use crate::list::List;
use crate::{Query, Result, Store, columns};

/// Number of activations that are read at once, at most: a key has no more.
const MOST: i64 = till_wire::limits::ACTIVATIONS;

impl Store {
    /// A license key by its text, with whose it is and the activation that is asked for: one read.
    pub async fn license_key_of(
        &self,
        organization_id: Uuid,
        key: &str,
        activation_id: Option<Uuid>,
    ) -> Result<Option<(HeldKey, Option<LicenseKeyActivation>)>> {
        let sql = format!(
            "select {}, {}, {}, {} from license_keys k join customers c on c.id = k.customer_id \
             left join customer_members m on m.id = k.member_id \
             left join license_key_activations a on a.id = $3 and a.license_key_id = k.id \
             where k.organization_id = $1 and k.key = $2",
            columns::<LicenseKey>("k"),
            columns::<Customer>("c"),
            columns::<CustomerMember>("m"),
            columns::<LicenseKeyActivation>("a"),
        );
        let binds = vec![
            organization_id.into(),
            key.to_owned().into(),
            activation_id.into(),
        ];
        type Row = (
            LicenseKey,
            Customer,
            Option<CustomerMember>,
            Option<LicenseKeyActivation>,
        );
        let found: Option<Row> = self.one(Query::raw(sql, binds).keyed()).await?;
        let held = |(key, customer, member, activation)| {
            let held = HeldKey {
                key,
                customer,
                member,
            };
            (held, activation)
        };
        Ok(found.map(held))
    }

    /// A license key of the organization.
    pub async fn license_key(&self, organization_id: Uuid, id: Uuid) -> Result<Option<LicenseKey>> {
        self.own(organization_id, id, "").await
    }

    /// The organization's license keys that are wanted.
    pub async fn license_keys(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<LicenseKey>> {
        self.owned(organization_id, wanted).await
    }

    /// An activation of a license key.
    pub async fn license_key_activation(
        &self,
        license_key_id: Uuid,
        id: Uuid,
    ) -> Result<Option<LicenseKeyActivation>> {
        let rest = "where id = $1 and license_key_id = $2";
        let binds = vec![id.into(), license_key_id.into()];
        self.one(Query::select::<LicenseKeyActivation>(rest, binds).keyed())
            .await
    }

    /// Activations of a license key, the first one first.
    pub async fn license_key_activations(
        &self,
        license_key_id: Uuid,
    ) -> Result<Vec<LicenseKeyActivation>> {
        let rest = "where license_key_id = $1 order by created_at, id limit $2";
        let binds = vec![license_key_id.into(), Value::Int(MOST)];
        self.all(Query::select::<LicenseKeyActivation>(rest, binds))
            .await
    }

    /// License keys of a purchase's grants.
    pub async fn license_keys_of(&self, scope: GrantScope) -> Result<Vec<LicenseKey>> {
        let sql = format!(
            "select {} from benefit_grants g join license_keys k on k.grant_id = g.id \
             where coalesce(g.subscription_id, g.order_id) = $1",
            columns::<LicenseKey>("k"),
        );
        self.all(Query::raw(sql, vec![scope.id().into()])).await
    }
}

impl List {
    /// License keys that a viewer of the portal can see: those of a member (none: of nobody in particular),
    /// and where `customers_own` also those of the customer as such; not revoked, and of public benefits.
    pub fn of_key_holder(self, member_id: Option<Uuid>, customers_own: bool) -> Self {
        let list = match (member_id, customers_own) {
            (None, true) => self.is_null("member_id"),
            (None, false) => self.never(),
            (Some(id), false) => self.eq("member_id", id),
            (Some(id), true) => {
                let sql = "(license_keys.member_id is null or license_keys.member_id = ?)";
                self.filter_sql(sql, vec![id.into()])
            }
        };
        list.filter_sql(
            "license_keys.status <> 'revoked' and exists (select 1 from benefits b \
             where b.id = license_keys.benefit_id and b.visibility = 'public')",
            Vec::new(),
        )
    }
}
