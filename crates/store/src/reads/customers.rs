use jiff::Timestamp;
use till_core::{
    checkout::confirm::KnownBuyer,
    customers::Holders,
    kernel::{
        folding::{email_key, searchable_email},
        records::{Checkout, Customer, CustomerSession, Organization, Payment},
        values::Value,
    },
};
use uuid::Uuid;

use crate::list::List;
use crate::{Query, Result, Store, columns};

/// The keys by which a buyer may be recognised.
#[derive(Debug, Clone, Default)]
pub struct BuyerKeys {
    /// The session's customer.
    pub linked: Option<Uuid>,
    /// The e-mail.
    pub email: Option<String>,
    /// The merchant's id.
    pub external_id: Option<String>,
}

impl BuyerKeys {
    /// The keys that a session carries.
    pub fn of(checkout: &Checkout) -> Self {
        Self {
            linked: checkout.customer_id,
            email: checkout.buyer.customer_email.clone(),
            external_id: checkout.external_customer_id.clone(),
        }
    }
}

impl Store {
    /// A live customer.
    pub async fn customer(&self, organization_id: Uuid, id: Uuid) -> Result<Option<Customer>> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// A live customer by the merchant's id.
    pub async fn customer_by_external_id(
        &self,
        organization_id: Uuid,
        external_id: &str,
    ) -> Result<Option<Customer>> {
        let rest = "where organization_id = $1 and external_id = $2 and deleted_at is null";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Text(external_id.to_owned()),
        ];
        self.one(Query::select::<Customer>(rest, binds).keyed())
            .await
    }

    /// Customers by id, deleted ones too: orders and subscriptions outlive them.
    pub async fn customers(&self, organization_id: Uuid, wanted: &[Uuid]) -> Result<Vec<Customer>> {
        self.owned(organization_id, wanted).await
    }

    /// The customers that already hold an e-mail or an external id; nothing asked, nothing read.
    pub async fn holders(
        &self,
        organization_id: Uuid,
        email: Option<&str>,
        external_id: Option<&str>,
    ) -> Result<Holders> {
        let keys = BuyerKeys {
            linked: None,
            email: email.map(str::to_owned),
            external_id: external_id.map(str::to_owned),
        };
        Ok(self.buyer(organization_id, &keys).await?.holders)
    }

    /// Everybody whom a confirmation may be about, in one read.
    pub async fn buyer(&self, organization_id: Uuid, keys: &BuyerKeys) -> Result<KnownBuyer> {
        let mut binds = vec![Value::Uuid(organization_id)];
        let mut ways = Vec::new();
        let email = keys.email.as_deref().map(email_key);
        if let Some(id) = keys.linked {
            binds.push(Value::Uuid(id));
            ways.push(format!("id = ${}", binds.len()));
        }
        for (column, value) in [("email_key", &email), ("external_id", &keys.external_id)] {
            if let Some(value) = value {
                binds.push(Value::Text(value.clone()));
                ways.push(format!(
                    "(deleted_at is null and {column} = ${})",
                    binds.len()
                ));
            }
        }
        if ways.is_empty() {
            return Ok(KnownBuyer::default());
        }
        let rest = format!("where organization_id = $1 and ({})", ways.join(" or "));
        let query = Query::select::<Customer>(&rest, binds).keyed();
        let found: Vec<Customer> = self.all(query).await?;
        let live = |test: &dyn Fn(&Customer) -> bool| {
            found
                .iter()
                .find(|c| c.deleted_at.is_none() && test(c))
                .cloned()
        };
        Ok(KnownBuyer {
            linked: keys
                .linked
                .and_then(|id| found.iter().find(|c| c.id == id).cloned()),
            holders: Holders {
                by_email: email.and_then(|key| live(&|c| c.email_key == key)),
                by_external_id: keys
                    .external_id
                    .as_ref()
                    .and_then(|id| live(&|c| c.external_id.as_ref() == Some(id))),
            },
            ..KnownBuyer::default()
        })
    }

    /// A customer by id, deleted or not, for Till's own workers.
    pub async fn any_customer(&self, id: Uuid) -> Result<Option<Customer>> {
        self.one(Query::by_id::<Customer>(id)).await
    }

    /// Sessions without a customer in which somebody typed an e-mail address, up to `limit` in the order of their ids,
    /// behind the session `after`.
    pub async fn sessions_of_address(
        &self,
        organization_id: Uuid,
        email: &str,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<Checkout>> {
        self.all(typed_sessions(organization_id, email, after, limit))
            .await
    }

    /// Attempts to pay any of these sessions, up to `limit` in the order of their ids, behind the attempt `after`.
    pub async fn attempts_of_sessions(
        &self,
        checkouts: &[Uuid],
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<Payment>> {
        if checkouts.is_empty() {
            return Ok(Vec::new());
        }
        let marks = super::marks(2, checkouts.len());
        let rest = format!("where checkout_id in ({marks}) and id > $1 order by id limit $2");
        let mut binds = vec![Value::Uuid(after), Value::Int(limit)];
        binds.extend(super::ids(checkouts));
        self.all(Query::select::<Payment>(&rest, binds)).await
    }

    /// The number of webhook events about any of these that still wait to be delivered.
    pub async fn waiting_events_about(&self, subjects: &[Uuid]) -> Result<i64> {
        if subjects.is_empty() {
            return Ok(0);
        }
        let sql = format!(
            "select count(*) from webhook_events where next_attempt_at is not null and subject_id in ({})",
            super::marks(0, subjects.len())
        );
        let binds = super::ids(subjects).collect();
        self.scalar(Query::raw(sql, binds).keyed()).await
    }

    /// The customer session with a token's digest, with its customer and their organization, in one read; none if it
    /// has expired, or the customer was deleted.
    pub async fn customer_session(
        &self,
        digest: &str,
        now: Timestamp,
    ) -> Result<Option<(CustomerSession, Customer, Organization)>> {
        let sql = format!(
            "select {}, {}, {} from customer_sessions s join customers c on c.id = s.customer_id \
             join organizations o on o.id = s.organization_id \
             where s.token_hash = $1 and s.expires_at > $2 and c.deleted_at is null",
            columns::<CustomerSession>("s"),
            columns::<Customer>("c"),
            columns::<Organization>("o"),
        );
        let binds = vec![Value::Text(digest.to_owned()), Value::Time(now)];
        self.one(Query::raw(sql, binds).keyed()).await
    }
}

impl List {
    /// Customers who hold a subscription, or (`false`) those who hold none.
    pub fn subscribed(self, subscribed: bool) -> Self {
        let not = if subscribed { "" } else { "not " };
        let sql = format!(
            "{not}exists (select 1 from subscriptions s where s.customer_id = customers.id \
             and s.status in ('trialing', 'active', 'past_due'))"
        );
        self.filter_sql(&sql, vec![])
    }

    /// Rows of the customers with these external ids; none given: all rows.
    pub fn of_external_customers(self, ids: Vec<String>) -> Self {
        if ids.is_empty() {
            return self;
        }
        let sql = format!(
            "{0}.customer_id in (select c.id from customers c where c.organization_id = \
             {0}.organization_id and c.deleted_at is null and c.external_id in ({1}))",
            self.table(),
            vec!["?"; ids.len()].join(", ")
        );
        self.filter_sql(&sql, ids.into_iter().map(Value::Text).collect())
    }

    /// One of `columns` contains `text`, or the e-mail or the name of the organization's customer who bought, however
    /// it is written; without it: all rows.
    pub fn search_buyers(
        self,
        organization_id: Uuid,
        columns: &[&str],
        text: Option<&str>,
    ) -> Self {
        let Some(text) = text else { return self };
        let theirs = ["email", "name"];
        self.search_named::<Customer>(columns, "customer_id", &theirs, organization_id, text)
    }
}

/// Sessions without a customer in which an address was typed: those of the index `checkouts_typed_email`.
pub(crate) fn typed_sessions(organization_id: Uuid, email: &str, after: Uuid, limit: i64) -> Query {
    let rest = "where organization_id = $1 and customer_id is null and customer_email is not null \
                and coalesce(customer_email_folded, lower(customer_email)) = $2 and id > $3 order by id limit $4";
    let typed = searchable_email(email).unwrap_or_else(|| email.to_ascii_lowercase());
    let binds = vec![
        Value::Uuid(organization_id),
        Value::Text(typed),
        Value::Uuid(after),
        Value::Int(limit),
    ];
    Query::select::<Checkout>(rest, binds)
}
