//! Creating a product.

use till_wire::{
    events::EventType,
    files::FileService,
    input::Problem,
    loc,
    products::{FieldAttach, PriceCreate, ProductCreate},
    values::Interval,
};
use uuid::Uuid;

use super::{
    Parts, ProductWithPrices,
    compose::{Rules, compose, new_prices, price_row},
};
use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    records::{AttachedField, CustomField, File, Meter, Organization, Product, ProductPrice},
    refusal::{Refusal, collected, no_organization_id},
    values::Json,
};

/// The rows that a body names by id, as far as they exist in the organization.
#[derive(Debug, Clone, Default)]
pub struct ProductReferences {
    /// The meters of metered prices.
    pub meters: Vec<Meter>,
    /// Custom fields.
    pub fields: Vec<CustomField>,
    /// Pictures.
    pub medias: Vec<File>,
}

impl ProductReferences {
    /// The meters that a price may count with.
    pub(super) fn usable_meters(&self) -> Vec<Meter> {
        let usable = self.meters.iter().filter(|m| m.archived_at.is_none());
        usable.cloned().collect()
    }

    /// The pictures of these ids, in their order; what cannot be shown is a problem at its place.
    pub(super) fn medias(&self, ids: &[Uuid], problems: &mut Vec<Problem>) -> Vec<File> {
        let shown = |file: &&File| {
            file.service == FileService::ProductMedia
                && file.is_uploaded
                && file.deleted_at.is_none()
        };
        let find = |id: &Uuid| self.medias.iter().filter(shown).find(|f| f.id == *id);
        resolve("medias", "file", ids, find, problems)
    }

    /// The custom fields of these ids, in their order; one that does not exist is a problem at its place.
    pub(super) fn fields(
        &self,
        asked: &[FieldAttach],
        problems: &mut Vec<Problem>,
    ) -> (Vec<AttachedField>, Vec<CustomField>) {
        let ids: Vec<_> = asked.iter().map(|a| a.custom_field_id).collect();
        let live = |field: &&CustomField| field.deleted_at.is_none();
        let find = |id: &Uuid| self.fields.iter().filter(live).find(|f| f.id == *id);
        let rows = resolve(
            "attached_custom_fields",
            "custom field",
            &ids,
            find,
            problems,
        );
        let attached = asked.iter().map(|a| AttachedField {
            custom_field_id: a.custom_field_id,
            required: a.required,
        });
        (attached.collect(), rows)
    }
}

/// The rows of these ids, in their order; what is not found, or found twice, is a problem at its place.
pub(super) fn resolve<'r, R: Clone + 'r>(
    key: &'static str,
    what: &str,
    ids: &[Uuid],
    find: impl Fn(&Uuid) -> Option<&'r R>,
    problems: &mut Vec<Problem>,
) -> Vec<R> {
    let mut rows = Vec::new();
    for (i, id) in ids.iter().enumerate() {
        let words = match find(id) {
            None => format!("This {what} does not exist"),
            Some(_) if ids[..i].contains(id) => format!("This {what} is already in the list"),
            Some(row) => {
                rows.push(row.clone());
                continue;
            }
        };
        problems.push(Problem::value(loc!["body", key, i], words, id.to_string()));
    }
    rows
}

/// A new product; all broken rules are told together (docs/behaviour: products/all-problems).
pub fn create(
    input: ProductCreate,
    organization: &Organization,
    named: &ProductReferences,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(ProductWithPrices, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    let place = loc!["body", "prices"];
    let prices = new_prices(input.prices, &place, &mut problems);
    let meters = named.usable_meters();
    let rules = Rules {
        organization,
        recurring: input.recurring.is_some(),
        meters: &meters,
    };
    compose(&prices, &rules, &place, &mut problems);
    let medias = named.medias(&input.medias, &mut problems);
    let (attached, fields) = named.fields(&input.attached_custom_fields, &mut problems);
    if let Some(cycle) = input.meter_cycle {
        judge_cycle(cycle, input.recurring, organization, &mut problems);
    }
    collected(problems)?;
    let product = Product {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        name: input.name,
        description: input.description,
        visibility: input.visibility,
        recurring_interval: input.recurring.map(|(interval, _)| interval),
        recurring_interval_count: input.recurring.map(|(_, count)| count),
        is_archived: false,
        metadata: Json(input.metadata),
        trial_interval: input.trial.map(|(interval, _)| interval),
        trial_interval_count: input.trial.map(|(_, count)| count),
        meter_interval: input.meter_cycle.map(|(interval, _)| interval),
        meter_interval_count: input.meter_cycle.map(|(_, count)| count),
        benefit_ids: Json::default(),
        media_ids: Json(input.medias),
        custom_fields: Json(attached),
    };
    let rows: Vec<_> = prices
        .iter()
        .map(|(i, p)| price_row(&product, *i, p, ctx))
        .collect();
    let mut changes = Changes::new();
    changes.insert(&product);
    for row in &rows {
        changes.insert(row);
    }
    hold_meters(&rows, &meters, &mut changes);
    let mut offered = ProductWithPrices::new(product, rows);
    offered.parts = Parts {
        benefits: Vec::new(),
        medias,
        fields,
        meters,
        ..Parts::default()
    };
    changes.emit(
        subscribers,
        ctx,
        EventType::ProductCreated,
        offered.product.id,
        || offered.view(),
    );
    Ok((offered, changes))
}

/// Of a new price on a meter and the meter's archiving at the same moment, one is decided again.
pub(super) fn hold_meters(prices: &[ProductPrice], meters: &[Meter], changes: &mut Changes) {
    for meter in meters {
        if prices.iter().any(|p| p.meter_id == Some(meter.id)) {
            changes.touch(meter);
        }
    }
}

/// Checks that usage may be settled in a cycle of its own: the feature is on, and the cycle divides the billing
/// period (docs/behaviour: products/meter-cycle).
fn judge_cycle(
    cycle: (Interval, i64),
    billing: Option<(Interval, i64)>,
    organization: &Organization,
    problems: &mut Vec<Problem>,
) {
    let words = if !organization.settings.features().meter_cycling_enabled {
        "Separate meter intervals are not enabled for this organization"
    } else if !billing.is_some_and(|billing| divides(cycle, billing)) {
        "The billing interval must be a multiple of the meter interval"
    } else {
        return;
    };
    problems.push(Problem::value(
        loc!["body", "meter_interval"],
        words,
        cycle.0.as_str(),
    ));
}

/// True where a whole number of meter cycles makes a billing period. Months and years have no fixed number
/// of days, so only single days divide them.
pub(super) fn divides(meter: (Interval, i64), billing: (Interval, i64)) -> bool {
    use Interval::{Day, Month, Week, Year};
    let ((unit, m), (period, n)) = (meter, billing);
    match (unit, period) {
        (Day, Day) | (Week, Week) | (Month, Month) | (Year, Year) => n % m == 0,
        (Day, Week) => (7 * n) % m == 0,
        (Month, Year) => (12 * n) % m == 0,
        (Day, Month | Year) => m == 1,
        _ => false,
    }
}

/// The request that a price that stays is judged as.
pub(super) fn kept(price: &ProductPrice) -> PriceCreate {
    PriceCreate {
        amount: price.cost(),
        currency: price.currency,
        tax_behavior: price.tax_behavior,
    }
}
