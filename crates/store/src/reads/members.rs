use till_core::{
    customers::{SessionMember, members::Membership},
    kernel::{
        folding::email_key,
        records::{Customer, CustomerMember},
        values::Value,
    },
};
use till_wire::members::MemberRole;
use uuid::Uuid;

use crate::{Query, Result, Store, columns};

impl Store {
    /// A member of a customer.
    pub async fn customer_member(
        &self,
        customer_id: Uuid,
        id: Uuid,
    ) -> Result<Option<CustomerMember>> {
        let rest = "where customer_id = $1 and id = $2";
        let binds = vec![Value::Uuid(customer_id), Value::Uuid(id)];
        self.one(Query::select::<CustomerMember>(rest, binds).keyed())
            .await
    }

    /// A member of a customer by the merchant's id.
    pub async fn customer_member_by_external_id(
        &self,
        customer_id: Uuid,
        external_id: &str,
    ) -> Result<Option<CustomerMember>> {
        let rest = "where customer_id = $1 and external_id = $2";
        let binds = vec![Value::Uuid(customer_id), external_id.to_owned().into()];
        self.one(Query::select::<CustomerMember>(rest, binds).keyed())
            .await
    }

    /// The owner of a customer; none where an older version made the customer and nobody asked since.
    pub async fn customer_owner(&self, customer_id: Uuid) -> Result<Option<CustomerMember>> {
        let rest = "where customer_id = $1 and role = 'owner'";
        let binds = vec![Value::Uuid(customer_id)];
        self.one(Query::select::<CustomerMember>(rest, binds).keyed())
            .await
    }

    /// All members of a customer, the oldest first; [`till_wire::limits::MEMBERS`] at most.
    pub async fn customer_members(&self, customer_id: Uuid) -> Result<Vec<CustomerMember>> {
        let rest = "where customer_id = $1 order by created_at, id";
        let binds = vec![Value::Uuid(customer_id)];
        self.all(Query::select::<CustomerMember>(rest, binds).keyed())
            .await
    }

    /// The members that exist.
    pub async fn members_by_id(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<CustomerMember>> {
        self.owned(organization_id, wanted).await
    }

    /// The live customers of which an address is a member, the oldest first, each with the member; `most` at most.
    pub async fn memberships_of(
        &self,
        organization_id: Uuid,
        email: &str,
        most: i64,
    ) -> Result<Vec<(Customer, CustomerMember)>> {
        let sql = format!(
            "select {}, {} from customer_members m join customers c on c.id = m.customer_id \
             where m.organization_id = $1 and m.email_key = $2 and c.deleted_at is null \
             order by m.created_at, m.id limit $3",
            columns::<Customer>("c"),
            columns::<CustomerMember>("m"),
        );
        let key = email_key(email).into();
        let binds = vec![Value::Uuid(organization_id), key, Value::Int(most)];
        self.all(Query::raw(sql, binds).keyed()).await
    }

    /// Rows on which a change of a customer's members depends: the owner, who has the e-mail or the external id, and
    /// how many there are.
    pub async fn membership(
        &self,
        customer_id: Uuid,
        email: Option<&str>,
        external_id: Option<&str>,
    ) -> Result<Membership> {
        let key = email.map(email_key);
        let rest =
            "where customer_id = $1 and (role = 'owner' or email_key = $2 or external_id = $3)";
        let binds = vec![
            Value::Uuid(customer_id),
            key.clone().into(),
            external_id.map(str::to_owned).into(),
        ];
        let found: Vec<CustomerMember> = self
            .all(Query::select::<CustomerMember>(rest, binds).keyed())
            .await?;
        let count = Query::raw(
            "select count(*) from customer_members where customer_id = $1",
            vec![Value::Uuid(customer_id)],
        );
        let count = self.scalar(count.keyed()).await?;
        let first =
            |test: &dyn Fn(&CustomerMember) -> bool| found.iter().find(|m| test(m)).cloned();
        Ok(Membership {
            owner: first(&|m| m.role == MemberRole::Owner),
            by_email: key.and_then(|key| first(&|m| m.email_key == key)),
            by_external_id: external_id
                .and_then(|id| first(&|m| m.external_id.as_deref() == Some(id))),
            count,
        })
    }

    /// The member that a session is asked for, by id or by the merchant's id, and the customer's owner.
    pub async fn session_member(
        &self,
        customer: &Customer,
        id: Option<Uuid>,
        external_id: Option<&str>,
    ) -> Result<SessionMember> {
        let named = match (id, external_id) {
            (Some(id), _) => self.customer_member(customer.id, id).await?,
            (None, Some(external_id)) => {
                self.customer_member_by_external_id(customer.id, external_id)
                    .await?
            }
            (None, None) => None,
        };
        let owner = self.customer_owner(customer.id).await?;
        Ok(SessionMember { named, owner })
    }
}
