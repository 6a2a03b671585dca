use jiff::Timestamp;
use till_core::kernel::{
    records::{
        Customer, Mail, MailState, Member, Order, Organization, Product, Subscription, User,
    },
    values::Value,
};
use uuid::Uuid;

use crate::{Query, Result, Store, columns};

/// An order with the organization, the customer, the product, and the subscription that it is of.
pub type LetterRows = (Organization, Order, Customer, Product, Option<Subscription>);

impl Store {
    /// A letter of the organization.
    pub async fn mail(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Mail>> {
        self.own(organization_id, id, "").await
    }

    /// A letter, for Till's own workers.
    pub async fn mail_by_id(&self, id: Uuid) -> Result<Option<Mail>> {
        self.one(Query::by_id::<Mail>(id)).await
    }

    /// An order and what its letters tell of, for Till's own workers.
    pub async fn order_for_letters(&self, id: Uuid) -> Result<Option<LetterRows>> {
        let sql = format!(
            "select {}, {}, {}, {}, {} from orders o \
             join organizations g on g.id = o.organization_id join customers c on c.id = o.customer_id \
             join products p on p.id = o.product_id left join subscriptions s on s.id = o.subscription_id \
             where o.id = $1",
            columns::<Organization>("g"),
            columns::<Order>("o"),
            columns::<Customer>("c"),
            columns::<Product>("p"),
            columns::<Subscription>("s"),
        );
        self.one(Query::raw(sql, vec![Value::Uuid(id)]).keyed())
            .await
    }

    /// The people of an organization, for letters to them, each with their membership; the oldest first.
    pub async fn people_of(&self, organization_id: Uuid) -> Result<Vec<(Member, User)>> {
        let sql = format!(
            "select {}, {} from members m join users u on u.id = m.user_id \
             where m.organization_id = $1 order by m.created_at, m.id",
            columns::<Member>("m"),
            columns::<User>("u"),
        );
        self.all(Query::raw(sql, vec![Value::Uuid(organization_id)]))
            .await
    }

    /// Page `page` (from 1) of an organization's letters, the newest first, in this state (none given: in any); and how
    /// many there are.
    pub async fn mails(
        &self,
        organization_id: Uuid,
        state: Option<MailState>,
        page: i64,
        limit: i64,
    ) -> Result<(Vec<Mail>, i64)> {
        let mut binds = vec![Value::Uuid(organization_id)];
        let in_state = match state {
            Some(state) => {
                binds.push(state.into());
                "and state = $2"
            }
            None => "",
        };
        let count = format!("select count(*) from mails where organization_id = $1 {in_state}");
        let counted = self.scalar(Query::raw(count, binds.clone()));
        let n = binds.len();
        let rest = format!(
            "where organization_id = $1 {in_state} order by created_at desc, id desc limit ${} offset ${}",
            n + 1,
            n + 2
        );
        binds.push(Value::Int(limit));
        binds.push(Value::Int((page.max(1) - 1).saturating_mul(limit)));
        let rows = self.all(Query::select::<Mail>(&rest, binds));
        tokio::try_join!(rows, counted)
    }

    /// The number of letters of an organization to an address that were written since, without those that are only kept;
    /// counted up to `most`.
    pub async fn mails_to(
        &self,
        organization_id: Uuid,
        recipient: &str,
        since: Timestamp,
        most: i64,
    ) -> Result<i64> {
        let sql = "select count(*) from (select id from mails where organization_id = $1 \
                   and recipient = $2 and created_at > $3 and state <> 'kept' limit $4) found";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Text(recipient.to_owned()),
            Value::Time(since),
            Value::Int(most),
        ];
        self.scalar(Query::raw(sql, binds)).await
    }

    /// Letters written before `before`, counted up to `limit`.
    pub async fn old_mails(&self, before: Timestamp, limit: i64) -> Result<i64> {
        let sql =
            "select count(*) from (select id from mails where created_at < $1 limit $2) found";
        let binds = vec![Value::Time(before), Value::Int(limit)];
        self.scalar(Query::raw(sql, binds)).await
    }
}
