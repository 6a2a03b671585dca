use till_core::{
    kernel::{
        records::{CustomerMember, CustomerSeat},
        values::Value,
    },
    seats::sold::Sold,
};
use uuid::Uuid;

use super::{distinct, marks};
use crate::{Query, Result, Store};

/// Seats that are read at once, at most: each is a member's, and revoked ones are used again.
const MOST: i64 = till_wire::limits::MEMBERS + 1;

/// The column and the id by which seats belong to what was sold.
fn of(sold: &Sold) -> (&'static str, Uuid) {
    match sold {
        Sold::Subscription(row) => ("subscription_id", row.id),
        Sold::Order(row) => ("order_id", row.id),
    }
}

impl Store {
    /// A seat of an organization.
    pub async fn customer_seat(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<CustomerSeat>> {
        let rest = "where organization_id = $1 and id = $2";
        let binds = vec![Value::Uuid(organization_id), Value::Uuid(id)];
        self.one(Query::select::<CustomerSeat>(rest, binds).keyed())
            .await
    }

    /// The seat that an invitation is to, by the digest of its token.
    pub async fn invited_seat(&self, digest: &str) -> Result<Option<CustomerSeat>> {
        let rest = "where invitation_token_hash = $1";
        let binds = vec![Value::Text(digest.to_owned())];
        self.one(Query::select::<CustomerSeat>(rest, binds).keyed())
            .await
    }

    /// All seats that were sold together and given to somebody at some time, the first one first.
    pub async fn seats_of(&self, sold: &Sold) -> Result<Vec<CustomerSeat>> {
        let (column, id) = of(sold);
        let rest = format!("where {column} = $1 order by created_at, id limit $2");
        let binds = vec![Value::Uuid(id), Value::Int(MOST)];
        self.all(Query::select::<CustomerSeat>(&rest, binds)).await
    }

    /// Number of seats that were sold together and are used.
    pub async fn used_seats(&self, sold: &Sold) -> Result<i64> {
        let (column, id) = of(sold);
        let sql = format!(
            "select count(*) from customer_seats where {column} = $1 and status <> 'revoked'"
        );
        self.scalar(Query::raw(sql, vec![Value::Uuid(id)]).keyed())
            .await
    }

    /// The seat that a member has among those that were sold together.
    pub async fn seat_of_member(
        &self,
        sold: &Sold,
        member_id: Uuid,
    ) -> Result<Option<CustomerSeat>> {
        let (column, id) = of(sold);
        let rest = format!("where {column} = $1 and member_id = $2");
        let binds = vec![Value::Uuid(id), Value::Uuid(member_id)];
        self.one(Query::select::<CustomerSeat>(&rest, binds).keyed())
            .await
    }

    /// A seat that was sold with the others and taken back.
    pub async fn revoked_seat(&self, sold: &Sold) -> Result<Option<CustomerSeat>> {
        let (column, id) = of(sold);
        let rest =
            format!("where {column} = $1 and status = 'revoked' order by created_at, id limit 1");
        self.one(Query::select::<CustomerSeat>(&rest, vec![Value::Uuid(id)]).keyed())
            .await
    }

    /// Used seats of these subscriptions: of each the owner's first, then the others, the first one first.
    pub async fn used_seats_of(&self, subscriptions: &[Uuid]) -> Result<Vec<CustomerSeat>> {
        let ids = distinct(subscriptions);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rest = format!(
            "where subscription_id in ({}) and status <> 'revoked' order by exists (select 1 from customer_members m \
             where m.id = customer_seats.member_id and m.role = 'owner') desc, created_at, id",
            marks(0, ids.len())
        );
        let binds = ids.into_iter().map(Value::Uuid).collect();
        self.all(Query::select::<CustomerSeat>(&rest, binds)).await
    }

    /// All seats of a customer that are used.
    pub async fn used_seats_of_customer(&self, customer_id: Uuid) -> Result<Vec<CustomerSeat>> {
        let rest = "where customer_id = $1 and status <> 'revoked' order by created_at, id";
        let binds = vec![Value::Uuid(customer_id)];
        self.all(Query::select::<CustomerSeat>(rest, binds)).await
    }

    /// All seats of a member.
    pub async fn seats_of_member(&self, member_id: Uuid) -> Result<Vec<CustomerSeat>> {
        let rest = "where member_id = $1 order by created_at, id";
        let binds = vec![Value::Uuid(member_id)];
        self.all(Query::select::<CustomerSeat>(rest, binds).keyed())
            .await
    }

    /// True where a member holds a seat of a product that was bought once, and for which not all was given back.
    pub async fn holds_seat_of(&self, member_id: Uuid, product_id: Uuid) -> Result<bool> {
        let sql = "select count(*) from customer_seats s join orders o on o.id = s.order_id \
                   where s.member_id = $1 and s.status = 'claimed' and o.product_id = $2 \
                   and o.status <> 'refunded'";
        let binds = vec![Value::Uuid(member_id), Value::Uuid(product_id)];
        let count = self.scalar(Query::raw(sql, binds).keyed()).await?;
        Ok(count > 0)
    }

    /// The subscriptions of which a member holds a seat.
    pub async fn subscriptions_with_seat(&self, member_id: Uuid) -> Result<Vec<Uuid>> {
        let seats = self.seats_of_member(member_id).await?;
        let claimed = seats.iter().filter(|seat| seat.claimed_at.is_some());
        Ok(claimed.filter_map(|seat| seat.subscription_id).collect())
    }

    /// The members of these seats.
    pub async fn members_of_seats(&self, seats: &[CustomerSeat]) -> Result<Vec<CustomerMember>> {
        let members: Vec<Uuid> = seats.iter().filter_map(|seat| seat.member_id).collect();
        let ids = distinct(&members);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rest = format!("where id in ({})", marks(0, ids.len()));
        let binds = ids.into_iter().map(Value::Uuid).collect();
        self.all(Query::select::<CustomerMember>(&rest, binds))
            .await
    }
}
