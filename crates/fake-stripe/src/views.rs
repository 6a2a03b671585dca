//! The objects of the API in their exact shapes.

pub mod account;
pub mod cards;
pub mod payments;

use serde_json::{Map, Value, json};

use crate::{account::Account, books::Books, error::Refusal};

/// Brackets of `expand[]` that are followed.
const DEPTH: usize = 4;
/// Paths that one request may expand.
const PATHS: usize = 20;

/// Context of a view.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The books.
    pub books: &'a Books,
    /// Owner of the objects.
    pub account: &'a Account,
    /// This moment.
    pub now: i64,
}

/// The object of an id.
pub fn by_id(books: &Books, account: &Account, now: i64, id: &str) -> Option<Value> {
    let view = View {
        books,
        account,
        now,
    };
    match id.split('_').next()? {
        "pi" => books.intents.get(id).map(|row| view.intent(row)),
        "seti" => books.setups.get(id).map(|row| view.setup(row)),
        "ch" => books.charges.get(id).map(|row| view.charge(row)),
        "re" => books.refunds.get(id).map(|row| view.refund(row)),
        "du" => books.disputes.get(id).map(|row| view.dispute(row)),
        "pm" => books.methods.get(id).map(|row| view.method(row)),
        "ctoken" => books.tokens.get(id).map(|row| view.token(row)),
        "cus" => books.customers.get(id).map(|row| view.customer(row)),
        "evt" => books.events.get(id).map(|row| view.event(row)),
        "we" => books.endpoints.get(id).map(|row| view.endpoint(row)),
        "pmd" => books.domains.get(id).map(|row| view.domain(row)),
        "txn" => books.transactions.get(id).map(|row| view.transaction(row)),
        _ => None,
    }
}

impl View<'_> {
    /// Shows in full what `expand[]` names.
    ///
    /// # Errors
    ///
    /// 400 for what cannot be expanded, and for paths that are too deep or too many.
    pub fn expand(&self, object: &mut Value, paths: &[String]) -> Result<(), Refusal> {
        if paths.len() > PATHS {
            return Err(Refusal::invalid(format!(
                "You cannot expand more than {PATHS} properties."
            ))
            .param("expand"));
        }
        for path in paths {
            let segments: Vec<&str> = path.split('.').collect();
            if segments.len() > DEPTH {
                return Err(Refusal::invalid(format!(
                    "You cannot expand more than {DEPTH} levels of a property. Property: {path}"
                ))
                .param("expand"));
            }
            let mut places = vec![object as &mut Value];
            for segment in segments {
                places = places
                    .into_iter()
                    .flat_map(|place| self.step(place, segment))
                    .collect();
            }
            if places.is_empty() && object["object"] != "list" {
                return Err(Refusal::invalid(format!(
                    "This property cannot be expanded ({path})."
                ))
                .param("expand"));
            }
        }
        Ok(())
    }

    /// The places that one segment leads to, shown in full.
    fn step<'tree>(&self, place: &'tree mut Value, segment: &str) -> Vec<&'tree mut Value> {
        if segment == "data" && place["object"] == "list" {
            return place["data"]
                .as_array_mut()
                .map(|items| items.iter_mut().collect())
                .unwrap_or_default();
        }
        if segment == "refunds" && place["object"] == "charge" {
            let charge = place["id"].as_str().unwrap_or_default().to_owned();
            place["refunds"] = self.refunds_of(&charge);
        }
        let Some(value) = place.get_mut(segment) else {
            return Vec::new();
        };
        if let Some(full) = value
            .as_str()
            .and_then(|id| by_id(self.books, self.account, self.now, id))
        {
            *value = full;
        }
        vec![value]
    }

    fn refunds_of(&self, charge: &str) -> Value {
        let rows = self
            .books
            .refunds
            .all()
            .iter()
            .rev()
            .filter(|refund| refund.charge == charge);
        let data: Vec<Value> = rows.take(10).map(|refund| self.refund(refund)).collect();
        json!({ "object": "list", "data": data, "has_more": false, "url": format!("/v1/charges/{charge}/refunds") })
    }
}

/// An address as it is shown, every field there.
pub fn address_of(given: Option<&Map<String, Value>>) -> Value {
    let part = |name: &str| {
        let value = given
            .and_then(|given| given.get(name))
            .cloned()
            .unwrap_or(Value::Null);
        if value.as_str() == Some("") {
            Value::Null
        } else {
            value
        }
    };
    json!({
        "city": part("city"), "country": part("country"), "line1": part("line1"), "line2": part("line2"),
        "postal_code": part("postal_code"), "state": part("state"),
    })
}
