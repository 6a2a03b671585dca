//! Grants of a purchase, brought in line with what it should give (docs/behaviour: benefits/sync).

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use till_wire::{benefits::BenefitType, events::EventType};
use uuid::Uuid;

use super::{
    GrantRows, Holder,
    credits::{Counts, has_moved},
    granted_properties, is_granted,
    license_keys::{self, Keys},
};
use crate::kernel::{
    changes::{Changes, Revised},
    context::DecisionContext,
    events::Subscribers,
    grants::GrantScope,
    records::{Benefit, BenefitGrant},
    values::Json,
};

/// Grants that one run changes at most; the rest has a run of its own. Each is an event for each endpoint.
pub const MOST_AT_ONCE: usize = 200;

/// Holder of a grant, and its benefit.
type Place = (Option<Uuid>, Uuid);

fn place(grant: &BenefitGrant) -> Place {
    (grant.member_id, grant.benefit_id)
}

/// Brings the grants of a purchase in line with what it gives: first what is to be revoked, then what is to be granted, each
/// in the order of the product, then what is given differently, then the paid renewals that were not told of yet.
///
/// Decided from how things are and not from what happened, so it may run any number of times: where all is in line already,
/// nothing is written.
pub fn sync(
    rows: &GrantRows,
    holders: &[Holder],
    subscribers: &Subscribers,
    ctx: &DecisionContext,
) -> Changes {
    let mut work = Sync {
        rows,
        subscribers,
        ctx,
        changes: Changes::new(),
        guarded: HashSet::new(),
        keys: rows.keys.iter().map(|key| (key.grant_id, key)).collect(),
        cycles: rows.cycles.iter().copied().collect(),
        counts: Counts::new(rows, ctx),
        done: 0,
    };
    // A team has as many grants as members times benefits: each is looked up, and not searched for.
    let mut wanted = wanted(rows, holders);
    let had: HashMap<Place, &BenefitGrant> = rows
        .grants
        .iter()
        .map(|grant| (place(grant), grant))
        .collect();
    let met = |want: &Want<'_>| had.get(&want.place()).copied();
    wanted.retain(|want| !met(want).is_some_and(|grant| work.is_taken_back(grant)));
    let due: HashSet<Place> = wanted.iter().map(Want::place).collect();
    for grant in &rows.grants {
        match grant.is_live() {
            true if !due.contains(&place(grant)) => work.revoke(grant),
            false if !due.contains(&place(grant)) => work.revoke_key(grant),
            _ => {}
        }
    }
    for want in &wanted {
        match met(want) {
            Some(grant) if grant.is_live() => {}
            Some(grant) => work.grant_again(grant, want),
            None => work.grant(want),
        }
    }
    for want in &wanted {
        if let Some(grant) = met(want).filter(|grant| grant.is_live()) {
            work.keep(grant, want);
        }
    }
    work.finish()
}

/// A benefit that somebody is to have.
struct Want<'a> {
    holder: Holder,
    benefit: &'a Benefit,
    position: i64,
}

impl Want<'_> {
    fn place(&self) -> Place {
        (self.holder.member_id, self.benefit.id)
    }
}

/// Benefits that are to be had, each with its holder.
fn wanted<'a>(rows: &'a GrantRows, holders: &[Holder]) -> Vec<Want<'a>> {
    if !rows.gives || rows.customer.deleted_at.is_some() {
        return Vec::new();
    }
    let given = |benefit: &&Benefit| benefit.deleted_at.is_none() && is_granted(benefit.kind);
    let benefits = || (0..).zip(rows.benefits.iter().filter(given));
    let of_holder = |holder: &Holder| {
        let holder = *holder;
        benefits().map(move |(position, benefit)| Want {
            holder,
            benefit,
            position,
        })
    };
    holders.iter().flat_map(of_holder).collect()
}

struct Sync<'a> {
    rows: &'a GrantRows,
    subscribers: &'a Subscribers,
    ctx: &'a DecisionContext,
    changes: Changes,
    /// Benefits that must be as they were read, and the subscription where it must.
    guarded: HashSet<Uuid>,
    /// License keys, by the IDs of their grants.
    keys: Keys<'a>,
    /// Paid renewals of live grants, by their IDs.
    cycles: HashMap<Uuid, i64>,
    /// Credits of the customer.
    counts: Counts<'a>,
    /// Grants that are changed or told of so far.
    done: usize,
}

impl Sync<'_> {
    /// True where one more grant may be changed in this run.
    fn has_room(&mut self) -> bool {
        self.done += 1;
        self.done <= MOST_AT_ONCE
    }

    fn revoke(&mut self, grant: &BenefitGrant) {
        let known = self.rows.benefits.iter().chain(&self.rows.former);
        let Some(benefit) = known.into_iter().find(|known| known.id == grant.benefit_id) else {
            return;
        };
        if !self.has_room() {
            return;
        }
        let mut new = grant.clone();
        (new.granted_at, new.revoked_at) = (None, Some(self.ctx.now));
        new.properties = BenefitGrant::nothing();
        self.hold_up_bill(benefit);
        self.counts.take_back(&mut new);
        self.change(grant, new, benefit, EventType::BenefitGrantRevoked);
        if let Some(given) = license_keys::revoked(&self.keys, grant.id) {
            given.write(&mut self.changes, self.ctx);
        }
    }

    /// True where the merchant took the license key of a grant back.
    fn is_taken_back(&self, grant: &BenefitGrant) -> bool {
        let key = self.keys.get(&grant.id);
        key.is_some_and(|key| key.is_taken_back())
    }

    /// Revokes the license key of a grant that is revoked already, where the key can still be used.
    fn revoke_key(&mut self, grant: &BenefitGrant) {
        let Some(given) = license_keys::revoked(&self.keys, grant.id) else {
            return;
        };
        if self.has_room() {
            given.write(&mut self.changes, self.ctx);
        }
    }

    /// Has the commit refused where the benefit is edited or deleted meanwhile: whoever does that looks at live grants
    /// alone, and would not see this one.
    fn guard(&mut self, benefit: &Benefit) {
        if self.guarded.insert(benefit.id) {
            self.changes.guard(benefit);
        }
        self.hold_up_bill(benefit);
    }

    /// Has the commit refused where a period of the subscription begins meanwhile, and the step that begins one where this
    /// is committed first: it ends the credits of the grants that it sees (docs/behaviour: credits/exact).
    fn hold_up_bill(&mut self, benefit: &Benefit) {
        if let Some(subscription) = &self.rows.subscription
            && benefit.kind == BenefitType::MeterCredit
            && self.guarded.insert(subscription.id)
        {
            self.changes.touch(subscription);
        }
    }

    fn grant(&mut self, want: &Want<'_>) {
        if !self.has_room() {
            return;
        }
        self.guard(want.benefit);
        let (rows, ctx) = (self.rows, self.ctx);
        let mut new = BenefitGrant {
            id: ctx.id(),
            created_at: ctx.now,
            modified_at: None,
            version: 1,
            organization_id: rows.customer.organization_id,
            customer_id: rows.customer.id,
            member_id: want.holder.member_id,
            benefit_id: want.benefit.id,
            subscription_id: rows.subscription.as_ref().map(|one| one.id),
            order_id: rows.order_id,
            granted_at: Some(ctx.now),
            revoked_at: None,
            properties: Json(granted_properties(want.benefit)),
            position: want.position,
            cycles: 0,
            credited: None,
        };
        let given = license_keys::of_grant(&self.keys, &new, want.benefit, ctx);
        if let Some(given) = &given {
            new.properties = Json(given.properties());
        }
        self.counts.begin(&mut new, want.benefit);
        self.changes.insert(&new);
        if let Some(given) = given {
            given.write(&mut self.changes, ctx);
        }
        let before = BenefitGrant::nothing();
        self.tell(
            &new,
            want.benefit,
            &before.0,
            EventType::BenefitGrantCreated,
        );
    }

    /// Grants what was revoked: it is the same grant.
    fn grant_again(&mut self, grant: &BenefitGrant, want: &Want<'_>) {
        if !self.has_room() {
            return;
        }
        self.guard(want.benefit);
        let given = license_keys::of_grant(&self.keys, grant, want.benefit, self.ctx);
        let properties = given.as_ref().map(license_keys::Given::properties);
        let mut new = BenefitGrant {
            granted_at: Some(self.ctx.now),
            revoked_at: None,
            properties: Json(properties.unwrap_or_else(|| granted_properties(want.benefit))),
            position: want.position,
            cycles: 0,
            ..grant.clone()
        };
        self.counts.begin(&mut new, want.benefit);
        if let Some(given) = given {
            given.write(&mut self.changes, self.ctx);
        }
        self.change(grant, new, want.benefit, EventType::BenefitGrantCreated);
    }

    /// A live grant stays: what it gives may be something else now, and each paid renewal is told of once
    /// (docs/behaviour: benefits/cycled).
    fn keep(&mut self, grant: &BenefitGrant, want: &Want<'_>) {
        let given = license_keys::of_grant(&self.keys, grant, want.benefit, self.ctx);
        let given = given.filter(license_keys::Given::is_changed);
        let gives_credits = want.benefit.kind == BenefitType::MeterCredit;
        let properties = match (&given, self.keys.get(&grant.id)) {
            (Some(given), _) => given.properties(),
            (None, None) if !gives_credits => granted_properties(want.benefit),
            (None, _) => grant.properties.0.clone(),
        };
        let has_moved = has_moved(grant, want.benefit);
        let is_updated = has_moved
            || properties != grant.properties.0
            || given.as_ref().is_some_and(license_keys::Given::is_updated);
        let counted = self.cycles.get(&grant.id);
        let paid = counted.map_or(0, |count| count - grant.cycles).max(0);
        let is_same = paid == 0 && want.position == grant.position && given.is_none();
        if !is_updated && is_same {
            return;
        }
        if !self.has_room() {
            return;
        }
        let mut new = BenefitGrant {
            properties: Json(properties),
            position: want.position,
            cycles: grant.cycles + paid,
            ..grant.clone()
        };
        if has_moved {
            self.counts.take_back(&mut new);
        }
        if has_moved || paid > 0 {
            self.counts.renew(&mut new, want.benefit, paid.max(1));
        }
        if is_updated {
            new.modified_at = Some(self.ctx.now);
        }
        self.guard(want.benefit);
        self.changes.update(grant, &new);
        if let Some(given) = given {
            given.write(&mut self.changes, self.ctx);
        }
        if is_updated {
            let before = &grant.properties.0;
            self.tell(&new, want.benefit, before, EventType::BenefitGrantUpdated);
        }
        for _ in 0..paid {
            let now = &new.properties.0;
            self.tell(&new, want.benefit, now, EventType::BenefitGrantCycled);
        }
    }

    fn change(
        &mut self,
        old: &BenefitGrant,
        mut new: BenefitGrant,
        benefit: &Benefit,
        kind: EventType,
    ) {
        new.revised(self.ctx.now);
        self.changes.update(old, &new);
        self.tell(&new, benefit, &old.properties.0, kind);
    }

    fn tell(&mut self, grant: &BenefitGrant, benefit: &Benefit, before: &Value, kind: EventType) {
        let (rows, ctx) = (self.rows, self.ctx);
        let member = rows.members.iter().find(|m| Some(m.id) == grant.member_id);
        self.changes
            .emit(self.subscribers, ctx, kind, grant.id, || {
                grant
                    .view(&rows.customer, member, benefit)
                    .changed_from(before.clone())
            });
        self.counts.note(&mut self.changes);
    }

    fn finish(mut self) -> Changes {
        let (rows, ctx) = (self.rows, self.ctx);
        if self.done == 0 {
            return self.changes;
        }
        self.counts.write(&mut self.changes);
        // Whoever was deleted has told of the end itself.
        if rows.customer.deleted_at.is_none() {
            let customer_id = rows.customer.id;
            self.changes
                .state_changed(self.subscribers, ctx, customer_id);
        }
        if self.done > MOST_AT_ONCE {
            let subscription = rows.subscription.as_ref();
            let subscription = subscription.map(|one| GrantScope::Subscription(one.id));
            let order = rows.order_id.map(GrantScope::Order);
            if let Some(scope) = subscription.or(order) {
                self.changes.sync_grants(ctx, scope);
            }
        }
        self.changes
    }
}
