//! Usage, bills of it and grants, as the API tells them.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::Value;
use till_store::{Col, Query};
use uuid::Uuid;

use crate::{Failure, buyer::World, shop::METERS};

/// The time that reading may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Event of usage that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The sender's own name for it.
    pub name: String,
    pub is_call: bool,
    pub units: i64,
    /// True where it was sent before its customer had bought anything.
    pub is_early: bool,
    /// True where the sender got a definite answer.
    pub is_acknowledged: bool,
}

/// Event of usage that is stored.
#[derive(Debug, Clone)]
pub struct Event {
    pub name: String,
    pub customer: Option<Uuid>,
}

/// Usage that a subscription is yet to be billed for.
#[derive(Debug, Clone)]
pub struct Meter {
    pub name: String,
    pub consumed: f64,
    pub credited: i64,
}

/// Subscription whose use is measured.
#[derive(Debug, Clone)]
pub struct Measured {
    pub id: Uuid,
    pub customer: Uuid,
    pub meters: Vec<Meter>,
    /// Counts of its customer's meters.
    pub counts: Vec<Meter>,
}

/// Line of a bill for what was used.
#[derive(Debug, Clone)]
pub struct Billed {
    pub subscription: Uuid,
    pub meter: String,
    pub units: f64,
}

/// Grant of a benefit.
#[derive(Debug, Clone)]
pub struct Grant {
    pub id: Uuid,
    pub benefit: Uuid,
    /// The order or the subscription that it comes of.
    pub purchase: Uuid,
    /// The member of the customer who has it, where that is not the customer as such.
    pub member: Option<Uuid>,
    pub is_live: bool,
    pub granted_at: Option<Timestamp>,
    /// The license key that it names.
    pub key: Option<Uuid>,
}

/// License key.
#[derive(Debug, Clone)]
pub struct Key {
    pub id: Uuid,
    pub text: String,
    /// True where programs can use it.
    pub is_usable: bool,
}

/// Benefit of the product of a purchase that gives it, unless what was paid was given back or contested.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// The order or the subscription.
    pub id: Uuid,
    pub benefit: Uuid,
    /// False where it takes more than the purchase: somebody who has a seat.
    pub is_sure: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Usage {
    pub sent: Vec<Sent>,
    pub stored: Vec<Event>,
    pub measured: Vec<Measured>,
    pub billed: Vec<Billed>,
    /// Time of the bill of each period, and of each part of one, that is paid, by its subscription: grants are told of
    /// them, and credits given again.
    pub renewed: Vec<(Uuid, Timestamp)>,
    /// A license key, a note, and credits.
    pub benefits: [Uuid; 3],
    pub purchases: Vec<Purchase>,
    pub grants: Vec<Grant>,
    pub keys: Vec<Key>,
    /// Activations that buyers were told of, each with its license key.
    pub activated: Vec<(Uuid, Uuid)>,
    /// All activations of the keys whose activation was asked for.
    pub activations: Vec<(Uuid, Uuid)>,
}

/// Meter and units of a line of an order; none where it is about something else.
pub fn units(label: &str) -> Option<(String, f64)> {
    let (meter, rest) = label.split_once(": ")?;
    let (units, _) = rest.split_once(" ×")?;
    let units = units.parse().ok()?;
    METERS.contains(&meter).then(|| (meter.to_owned(), units))
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// All items of a list.
async fn all(world: &World, path: &str) -> Result<Vec<Value>, Failure> {
    let until = Instant::now() + PATIENCE;
    let mut items = Vec::new();
    for page in 1.. {
        let mark = if path.contains('?') { '&' } else { '?' };
        let place = format!("{path}{mark}limit=100&page={page}");
        let answer = world.read(&place, until).await;
        let answer = answer.map_err(|_| format!("{place}: no answer"))?;
        let Some(more) = answer.body["items"].as_array() else {
            return Err(format!("{place}: {} {}", answer.status, answer.body).into());
        };
        items.extend(more.iter().cloned());
        if more.len() < 100 {
            break;
        }
    }
    Ok(items)
}

impl Usage {
    /// Reads everything. `activating` are the keys whose activation was asked for.
    pub async fn read(
        world: &World,
        sent: Vec<Sent>,
        measured: &[(Uuid, Uuid)],
        (activating, activated): (BTreeSet<Uuid>, Vec<(Uuid, Uuid)>),
    ) -> Result<Self, Failure> {
        let shop = &world.shop;
        let mut usage = Self {
            sent,
            activated,
            benefits: shop.benefits,
            ..Self::default()
        };
        for event in all(world, "/v1/events/?source=user&sorting=timestamp").await? {
            usage.stored.push(Event {
                name: event["metadata"]["mark"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                customer: id(&event["customer_id"]),
            });
        }
        let counts = all(world, "/v1/customer-meters/").await?;
        for (customer, subscription) in measured {
            let path = format!("/v1/subscriptions/{subscription}");
            let until = Instant::now() + PATIENCE;
            let answer = world.read(&path, until).await;
            let answer = answer.map_err(|_| format!("{path}: no answer"))?;
            let own = counts
                .iter()
                .filter(|one| id(&one["customer_id"]) == Some(*customer));
            let shown = answer.body["meters"].as_array().into_iter().flatten();
            usage.measured.push(Measured {
                id: *subscription,
                customer: *customer,
                meters: shown.map(meter).collect(),
                counts: own.map(meter).collect(),
            });
        }
        // The API does not tell them from other bills of a part.
        let settling = Query::raw("select id from orders where settles_usage", vec![]);
        let settling = world.store.all::<Col<Uuid>>(settling).await?;
        let settling: BTreeSet<Uuid> = settling.into_iter().map(|Col(id)| id).collect();
        for order in all(world, "/v1/orders/").await? {
            usage.order(&order, shop.book, &settling);
        }
        for subscription in all(world, "/v1/subscriptions/?active=true").await? {
            let product = id(&subscription["product_id"]);
            let gives = ["active", "trialing"]
                .map(Value::from)
                .contains(&subscription["status"]);
            let (own, is_sure): (&[Uuid], bool) = match product {
                Some(one) if one == shop.metered => (&shop.benefits, true),
                Some(one) if one == shop.trial => (&shop.benefits[1..2], true),
                Some(one) if one == shop.team => (&shop.benefits[1..2], false),
                _ => (&[], true),
            };
            if let Some(id) = id(&subscription["id"]).filter(|_| gives) {
                usage.purchases.extend(own.iter().map(|benefit| Purchase {
                    id,
                    benefit: *benefit,
                    is_sure,
                }));
            }
        }
        for benefit in shop.benefits {
            for grant in all(world, &format!("/v1/benefits/{benefit}/grants")).await? {
                let purchase = id(&grant["subscription_id"]).or_else(|| id(&grant["order_id"]));
                usage.grants.push(Grant {
                    id: id(&grant["id"]).ok_or("a grant without an ID")?,
                    benefit,
                    purchase: purchase.ok_or("a grant of no purchase")?,
                    member: id(&grant["member_id"]),
                    is_live: grant["is_granted"] == true,
                    granted_at: moment(&grant["granted_at"]),
                    key: id(&grant["properties"]["license_key_id"]),
                });
            }
        }
        for key in all(world, "/v1/license-keys/").await? {
            usage.keys.push(Key {
                id: id(&key["id"]).ok_or("a key without an ID")?,
                text: key["key"].as_str().unwrap_or_default().to_owned(),
                is_usable: key["status"] == "granted",
            });
        }
        for key in activating {
            let path = format!("/v1/license-keys/{key}");
            let answer = world.read(&path, Instant::now() + PATIENCE).await;
            let answer = answer.map_err(|_| format!("{path}: no answer"))?;
            let there = answer.body["activations"].as_array().into_iter().flatten();
            let there = there.filter_map(|one| id(&one["id"]));
            usage.activations.extend(there.map(|one| (key, one)));
        }
        Ok(usage)
    }

    /// Takes in an order; `settling` are those that settle usage before an end or a change.
    fn order(&mut self, order: &Value, book: Uuid, settling: &BTreeSet<Uuid>) {
        if let Some(subscription) = id(&order["subscription_id"]) {
            let lines = order["items"].as_array().into_iter().flatten();
            let lines = lines.filter_map(|line| units(line["label"].as_str()?));
            self.billed.extend(lines.map(|(meter, units)| Billed {
                subscription,
                meter,
                units,
            }));
            let is_paid = order["paid"] == true;
            let is_settling = id(&order["id"]).is_some_and(|id| settling.contains(&id));
            let is_renewal = match order["billing_reason"].as_str() {
                Some("subscription_cycle") => true,
                Some("subscription_meter_cycle") => !is_settling,
                _ => false,
            };
            let at = moment(&order["created_at"]).filter(|_| is_paid && is_renewal);
            self.renewed.extend(at.map(|at| (subscription, at)));
        } else if id(&order["product_id"]) == Some(book)
            && let Some(id) = id(&order["id"])
            && order["paid"] == true
        {
            let own = self.benefits[..2].iter();
            self.purchases.extend(own.map(|benefit| Purchase {
                id,
                benefit: *benefit,
                is_sure: true,
            }));
        }
    }
}

fn meter(one: &Value) -> Meter {
    Meter {
        name: one["meter"]["name"].as_str().unwrap_or_default().to_owned(),
        consumed: one["consumed_units"].as_f64().unwrap_or(f64::NAN),
        credited: one["credited_units"].as_i64().unwrap_or(-1),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paid_parts_of_a_period_count_as_renewals_and_what_settles_usage_does_not() {
        let mut usage = Usage::default();
        let bills = [
            ("subscription_create", true),
            ("subscription_cycle", true),
            ("subscription_cycle", false),
            ("subscription_meter_cycle", true),
            ("subscription_meter_cycle", true),
            ("subscription_meter_cycle", false),
        ];
        let settling = BTreeSet::from([Uuid::from_u128(4)]);
        for (n, (reason, is_paid)) in bills.into_iter().enumerate() {
            let order = json!({"id": Uuid::from_u128(n as u128), "subscription_id": Uuid::from_u128(70),
                "billing_reason": reason, "paid": is_paid, "created_at": format!("2026-12-0{}T00:00:00Z", n + 1)});
            usage.order(&order, Uuid::nil(), &settling);
        }
        let renewed: Vec<_> = usage.renewed.iter().map(|(_, at)| at.to_string()).collect();
        assert_eq!(renewed, ["2026-12-02T00:00:00Z", "2026-12-04T00:00:00Z"]);
    }
}
