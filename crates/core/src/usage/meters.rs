//! Meters (docs/behaviour/meters.md).

use till_wire::{
    input::Problem,
    loc,
    meters::{Meter as View, MeterCreate, MeterUnit, MeterUpdate},
};

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{Meter, MeterFold, Organization},
    refusal::{Refusal, collected, no_organization_id},
    values::Json,
};

/// Meters that an organization may have, archived ones too: each event is counted with each of them.
pub const METERS: i64 = 200;

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

/// A new meter. `others`: the number of meters that the organization has.
pub fn create(
    input: MeterCreate,
    organization: &Organization,
    others: i64,
    ctx: &DecisionContext,
) -> Result<(Meter, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    if others >= METERS {
        let words = format!("Value error, there can be at most {METERS} meters");
        problems.push(Problem::value(loc!["body"], words, serde_json::Value::Null));
    }
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
    // Of two that are made at the same time, one counts the other.
    changes.touch(organization);
    changes.insert(&meter);
    changes.insert(&uncounted(&meter));
    Ok((meter, changes))
}

/// A meter that has counted nothing yet: it begins with the first event that came in.
fn uncounted(meter: &Meter) -> MeterFold {
    MeterFold {
        id: meter.id,
        organization_id: meter.organization_id,
        version: 1,
        round: 0,
        events: 0,
    }
}

/// Changes a meter. `in_use`: an active price or a benefit counts with it, so it cannot be archived. `fold`: how far it
/// has counted; once it has counted an event, what it counts stays.
pub fn update(
    meter: &Meter,
    input: MeterUpdate,
    in_use: bool,
    fold: Option<&MeterFold>,
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
    let counts_otherwise = [
        ("filter", new.filter != meter.filter),
        ("aggregation", new.aggregation != meter.aggregation),
    ];
    if fold.is_some_and(|fold| fold.events > 0) {
        let changed = counts_otherwise.iter().filter(|(_, is_other)| *is_other);
        problems.extend(changed.map(|(key, _)| {
            Problem::new(
                "forbidden",
                loc!["body", *key],
                "This cannot be changed once the meter has counted an event",
                serde_json::Value::Null,
            )
        }));
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
    if counts_otherwise.iter().any(|(_, is_other)| *is_other) {
        // It counts anew from the first event, and nobody has counted with it meanwhile.
        match fold {
            Some(fold) => changes.update_told(
                fold,
                &MeterFold {
                    round: 0,
                    ..fold.clone()
                },
            ),
            None => changes.insert(&uncounted(meter)),
        };
    }
    Ok((new, changes))
}
