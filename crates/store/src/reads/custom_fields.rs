use std::collections::HashSet;

use jiff::Timestamp;
use till_core::{
    catalog::custom_fields::AnsweredRow,
    kernel::{
        records::CustomField,
        values::{Json, Value},
        writes::AnsweredIn,
    },
};
use till_wire::metadata::Metadata;
use uuid::Uuid;

use super::marks;
use crate::{Col, Query, Result, Store};

impl Store {
    /// A custom field of the organization, unless deleted.
    pub async fn custom_field(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<CustomField>> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// The custom fields that exist, deleted ones too.
    pub async fn custom_fields(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<CustomField>> {
        self.owned(organization_id, wanted).await
    }

    /// The live custom field with this slug.
    pub async fn custom_field_by_slug(
        &self,
        organization_id: Uuid,
        slug: &str,
    ) -> Result<Option<CustomField>> {
        let rest = "where organization_id = $1 and slug = $2 and deleted_at is null";
        let binds = vec![Value::Uuid(organization_id), Value::Text(slug.to_owned())];
        self.one(Query::select::<CustomField>(rest, binds)).await
    }

    /// The custom fields with any of these slugs, deleted ones too: for each slug the live field, else the newest.
    pub async fn custom_fields_by_slugs(
        &self,
        organization_id: Uuid,
        slugs: &[&str],
    ) -> Result<Vec<CustomField>> {
        let rest = format!(
            "where organization_id = $1 and slug in ({}) \
             order by case when deleted_at is null then 0 else 1 end, created_at desc, id",
            marks(1, slugs.len())
        );
        let binds = [Value::Uuid(organization_id)]
            .into_iter()
            .chain(slugs.iter().map(|slug| Value::Text((*slug).to_owned())))
            .collect();
        let mut found: Vec<CustomField> =
            self.all(Query::select::<CustomField>(&rest, binds)).await?;
        let mut seen = HashSet::new();
        found.retain(|field| seen.insert(field.slug.clone()));
        Ok(found)
    }

    /// Rows of a kind (checkouts, orders or subscriptions) with an answer under `slug`, the oldest first, after
    /// the one that was made then and has this id, made before that moment.
    pub async fn answered(
        &self,
        of: AnsweredIn,
        organization_id: Uuid,
        slug: &str,
        before: Timestamp,
        after: (Timestamp, Uuid),
        limit: i64,
    ) -> Result<Vec<AnsweredRow>> {
        // `->` is null only where there is no such key: an answer of null is JSON.
        let sql = format!(
            "select id, created_at, version, custom_field_data from {} where organization_id = $1 \
             and (created_at, id) > ($2, $3) and created_at < $4 \
             and custom_field_data -> cast($5 as text) is not null order by created_at, id limit $6",
            table(of)
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
        let found: Vec<Row> = self.all(Query::raw(sql, binds)).await?;
        let row = |(id, created_at, version, answers): Row| AnsweredRow {
            id: id.0,
            created_at: created_at.0,
            version: version.0,
            answers: answers.0.0,
        };
        Ok(found.into_iter().map(row).collect())
    }
}

/// The table of rows that hold answers.
fn table(of: AnsweredIn) -> &'static str {
    match of {
        AnsweredIn::Checkouts => "checkouts",
        AnsweredIn::Orders => "orders",
        AnsweredIn::Subscriptions => "subscriptions",
    }
}
