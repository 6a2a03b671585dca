//! Creating, changing and deleting discounts.

use std::collections::BTreeMap;

use till_wire::{
    discounts::{
        Discount as View, DiscountCreate, DiscountDuration, DiscountLasting, DiscountType,
        DiscountUpdate, ENDS_FIRST, Off,
    },
    events::EventType,
    input::{Patch, Problem},
    loc,
    money::Currency,
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    events::Subscribers,
    folding::code_key,
    records::{Discount, Organization, Product},
    refusal::{Refusal, collected, no_organization_id},
    values::Json,
};

impl Discount {
    /// A discount that nobody has used, off these products; none: off all.
    pub fn new(
        input: DiscountCreate,
        organization_id: Uuid,
        product_ids: Vec<Uuid>,
        ctx: &DecisionContext,
    ) -> Self {
        let (duration, months) = match input.lasting {
            DiscountLasting::Once => (DiscountDuration::Once, None),
            DiscountLasting::Forever => (DiscountDuration::Forever, None),
            DiscountLasting::Repeating { duration_in_months } => {
                (DiscountDuration::Repeating, Some(duration_in_months))
            }
        };
        let (kind, basis_points, amounts) = match input.off {
            Off::Fixed(amounts) => (DiscountType::Fixed, None, Some(Json(amounts))),
            Off::Percentage(share) => (DiscountType::Percentage, Some(share), None),
        };
        Self {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            version: 1,
            organization_id,
            kind,
            name: input.name,
            code_key: input.code.as_deref().map(code_key),
            code: input.code,
            duration,
            duration_in_months: months,
            basis_points,
            amounts,
            starts_at: input.starts_at,
            ends_at: input.ends_at,
            max_redemptions: input.max_redemptions,
            max_redemptions_per_customer: input.max_redemptions_per_customer,
            redemptions_count: 0,
            product_ids: Json(product_ids),
            metadata: Json(input.metadata),
            deleted_at: None,
        }
    }
}

/// A new discount. `known` are those of the wanted products that exist, `holder` the live discount that has
/// the code.
pub fn create(
    input: DiscountCreate,
    organization: &Organization,
    known: &[Product],
    holder: Option<&Discount>,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(View, Changes), Refusal> {
    let mut problems = Vec::new();
    no_organization_id(input.organization_id, &mut problems);
    free(input.code.as_deref(), holder, &mut problems);
    let product_ids = existing(&input.products, known, &mut problems);
    collected(problems)?;
    let row = Discount::new(input, organization.id, product_ids, ctx);
    let mut changes = Changes::new();
    changes.insert(&row);
    let kind = EventType::DiscountCreated;
    Ok(emit(
        &row,
        changes,
        kind,
        organization,
        known,
        subscribers,
        ctx,
    ))
}

/// Changes a discount. `known` and `holder` are as in [`create`]; what the discount is worth stays once it
/// has been used.
pub fn update(
    old: &Discount,
    input: DiscountUpdate,
    organization: &Organization,
    known: &[Product],
    holder: Option<&Discount>,
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Result<(View, Changes), Refusal> {
    let mut problems = Vec::new();
    let mut new = old.clone();
    if input.kind.is_some_and(|kind| kind != old.kind) {
        refuse(
            "type",
            "The type of a discount cannot be changed",
            &mut problems,
        );
    }
    let duration = input.duration.clone().change();
    if duration.is_some_and(|duration| duration != Some(old.duration)) {
        refuse(
            "duration",
            "The duration of a discount cannot be changed",
            &mut problems,
        );
    }
    months(&mut new, &input, &mut problems);
    match old.kind {
        DiscountType::Percentage => share(&mut new, &input, &mut problems),
        DiscountType::Fixed => {
            amounts(
                &mut new,
                &input,
                organization.default_currency,
                &mut problems,
            );
        }
    }
    if let Some(name) = input.name {
        new.name = name;
    }
    let others = holder.filter(|other| other.id != old.id);
    free(
        input.code.as_value().map(String::as_str),
        others,
        &mut problems,
    );
    input.code.apply(&mut new.code);
    new.code_key = new.code.as_deref().map(code_key);
    let key = if input.ends_at.is_sent() {
        "ends_at"
    } else {
        "starts_at"
    };
    input.starts_at.apply(&mut new.starts_at);
    input.ends_at.apply(&mut new.ends_at);
    if let (Some(start), Some(end)) = (new.starts_at, new.ends_at)
        && start >= end
        && (new.starts_at, new.ends_at) != (old.starts_at, old.ends_at)
    {
        refuse(key, ENDS_FIRST, &mut problems);
    }
    input.max_redemptions.apply(&mut new.max_redemptions);
    input
        .max_redemptions_per_customer
        .apply(&mut new.max_redemptions_per_customer);
    match input.products {
        Patch::Absent => {}
        Patch::Null => new.product_ids = Json::default(),
        Patch::Value(wanted) => {
            new.product_ids = Json(existing(&wanted, known, &mut problems));
        }
    }
    if let Some(metadata) = input.metadata {
        new.metadata = Json(metadata);
    }
    collected(problems)?;
    let mut changes = Changes::new();
    changes.revise(old, &mut new, ctx);
    let kind = EventType::DiscountUpdated;
    Ok(emit(
        &new,
        changes,
        kind,
        organization,
        known,
        subscribers,
        ctx,
    ))
}

/// Deletes a discount: its code is free again; sessions that hold it may still use it.
pub fn delete(
    old: &Discount,
    organization: &Organization,
    known: &[Product],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Changes {
    let gone = Discount {
        deleted_at: Some(ctx.now),
        modified_at: Some(ctx.now),
        ..old.clone()
    };
    let mut changes = Changes::new();
    changes.update(old, &gone);
    let kind = EventType::DiscountDeleted;
    emit(&gone, changes, kind, organization, known, subscribers, ctx).1
}

fn emit(
    row: &Discount,
    mut changes: Changes,
    kind: EventType,
    organization: &Organization,
    known: &[Product],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> (View, Changes) {
    let view = row.view(organization.default_currency, known);
    changes.emit(subscribers, ctx, kind, row.id, || &view);
    (view, changes)
}

fn refuse(key: &'static str, words: &str, problems: &mut Vec<Problem>) {
    let null = serde_json::Value::Null;
    problems.push(Problem::value(loc!["body", key], words, null));
}

/// A code belongs to one live discount, in any case.
fn free(code: Option<&str>, holder: Option<&Discount>, problems: &mut Vec<Problem>) {
    if let (Some(code), Some(_)) = (code, holder) {
        let words = "A discount with this code already exists";
        problems.push(Problem::value(loc!["body", "code"], words, code));
    }
}

/// The wanted products, each once; those that do not exist are told of at their place.
fn existing(wanted: &[Uuid], known: &[Product], problems: &mut Vec<Problem>) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for (i, id) in wanted.iter().enumerate() {
        if !known.iter().any(|product| product.id == *id) {
            problems.push(Problem::value(
                loc!["body", "products", i],
                "This product does not exist",
                id.to_string(),
            ));
        } else if !ids.contains(id) {
            ids.push(*id);
        }
    }
    ids
}

/// Told where a value is to change that buyers have agreed to already.
const USED: &str = "The value of a discount cannot be changed once it has been used";

/// The number of months goes with `repeating` alone.
fn months(new: &mut Discount, input: &DiscountUpdate, problems: &mut Vec<Problem>) {
    let Some(months) = input.duration_in_months.clone().change() else {
        return;
    };
    if months == new.duration_in_months {
        return;
    }
    let words = match (new.duration, months) {
        _ if new.redemptions_count > 0 => USED,
        (DiscountDuration::Repeating, None) => "A repeating discount requires a number of months",
        (DiscountDuration::Repeating, Some(_)) => {
            new.duration_in_months = months;
            return;
        }
        _ => "Only repeating discounts can have a number of months",
    };
    refuse("duration_in_months", words, problems);
}

fn share(new: &mut Discount, input: &DiscountUpdate, problems: &mut Vec<Problem>) {
    match input.basis_points.clone().change() {
        None => {}
        Some(share) if share == new.basis_points => {}
        Some(_) if new.redemptions_count > 0 => refuse("basis_points", USED, problems),
        // Null for what cannot be null is not sent (docs/behaviour: api/null-and-absent).
        Some(share) => new.basis_points = share.or(new.basis_points),
    }
}

/// `amounts` replaces them all; `amount` with `currency` leaves that one alone; `amount` by itself is an edit
/// of the amount that is shown, and another `currency` by itself says nothing.
fn amounts(
    new: &mut Discount,
    input: &DiscountUpdate,
    default_currency: Currency,
    problems: &mut Vec<Problem>,
) {
    let old = new.amounts.clone().unwrap_or_default().0;
    let shown = new.shown_amount(default_currency);
    if new.redemptions_count > 0 {
        let differs = |key, sent: bool, problems: &mut Vec<Problem>| {
            if sent {
                refuse(key, USED, problems);
            }
        };
        let amounts = input.amounts.clone().change();
        differs(
            "amounts",
            amounts.is_some_and(|sent| sent != Some(old)),
            problems,
        );
        let amount = input.amount.clone().change();
        let same = shown.map(|(_, amount)| amount);
        differs("amount", amount.is_some_and(|sent| sent != same), problems);
        let currency = input.currency.clone().change();
        let same = shown.map(|(currency, _)| currency);
        differs(
            "currency",
            currency.is_some_and(|sent| sent != same),
            problems,
        );
        return;
    }
    let (amount, currency) = (input.amount.as_value(), input.currency.as_value());
    let changed = match (input.amounts.as_value(), amount, currency) {
        (Some(amounts), _, _) => amounts.clone(),
        (None, Some(amount), Some(currency)) => BTreeMap::from([(*currency, *amount)]),
        (None, Some(amount), None) => {
            let mut amounts = old;
            let currency = shown.map_or(default_currency, |(currency, _)| currency);
            amounts.insert(currency, *amount);
            amounts
        }
        (None, None, Some(currency)) if shown.is_none_or(|(shown, _)| shown != *currency) => {
            return refuse("currency", "Send the amount in this currency too", problems);
        }
        (None, None, _) => return,
    };
    new.amounts = Some(Json(changed));
}

/// A code that is hard to guess and easy to read out: eight capital letters and digits, of which none looks
/// like another.
pub fn new_code(ctx: &DecisionContext) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let random = ctx.id();
    // The last eight bytes but for the two bits that say which kind of id it is.
    let bytes = random.as_bytes()[8..].iter();
    bytes
        .map(|b| char::from(ALPHABET[usize::from(b & 31)]))
        .collect()
}
