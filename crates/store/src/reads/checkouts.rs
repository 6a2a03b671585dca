use futures_util::future::BoxFuture;
use jiff::Timestamp;
use till_core::{
    catalog::products::ProductWithPrices,
    checkout::Session,
    discounts::Hints,
    kernel::{
        records::{Checkout, Discount, Organization, Payment},
        values::Value,
    },
};
use till_wire::checkouts::CheckoutStatus;
use uuid::Uuid;

use crate::{Col, Query, Result, Store, columns};

impl Store {
    /// A session of the organization, with what belongs to it.
    pub async fn session(&self, organization: &Organization, id: Uuid) -> Result<Option<Session>> {
        let rest = "where organization_id = $1 and id = $2";
        let binds = vec![Value::Uuid(organization.id), Value::Uuid(id)];
        let Some(checkout) = self
            .one(Query::select::<Checkout>(rest, binds).keyed())
            .await?
        else {
            return Ok(None);
        };
        self.filled(checkout, organization.clone()).await.map(Some)
    }

    /// A session by its client secret, which is the credential.
    pub async fn session_by_secret(&self, secret: &str) -> Result<Option<Session>> {
        self.session_where("c.client_secret = $1", Value::Text(secret.to_owned()))
            .await
    }

    /// A session by id, for Till's own workers.
    pub async fn session_by_id(&self, id: Uuid) -> Result<Option<Session>> {
        self.session_where("c.id = $1", Value::Uuid(id)).await
    }

    async fn session_where(&self, condition: &str, value: Value) -> Result<Option<Session>> {
        let sql = format!(
            "select {}, {} from checkouts c join organizations o on o.id = c.organization_id where {condition}",
            columns::<Checkout>("c"),
            columns::<Organization>("o"),
        );
        let found: Option<(Checkout, Organization)> =
            self.one(Query::raw(sql, vec![value]).keyed()).await?;
        let Some((checkout, organization)) = found else {
            return Ok(None);
        };
        self.filled(checkout, organization).await.map(Some)
    }

    /// A session with what belongs to it: a read for its products, and one for each kind of other thing that it has.
    fn filled(
        &self,
        checkout: Checkout,
        organization: Organization,
    ) -> BoxFuture<'_, Result<Session>> {
        Box::pin(async move {
            let own = if checkout.ad_hoc {
                vec![checkout.id]
            } else {
                vec![]
            };
            let discount = async {
                match checkout.terms.discount_id {
                    Some(id) => self.one(Query::by_id::<Discount>(id)).await,
                    None => Ok(None),
                }
            };
            let (offered, discount, own) = tokio::try_join!(
                self.offered(organization.id, &checkout.product_ids),
                discount,
                self.own_prices(&own),
            )?;
            let meters = self.meters_of(organization.id, &own).await?;
            let mut session =
                Session::new(checkout, organization, offered).with_own_prices(own, &meters);
            session.discount = discount;
            Ok(session)
        })
    }

    /// Sessions of one list, with what belongs to them: as many reads as for a single one.
    pub async fn sessions(
        &self,
        organization: &Organization,
        rows: Vec<Checkout>,
    ) -> Result<Vec<Session>> {
        let mut products: Vec<Uuid> = rows.iter().flat_map(|r| r.product_ids.0.clone()).collect();
        products.sort();
        products.dedup();
        let discounts: Vec<Uuid> = rows.iter().filter_map(|r| r.terms.discount_id).collect();
        let own: Vec<Uuid> = rows.iter().filter(|r| r.ad_hoc).map(|r| r.id).collect();
        let (offered, discounts, own) = tokio::try_join!(
            self.offered(organization.id, &products),
            self.owned::<Discount>(organization.id, &discounts),
            self.own_prices(&own),
        )?;
        let meters = self.meters_of(organization.id, &own).await?;
        let session = |row: Checkout| {
            let wanted = |o: &&ProductWithPrices| row.product_ids.contains(&o.product.id);
            let products = offered.iter().filter(wanted).cloned().collect();
            let prices = own.iter().filter(|p| p.checkout_id == Some(row.id));
            let prices = prices.cloned().collect();
            let discount = discounts
                .iter()
                .find(|d| Some(d.id) == row.terms.discount_id);
            let mut session =
                Session::new(row, organization.clone(), products).with_own_prices(prices, &meters);
            session.discount = discount.cloned();
            session
        };
        Ok(rows.into_iter().map(session).collect())
    }

    /// True where a person or card has had a trial of the organization (docs/behaviour: subscriptions/one-trial-each).
    pub async fn had_trial(&self, organization_id: Uuid, hints: &Hints) -> Result<bool> {
        let sql = "select count(*) from trial_redemptions where organization_id = $1 \
                   and (email_key = $2 or card_fingerprint = $3)";
        let binds = vec![
            organization_id.into(),
            hints.email_key.clone().into(),
            hints.card_fingerprint.clone().into(),
        ];
        Ok(self.scalar(Query::raw(sql, binds).keyed()).await? > 0)
    }

    /// Open sessions whose time is over and for which nobody is paying, the oldest first: when it was over, and the
    /// session. With `own`, only those of an organization; with `after`, only those behind that one.
    pub async fn overdue_checkouts(
        &self,
        own: Option<Uuid>,
        now: Timestamp,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<(Timestamp, Uuid)>> {
        let of = own.map_or("", |_| "and organization_id = $5");
        let sql = format!(
            "select expires_at, id from checkouts where status = 'open' and expires_at <= $1 \
             and attempt_id is null and expires_at >= $2 and (expires_at > $2 or id > $3) {of} \
             order by expires_at, id limit $4"
        );
        let (since, but) = after.unwrap_or((Timestamp::UNIX_EPOCH, Uuid::nil()));
        let mut binds = vec![now.into(), since.into(), but.into(), Value::Int(limit)];
        binds.extend(own.map(Value::Uuid));
        let found: Vec<(Col<Timestamp>, Col<Uuid>)> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|(at, id)| (at.0, id.0)).collect())
    }

    /// A session's status, and when it was last changed.
    pub async fn checkout_state(
        &self,
        id: Uuid,
    ) -> Result<Option<(CheckoutStatus, Option<Timestamp>)>> {
        let sql = "select status, modified_at from checkouts where id = $1";
        let query = Query::raw(sql, vec![Value::Uuid(id)]).keyed();
        let found: Option<(Col<CheckoutStatus>, Col<Option<Timestamp>>)> = self.one(query).await?;
        Ok(found.map(|(status, modified_at)| (status.0, modified_at.0)))
    }

    /// An attempt by id, for Till's own workers.
    pub async fn attempt(&self, id: Uuid) -> Result<Option<Payment>> {
        self.one(Query::by_id::<Payment>(id)).await
    }

    /// The newest attempt of a session.
    pub async fn latest_attempt(&self, checkout_id: Uuid) -> Result<Option<Payment>> {
        let rest = "where checkout_id = $1 order by created_at desc, id limit 1";
        let binds = vec![Value::Uuid(checkout_id)];
        self.one(Query::select::<Payment>(rest, binds).keyed())
            .await
    }

    /// The number of an organization's newest attempts to pay, at most `among` and none from before `since`, that failed;
    /// from an index alone.
    pub async fn failed_of_newest(
        &self,
        organization_id: Uuid,
        since: Timestamp,
        among: i64,
    ) -> Result<i64> {
        let sql = "select count(*) from (select state from payments \
             where organization_id = $1 and created_at > $2 order by created_at desc limit $3) newest \
             where state = 'failed'";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Time(since),
            Value::Int(among),
        ];
        self.scalar(Query::raw(sql, binds)).await
    }

    /// The attempt that paid for a session, not one whose money came too late and is owed back.
    pub async fn paid_attempt(&self, checkout_id: Uuid) -> Result<Option<Payment>> {
        let rest = "where checkout_id = $1 and state = 'succeeded' and decline_reason is null \
             order by created_at desc limit 1";
        let binds = vec![Value::Uuid(checkout_id)];
        self.one(Query::select::<Payment>(rest, binds).keyed())
            .await
    }

    /// Attempts that nobody has heard of for a while: looked at again on start.
    pub async fn unsettled_attempts(&self) -> Result<Vec<Uuid>> {
        let sql = "select id from payments where state in ('intended', 'asked', 'requires_action', 'processing')";
        let found: Vec<Col<Uuid>> = self.all(Query::raw(sql, vec![])).await?;
        Ok(found.into_iter().map(|col| col.0).collect())
    }

    /// True where a `checkout.updated` of the session still waits for its first attempt at delivery.
    pub async fn awaits_delivery(&self, checkout_id: Uuid) -> Result<bool> {
        let sql = "select count(*) from webhook_events where subject_id = $1 and kind = 'checkout.updated' \
                   and next_attempt_at is not null and attempts = 0";
        Ok(self
            .scalar(Query::raw(sql, vec![Value::Uuid(checkout_id)]).keyed())
            .await?
            > 0)
    }
}
