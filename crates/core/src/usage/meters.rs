//! Meters (docs/behaviour/meters.md).

use till_wire::{
    input::Problem,
    loc,
    meters::{Meter as View, MeterCreate, MeterUnit, MeterUpdate},
};

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{Meter, Organization},
    refusal::{Refusal, collected, no_organization_id},
    values::Json,
};

impl Meter {
    /// The meter as the API shows it.
    pub fn view(&self) -> View {
        View {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            name: self.name.clone(),
            unit: self.unit,
            custom_label: self.custom_label.clone(),
            custom_multiplier: self.custom_multiplier,
            filter: self.filter.0.clone(),
            aggregation: self.aggregation.0.clone(),
            organization_id: self.organization_id,
            archived_at: self.archived_at,
            metadata: self.metadata.0.clone(),
        }
    }
}

/// A custom unit has a label; the others have none, and no multiplier.
fn fit_unit(meter: &mut Meter, problems: &mut Vec<Problem>) {
    if meter.unit != MeterUnit::Custom {
        meter.custom_label = None;
        meter.custom_multiplier = None;
    } else if meter.custom_label.is_none() {
        problems.push(Problem::new(
            "missing",
            loc!["body", "custom_label"],
            "A custom unit requires a label",
            serde_json::Value::Null,
        ));
    }
}

/// A new meter.
pub fn create(
    input: MeterCreate,
    organization: &Organization,
    ctx: &DecisionContext,
) -> Result<(Meter, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    let mut meter = Meter {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        name: input.name,
        unit: input.unit,
        custom_label: input.custom_label,
        custom_multiplier: input.custom_multiplier,
        filter: Json(input.filter),
        aggregation: Json(input.aggregation),
        metadata: Json(input.metadata),
        archived_at: None,
    };
    fit_unit(&mut meter, &mut problems);
    collected(problems)?;
    let mut changes = Changes::new();
    changes.insert(&meter);
    Ok((meter, changes))
}

/// Changes a meter. `in_use`: an active price or a benefit counts with it, so it cannot be archived.
pub fn update(
    meter: &Meter,
    input: MeterUpdate,
    in_use: bool,
    ctx: &DecisionContext,
) -> Result<(Meter, Changes), Refusal> {
    let mut problems = Vec::new();
    let mut new = meter.clone();
    if let Some(name) = input.name {
        new.name = name;
    }
    if let Some(unit) = input.unit {
        new.unit = unit;
    }
    input.custom_label.apply(&mut new.custom_label);
    input.custom_multiplier.apply(&mut new.custom_multiplier);
    fit_unit(&mut new, &mut problems);
    if let Some(filter) = input.filter {
        new.filter = Json(filter);
    }
    if let Some(aggregation) = input.aggregation {
        new.aggregation = Json(aggregation);
    }
    if let Some(metadata) = input.metadata {
        new.metadata = Json(metadata);
    }
    match input.is_archived {
        Some(true) if meter.archived_at.is_none() && in_use => problems.push(Problem::value(
            loc!["body", "is_archived"],
            "This meter is still used by a price or a benefit",
            true,
        )),
        Some(true) => new.archived_at = new.archived_at.or(Some(ctx.now)),
        Some(false) => new.archived_at = None,
        None => {}
    }
    collected(problems)?;
    let mut changes = Changes::new();
    changes.revise(meter, &mut new, ctx);
    Ok((new, changes))
}
