//! Benefits: what a purchase includes. Who has them is decided in [`crate::benefits`].

use till_wire::{
    benefits::{
        Benefit as View, BenefitCreate, BenefitPublic, BenefitType, BenefitUpdate,
        BenefitVisibility, Properties,
    },
    events::EventType,
    files::FileService,
    input::Problem,
    loc,
    metadata::Metadata,
};
use uuid::Uuid;

use crate::{
    benefits::followed,
    kernel::{
        changes::Changes,
        context::DecisionContext,
        events::Subscribers,
        grants::ScopesOf,
        records::{Benefit, File, Meter, Organization},
        refusal::{Refusal, collected, no_organization_id},
        values::Json,
    },
};

impl Benefit {
    /// The benefit as its merchant sees it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            kind: self.kind,
            description: self.description.clone(),
            selectable: true,
            deletable: true,
            is_deleted: self.deleted_at.is_some(),
            organization_id: self.organization_id,
            is_tax_applicable: true,
            metadata: self.metadata.0.clone(),
            visibility: self.visibility,
            visibility_configurable: self.kind.visibility_is_configurable(),
            properties: self.properties.0.clone(),
        }
    }

    /// The benefit as part of a product that is sold.
    pub fn public_view(&self) -> BenefitPublic {
        BenefitPublic {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            kind: self.kind,
            description: self.description.clone(),
            selectable: true,
            deletable: true,
            is_deleted: self.deleted_at.is_some(),
            organization_id: self.organization_id,
            metadata: Some(Metadata::default()),
        }
    }
}

/// The rows that the properties of a benefit name by id, as far as they exist in the organization.
#[derive(Debug, Clone, Default)]
pub struct BenefitReferences {
    /// The meter of credits.
    pub meters: Vec<Meter>,
    /// Files to be given.
    pub files: Vec<File>,
}

/// The meters and the files that properties name.
pub fn referenced_ids(properties: Option<&Properties>) -> (Vec<Uuid>, Vec<Uuid>) {
    match properties {
        Some(Properties::MeterCredit { meter_id, .. }) => (vec![*meter_id], vec![]),
        Some(Properties::Downloadables { files, .. }) => (vec![], files.clone()),
        _ => (vec![], vec![]),
    }
}

/// Problems of properties that name a meter or a file that is not there.
fn judge_properties(
    properties: &Properties,
    referenced: &BenefitReferences,
    problems: &mut Vec<Problem>,
) {
    match properties {
        Properties::MeterCredit { meter_id, .. } => {
            let usable = |meter: &Meter| meter.id == *meter_id && meter.archived_at.is_none();
            if !referenced.meters.iter().any(usable) {
                problems.push(Problem::value(
                    loc!["body", "properties", "meter_id"],
                    "This meter does not exist",
                    meter_id.to_string(),
                ));
            }
        }
        Properties::Downloadables { files, .. } => {
            for (i, id) in files.iter().enumerate() {
                let given = |file: &File| {
                    file.id == *id
                        && file.service == FileService::Downloadable
                        && file.is_uploaded
                        && file.deleted_at.is_none()
                };
                if !referenced.files.iter().any(given) {
                    problems.push(Problem::value(
                        loc!["body", "properties", "files", i],
                        "This file does not exist",
                        id.to_string(),
                    ));
                }
            }
        }
        // There is no way yet to connect a server, so there are no tokens of one.
        Properties::Discord { guild_token, .. } => problems.push(Problem::value(
            loc!["body", "properties", "guild_token"],
            "This is not the token of a connected Discord server",
            guild_token.clone(),
        )),
        // Nor is there one to connect Slack, whatever the organization's settings say.
        Properties::SlackSharedChannel { .. } => problems.push(Problem::value(
            loc!["body", "type"],
            "Slack channels are not enabled for this organization",
            BenefitType::SlackSharedChannel.as_str(),
        )),
        // Nor is there one to connect repositories.
        Properties::GithubRepository { .. } => problems.push(Problem::value(
            loc!["body", "type"],
            "Benefits of this type are not supported",
            BenefitType::GithubRepository.as_str(),
        )),
        _ => {}
    }
}

/// The visibility of a benefit where none is given.
fn usual(kind: BenefitType) -> BenefitVisibility {
    match kind {
        BenefitType::FeatureFlag => BenefitVisibility::Private,
        _ => BenefitVisibility::Public,
    }
}

fn judge_visibility(
    kind: BenefitType,
    visibility: Option<BenefitVisibility>,
    problems: &mut Vec<Problem>,
) {
    if let Some(visibility) = visibility
        && visibility != BenefitVisibility::Public
        && !kind.visibility_is_configurable()
    {
        problems.push(Problem::value(
            loc!["body", "visibility"],
            "Benefits of this type are always public",
            visibility.as_str(),
        ));
    }
}

/// A new benefit.
pub fn create(
    input: BenefitCreate,
    organization: &Organization,
    referenced: &BenefitReferences,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(Benefit, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    judge_visibility(input.kind, input.visibility, &mut problems);
    judge_properties(&input.properties, referenced, &mut problems);
    collected(problems)?;
    let benefit = Benefit {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        kind: input.kind,
        description: input.description,
        visibility: input.visibility.unwrap_or(usual(input.kind)),
        properties: Json(input.properties.json()),
        metadata: Json(input.metadata),
        deleted_at: None,
    };
    let mut changes = Changes::new();
    changes.insert(&benefit);
    hold_meters(referenced, &mut changes);
    changes.emit(
        subscribers,
        ctx,
        EventType::BenefitCreated,
        benefit.id,
        || benefit.view(),
    );
    Ok((benefit, changes))
}

/// Of a new benefit on a meter and the meter's archiving at the same moment, one is decided again.
fn hold_meters(referenced: &BenefitReferences, changes: &mut Changes) {
    for meter in &referenced.meters {
        changes.touch(meter);
    }
}

/// Changes a benefit; its type is repeated and cannot change. Its grants change where they give something else now
/// (docs/behaviour: benefits/edited).
pub fn update(
    benefit: &Benefit,
    input: BenefitUpdate,
    referenced: &BenefitReferences,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(Benefit, Changes), Refusal> {
    let mut problems = Vec::new();
    if input.kind != benefit.kind {
        return Err(Refusal::field(Problem::value(
            loc!["body", "type"],
            "The type of a benefit cannot be changed",
            input.kind.as_str(),
        )));
    }
    judge_visibility(benefit.kind, input.visibility, &mut problems);
    let mut new = benefit.clone();
    if let Some(description) = input.description {
        new.description = description;
    }
    if let Some(visibility) = input.visibility {
        new.visibility = visibility;
    }
    if let Some(properties) = input.properties {
        judge_properties(&properties, referenced, &mut problems);
        new.properties = Json(properties.json());
    }
    if let Some(metadata) = input.metadata {
        new.metadata = Json(metadata);
    }
    collected(problems)?;
    let mut changes = Changes::new();
    hold_meters(referenced, &mut changes);
    if followed(&new) != followed(benefit) {
        let id = benefit.id;
        changes.sync_grants_of(ctx, benefit.organization_id, ScopesOf::Benefit(id));
    }
    Ok(emit_updated(benefit, new, changes, subscribers, ctx))
}

/// Deletes a benefit: no product includes it any more, and its grants are revoked.
pub fn delete(benefit: &Benefit, subscribers: &Subscribers, ctx: &DecisionContext) -> Changes {
    let mut new = benefit.clone();
    new.deleted_at = Some(ctx.now);
    let mut changes = Changes::new();
    changes.sync_grants_of(ctx, benefit.organization_id, ScopesOf::Benefit(benefit.id));
    emit_updated(benefit, new, changes, subscribers, ctx).1
}

fn emit_updated(
    old: &Benefit,
    mut new: Benefit,
    mut changes: Changes,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> (Benefit, Changes) {
    changes.revise(old, &mut new, ctx);
    changes.emit(subscribers, ctx, EventType::BenefitUpdated, new.id, || {
        new.view()
    });
    (new, changes)
}
