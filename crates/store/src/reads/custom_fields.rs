use jiff::Timestamp;
use till_core::{
    catalog::custom_fields::Answered,
    kernel::{
        changes::{Json, Value},
        records::CustomField,
    },
};
use till_wire::metadata::Metadata;
use uuid::Uuid;

use crate::{Col, Query, Store, StoreError};

impl Store {
    /// A custom field of the organization, unless deleted.
    pub async fn custom_field(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<CustomField>, StoreError> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// Those of the custom fields that exist, deleted ones too.
    pub async fn custom_fields(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<CustomField>, StoreError> {
        self.owned(organization_id, wanted).await
    }

    /// The live custom field with this slug.
    pub async fn custom_field_by_slug(
        &self,
        organization_id: Uuid,
        slug: &str,
    ) -> Result<Option<CustomField>, StoreError> {
        let rest = "where organization_id = $1 and slug = $2 and deleted_at is null";
        let binds = vec![Value::Uuid(organization_id), Value::Text(slug.to_owned())];
        self.one(Query::select::<CustomField>(rest, binds)).await
    }

    /// Rows of `table` (checkouts, orders or subscriptions) with an answer under `slug`, the oldest first, after
    /// the one that was made then and has this id, made before that moment.
    pub async fn answered(
        &self,
        table: AnsweredIn,
        organization_id: Uuid,
        slug: &str,
        before: Timestamp,
        after: (Timestamp, Uuid),
        limit: i64,
    ) -> Result<Vec<Answered>, StoreError> {
        // `->` is null only where there is no such key: an answer of null is JSON.
        let sql = format!(
            "select id, created_at, version, custom_field_data from {} where organization_id = $1 \
             and (created_at, id) > ($2, $3) and created_at < $4 \
             and custom_field_data -> cast($5 as text) is not null order by created_at, id limit $6",
            table.name()
        );
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Time(after.0),
            Value::Uuid(after.1),
            Value::Time(before),
            Value::Text(slug.to_owned()),
            Value::Int(limit),
        ];
        type Row = (Col<Uuid>, Col<Timestamp>, Col<i64>, Col<Json<Metadata>>);
        let found: Vec<Row> = self.rows(Query::raw(sql, binds)).await?;
        let row = |(id, created_at, version, answers): Row| Answered {
            id: id.0,
            created_at: created_at.0,
            version: version.0,
            answers: answers.0.0,
        };
        Ok(found.into_iter().map(row).collect())
    }
}

/// Where answers to custom fields are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnsweredIn {
    /// Sessions.
    Checkouts,
    /// Orders.
    Orders,
    /// Subscriptions.
    Subscriptions,
}

impl AnsweredIn {
    /// Sets the answers of a row, where its version is still the one that was read: `$1` the answers, `$2` the
    /// row, `$3` the version.
    pub fn rewrite(self) -> &'static str {
        match self {
            Self::Checkouts => {
                "update checkouts set custom_field_data = $1, version = version + 1 where id = $2 and version = $3"
            }
            Self::Orders => {
                "update orders set custom_field_data = $1, version = version + 1 where id = $2 and version = $3"
            }
            Self::Subscriptions => {
                "update subscriptions set custom_field_data = $1, version = version + 1 where id = $2 and version = $3"
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Checkouts => "checkouts",
            Self::Orders => "orders",
            Self::Subscriptions => "subscriptions",
        }
    }
}
