//! Creating, changing and deleting custom fields.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use till_wire::{
    custom_fields::{CustomFieldCreate, CustomFieldUpdate},
    input::Problem,
    loc,
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    job_request::Queue,
    jobs::JobKind,
    records::CustomField,
    refusal::{Refusal, collected, no_organization_id},
    values::Json,
};

/// The job that moves answers to a field's new slug.
pub const RENAME_JOB: JobKind<Renamed> = JobKind::new("rename_custom_field", Queue::Upkeep);
/// The same job once more, for the sessions that were being paid in between.
pub const RENAME_AGAIN: SignedDuration = SignedDuration::from_hours(25);

/// The payload of [`RENAME_JOB`]. The answers go to the slug that the field has when the job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    /// The merchant.
    pub organization_id: Uuid,
    /// The field.
    pub field_id: Uuid,
    /// The slug that it had.
    pub old: String,
    /// Time at which it was given up.
    pub at: Timestamp,
}

/// A new field; `holder` is the live field that has the slug.
pub fn create(
    input: CustomFieldCreate,
    organization_id: Uuid,
    holder: Option<&CustomField>,
    ctx: &DecisionContext,
) -> Result<(CustomField, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    free(&input.slug, holder, &mut problems);
    collected(problems)?;
    let row = CustomField {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id,
        kind: input.kind,
        slug: input.slug,
        name: input.name,
        properties: Json(input.properties.properties()),
        metadata: Json(input.metadata),
        deleted_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&row);
    Ok((row, changes))
}

/// Changes a field; `holder` is the live field that has the new slug. Answers under an old slug move along,
/// a little later.
pub fn update(
    old: &CustomField,
    input: CustomFieldUpdate,
    holder: Option<&CustomField>,
    ctx: &DecisionContext,
) -> Result<(CustomField, Changes), Refusal> {
    let mut problems = Vec::new();
    if input.kind != old.kind {
        problems.push(Problem::value(
            loc!["body", "type"],
            "The type of a custom field cannot be changed",
            input.kind.as_str(),
        ));
    }
    let mut new = old.clone();
    if let Some(slug) = input.slug {
        free(&slug, holder.filter(|h| h.id != old.id), &mut problems);
        new.slug = slug;
    }
    collected(problems)?;
    if let Some(name) = input.name {
        new.name = name;
    }
    if let Some(properties) = input.properties {
        new.properties = Json(properties.properties());
    }
    if let Some(metadata) = input.metadata {
        new.metadata = Json(metadata);
    }
    let mut changes = Changes::new();
    changes.revise(old, &mut new, ctx);
    if new.slug != old.slug {
        let renamed = Renamed {
            organization_id: old.organization_id,
            field_id: old.id,
            old: old.slug.clone(),
            at: ctx.now,
        };
        let key = format!("{RENAME_JOB}:{}:{}", old.id, old.slug);
        changes.job(ctx, RENAME_JOB, &key, ctx.now, &renamed);
        let key = format!("{key}:again");
        changes.job(ctx, RENAME_JOB, &key, ctx.now + RENAME_AGAIN, &renamed);
    }
    Ok((new, changes))
}

/// Deletes a field: products do not ask for it any more, its slug is free again, answers stay.
pub fn delete(old: &CustomField, ctx: &DecisionContext) -> Changes {
    let gone = CustomField {
        deleted_at: Some(ctx.now),
        modified_at: Some(ctx.now),
        ..old.clone()
    };
    let mut changes = Changes::new();
    changes.update(old, &gone);
    changes
}

/// A slug belongs to one live field.
fn free(slug: &str, holder: Option<&CustomField>, problems: &mut Vec<Problem>) {
    if holder.is_some() {
        problems.push(Problem::value(
            loc!["body", "slug"],
            "A custom field with this slug already exists",
            slug,
        ));
    }
}
