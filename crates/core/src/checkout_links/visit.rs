//! Visiting a link: what its query string asks for, and the session that comes of it. What
//! does not read, or may not be, is as if it were not there; what is too long to be kept is told.

use jiff::Timestamp;
use serde_json::{Map, Value};
use till_wire::{
    checkouts::{CheckoutCreate, Offer},
    country::Country,
    input::{Context, Problem, Step, id, text_of},
    limits, loc,
    metadata::Metadata,
    products::PriceAmount,
    values,
};
use url::form_urlencoded;
use uuid::Uuid;

use super::sign;
use crate::{
    catalog::{custom_fields, products::ProductWithPrices},
    checkout::{choose::check_amount, totals::selected_price},
    kernel::{
        folding::code_key,
        records::{CheckoutLink, Discount, Organization, ProductPrice},
        refusal::Refusal,
    },
    organizations::{
        capabilities,
        embed::{self, EmbedHosts},
    },
    seats,
};

/// Copied to the session's metadata, and left in the address for those who measure.
const MEASURED: [&str; 6] = [
    "reference_id",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
];

/// Taken out of the address whatever becomes of them.
const TAKEN: [&str; 9] = [
    "product_id",
    "amount",
    "customer_email",
    "customer_name",
    "discount_code",
    "locale",
    "embed_origin",
    "external_customer_id",
    sign::SIGNATURE,
];

const FIELD: &str = "custom_field_data.";
const CUSTOMER: &str = "customer_metadata.";

/// The query string of a visit.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads a raw query string. No database takes a NUL in text, so what holds one is not there.
    pub fn parse(raw: &str) -> Self {
        let pairs = form_urlencoded::parse(raw.as_bytes()).into_owned();
        Self {
            pairs: pairs
                .filter(|(k, v)| !k.contains('\0') && !v.contains('\0'))
                .collect(),
        }
    }

    /// A parameter without space around it, the last one where it was sent twice; blank counts as not sent.
    fn filled(&self, name: &str) -> Option<&str> {
        let sent = self.pairs.iter().rfind(|(key, _)| key == name);
        sent.map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The parameters below a name, the last one where it was sent twice; blank counts as not sent.
    fn below(&self, prefix: &str) -> Map<String, Value> {
        let mut found = Map::new();
        for (key, value) in &self.pairs {
            let value = value.trim();
            if let Some(name) = key.strip_prefix(prefix)
                && !value.is_empty()
            {
                found.insert(name.to_owned(), value.into());
            }
        }
        found
    }

    /// The discount code that is asked for.
    pub fn discount_code(&self) -> Option<&str> {
        self.filled("discount_code")
    }

    /// The product that is asked for: it must read where it is named.
    fn product_id(&self, cx: &mut Context) -> Option<Uuid> {
        let (_, raw) = self.pairs.iter().rfind(|(key, _)| key == "product_id")?;
        cx.at("product_id", |cx| id(&raw.as_str().into(), cx))
    }

    /// The buyer's name; one that no session takes is told, not lost.
    fn customer_name(&self, cx: &mut Context) -> Option<String> {
        let name = self.filled("customer_name")?;
        cx.at("customer_name", |cx| {
            text_of(0, limits::PERSON_NAME, true)(&name.into(), cx)
        })
    }

    /// The customer's free data; each value that cannot be kept is told at its parameter.
    fn customer_metadata(&self, cx: &mut Context) -> Metadata {
        let sent = Value::Object(self.below(CUSTOMER));
        let mut inner = Context::new("query");
        let read = till_wire::metadata::metadata(&sent, &mut inner);
        for mut problem in inner.problems {
            if let Some(Step::Key(name)) = problem.loc.get(1) {
                let name = format!("{CUSTOMER}{name}");
                problem.loc[1] = Step::from(name);
            }
            cx.problems.push(problem);
        }
        read.unwrap_or_default()
    }
}

/// Reason why a visit gets no session.
#[derive(Debug, Clone, PartialEq)]
pub enum VisitRefusal {
    /// Parameters that do not read.
    Unreadable(Vec<Problem>),
    /// The link wants a signature, and the visit has none that is right.
    Unsigned,
    /// Anything else.
    Refused(Refusal),
}

impl From<Refusal> for VisitRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A visit that was let in.
#[derive(Debug, Clone)]
pub struct Visit {
    query: Query,
    product_id: Option<Uuid>,
    customer_name: Option<String>,
    /// Believed only when the visit is signed.
    customer_metadata: Metadata,
    embed_origin: Option<String>,
    signed: bool,
}

impl Visit {
    /// Judges who comes, and from where: the link and its organization are there, the signature is right where
    /// one is asked for, and the page may embed the checkout.
    pub fn judge(
        link: &CheckoutLink,
        organization: &Organization,
        query: Query,
        hosts: EmbedHosts<'_>,
    ) -> Result<Self, VisitRefusal> {
        if link.deleted_at.is_some() || !capabilities(organization.status).api_access {
            return Err(Refusal::NotFound.into());
        }
        let signed = sign::is_signed(&link.signing_secret, &query.pairs);
        if link.require_signature && !signed {
            return Err(VisitRefusal::Unsigned);
        }
        let mut cx = Context::new("query");
        let product_id = query.product_id(&mut cx);
        let customer_name = query.customer_name(&mut cx);
        let customer_metadata = match signed {
            true => query.customer_metadata(&mut cx),
            false => Metadata::default(),
        };
        if !cx.problems.is_empty() {
            return Err(VisitRefusal::Unreadable(cx.problems));
        }
        let embed_origin = query.filled("embed_origin").and_then(embed::origin);
        if let Some(origin) = &embed_origin
            && !hosts.admit(origin)
        {
            return Err(Refusal::EmbedHostNotAllowed(format!(
                "{origin} is not allowed to embed this organization's checkout. Add its host to the embed hosts in \
                 the organization's settings."
            ))
            .into());
        }
        Ok(Self {
            query,
            product_id,
            customer_name,
            customer_metadata,
            embed_origin,
            signed,
        })
    }

    /// The discount code that is asked for.
    pub fn discount_code(&self) -> Option<&str> {
        self.query.discount_code()
    }

    /// The merchant's id of the customer, where it can be believed.
    /// As it was signed, to the letter: with a space taken off it would be another customer.
    pub fn external_customer_id(&self) -> Option<&str> {
        let mut sent = self.query.pairs.iter();
        sent.rfind(|(key, _)| key == "external_customer_id")
            .map(|(_, id)| id.as_str())
            .filter(|id| self.signed && !id.trim().is_empty() && id.chars().count() <= limits::KEY)
    }

    /// The link's own data, and where the visit comes from: in full, which is as much as an address holds.
    fn metadata(&self, link: &CheckoutLink) -> Metadata {
        let mut metadata = link.metadata.0.clone();
        for name in MEASURED {
            let Some(value) = self.query.filled(name) else {
                continue;
            };
            if !metadata.contains_key(name) {
                metadata.insert(name.to_owned(), value.into());
            }
        }
        metadata
    }

    /// The query that is left for the session's page; `accepted` are the fields whose answers were taken.
    fn rest(&self, accepted: &Map<String, Value>) -> String {
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for (key, value) in &self.query.pairs {
            let answered = key
                .strip_prefix(FIELD)
                .is_some_and(|slug| accepted.contains_key(slug));
            if !answered && !TAKEN.contains(&key.as_str()) && !key.starts_with(CUSTOMER) {
                rest.append_pair(key, value);
            }
        }
        rest.finish()
    }
}

/// The rows that a visit depends on, all of the link's organization.
#[derive(Debug, Clone, Default)]
pub struct VisitContext {
    /// The link's products, in no certain order.
    pub offered: Vec<ProductWithPrices>,
    /// The link's discount and the one of the code that was asked for, where they exist.
    pub discounts: Vec<Discount>,
    /// The buyer's network address.
    pub ip_address: Option<String>,
    /// Its country, where known.
    pub ip_country: Option<Country>,
}

/// The session that a visit opens.
#[derive(Debug, Clone)]
pub struct SessionToOpen {
    /// The session to open.
    pub create: CheckoutCreate,
    /// Its discount.
    pub discount: Option<Discount>,
    /// Which of its products is chosen.
    pub selected: Uuid,
    /// The query of its page.
    pub rest: String,
}

/// Works out the session that a visit opens.
pub fn session_to_open(
    visit: &Visit,
    link: &CheckoutLink,
    organization: &Organization,
    visit_context: &VisitContext,
    now: Timestamp,
) -> Result<SessionToOpen, Refusal> {
    let refuse =
        |words| Refusal::field(Problem::value(loc!["body", "products"], words, Value::Null));
    let find = |id: &Uuid| visit_context.offered.iter().find(|o| o.product.id == *id);
    let on_sale: Vec<_> = link
        .product_ids
        .iter()
        .filter_map(find)
        .filter(|o| o.unsellable().is_none())
        .collect();
    let chosen = on_sale
        .iter()
        .find(|o| Some(o.product.id) == visit.product_id)
        .or(on_sale.first())
        .ok_or_else(|| refuse("None of this link's products is for sale at the moment"))?;
    let candidates = visit_context
        .ip_country
        .and_then(Country::currency)
        .into_iter()
        .chain([organization.default_currency]);
    let listed: Vec<_> = chosen.active().collect();
    let currency = candidates
        .into_iter()
        .find(|currency| selected_price(&listed, *currency).is_some())
        .ok_or_else(|| refuse("This product has no price in this currency"))?;
    let prices: Vec<_> = chosen.active_in(currency).collect();
    let discount = discount(visit, link, visit_context, |discount| {
        !chosen.is_free()
            && discount.deleted_at.is_none()
            && discount.fits(chosen.product.id, currency)
            && discount.is_redeemable(now)
    });
    let range = seats::range(prices.iter().copied());
    let lock = link
        .seats
        .filter(|n| range.is_some() && seats::judge(range, Some(*n)).is_ok());
    let answers = answers(visit, chosen);
    let text = |name| visit.query.filled(name);
    let create = CheckoutCreate {
        offer: Offer::Products(on_sale.iter().map(|o| o.product.id).collect()),
        ad_hoc: std::collections::BTreeMap::new(),
        amount: text("amount").and_then(|raw| amount(raw, &prices)),
        currency: None,
        seats: lock,
        min_seats: lock,
        max_seats: lock,
        units: None,
        min_units: None,
        max_units: None,
        discount_id: discount.map(|d| d.id),
        allow_discount_codes: link.allow_discount_codes,
        require_billing_address: link.require_billing_address,
        allow_trial: true,
        trial: link.trial_interval.zip(link.trial_interval_count),
        customer_id: None,
        external_customer_id: visit.external_customer_id().map(str::to_owned),
        customer_name: visit.customer_name.clone(),
        customer_email: text("customer_email").and_then(values::email_syntax),
        customer_ip_address: visit_context.ip_address.clone(),
        customer_billing_name: None,
        customer_billing_address: None,
        customer_tax_id: None,
        customer_metadata: visit.customer_metadata.clone(),
        is_business_customer: None,
        subscription_id: None,
        success_url: link.success_url.clone(),
        return_url: link.return_url.clone(),
        embed_origin: visit.embed_origin.clone(),
        locale: text("locale").and_then(values::locale_tag),
        metadata: visit.metadata(link),
        custom_field_data: answers.clone(),
    };
    Ok(SessionToOpen {
        create,
        discount: discount.cloned(),
        selected: chosen.product.id,
        rest: visit.rest(&answers),
    })
}

/// The discount of the code where it may be used, else the link's own where it may, whatever the link
/// says of codes (docs/behaviour: checkout-links/code).
fn discount<'a>(
    visit: &Visit,
    link: &CheckoutLink,
    visit_context: &'a VisitContext,
    usable: impl Fn(&Discount) -> bool,
) -> Option<&'a Discount> {
    let code = visit.discount_code().map(code_key);
    let find = |wanted: &dyn Fn(&Discount) -> bool| {
        visit_context
            .discounts
            .iter()
            .find(|d| wanted(d) && usable(d))
    };
    find(&|d| code.is_some() && d.code_key == code)
        .or_else(|| find(&|d| Some(d.id) == link.discount_id))
}

/// An amount in minor units, cut to a whole number, where the price is the buyer's to choose.
fn amount(raw: &str, prices: &[&ProductPrice]) -> Option<i64> {
    let is_custom = |p: &&&ProductPrice| matches!(p.cost(), PriceAmount::Custom { .. });
    prices.iter().find(is_custom)?;
    let parsed: f64 = raw.parse().ok()?;
    // Beyond, whole numbers are not exact, and every currency's limit is far below.
    if !parsed.is_finite() || parsed.abs() > 9e15 {
        return None;
    }
    let amount = parsed.trunc() as i64;
    check_amount(amount, prices.iter().copied()).ok()?;
    Some(amount)
}

/// Answers to the fields that the product asks: all of them, or none where one will not do.
fn answers(visit: &Visit, chosen: &ProductWithPrices) -> Map<String, Value> {
    let custom_fields = chosen.custom_fields();
    let known = |slug: &String| custom_fields.iter().any(|a| a.field.slug == *slug);
    let mut sent = visit.query.below(FIELD);
    sent.retain(|slug, _| known(slug));
    match custom_fields::judge(&custom_fields, &sent, false) {
        Ok(_) => sent,
        Err(_) => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn visit(raw: &str, signed: bool) -> Visit {
        Visit {
            query: Query::parse(raw),
            product_id: None,
            customer_name: None,
            customer_metadata: Metadata::default(),
            embed_origin: None,
            signed,
        }
    }

    fn told(read: impl FnOnce(&mut Context)) -> Vec<(String, String)> {
        let mut cx = Context::new("query");
        read(&mut cx);
        let place = |p: &Problem| (p.kind.to_string(), serde_json::to_string(&p.loc).unwrap());
        cx.problems.iter().map(place).collect()
    }

    fn problem(kind: &str, place: &str) -> Vec<(String, String)> {
        vec![(kind.to_owned(), format!(r#"["query","{place}"]"#))]
    }

    #[test]
    fn the_page_gets_what_was_not_taken() {
        let sent = "product_id=x&theme=dark&amount=5&utm_source=a+b&customer_metadata.a=1&sig=2&x=%26&custom_field_data.a=1&custom_field_data.b=2";
        let accepted = Map::from_iter([("a".to_owned(), Value::from("1"))]);
        assert_eq!(
            visit(sent, false).rest(&accepted),
            "theme=dark&utm_source=a+b&x=%26&custom_field_data.b=2"
        );
    }

    #[test]
    fn who_the_customer_is_is_believed_only_when_signed() {
        let sent = "external_customer_id=u1&customer_metadata.plan=pro&customer_metadata.blank=";
        assert_eq!(visit(sent, false).external_customer_id(), None);
        let signed = visit(sent, true);
        assert_eq!(signed.external_customer_id(), Some("u1"));
        let metadata = signed.query.customer_metadata(&mut Context::new("query"));
        assert_eq!(
            serde_json::to_value(metadata).unwrap(),
            serde_json::json!({"plan": "pro"})
        );
    }

    #[test]
    fn what_is_too_long_to_be_kept_is_told() {
        let long = format!("customer_metadata.a={}", "x".repeat(501));
        let query = Query::parse(&long);
        let found = told(|cx| drop(query.customer_metadata(cx)));
        assert_eq!(found, problem("string_too_long", "customer_metadata.a"));
        let query = Query::parse(&format!("customer_name={}", "x".repeat(257)));
        let found = told(|cx| drop(query.customer_name(cx)));
        assert_eq!(found, problem("string_too_long", "customer_name"));
    }

    #[test]
    fn the_last_of_two_counts_and_blank_counts_as_absent() {
        let query = Query::parse("a=1&a=+2+&b=+&c=%00");
        assert_eq!(query.filled("a"), Some("2"));
        assert_eq!(query.filled("b"), None);
        assert_eq!(query.filled("c"), None);
        let blank = Query::parse("product_id=");
        let found = told(|cx| {
            blank.product_id(cx);
        });
        assert_eq!(found, problem("uuid_parsing", "product_id"));
    }

    proptest! {
        #[test]
        fn what_is_left_reads_back(raw in ".*") {
            let visit = visit(&raw, true);
            let rest = Query::parse(&visit.rest(&Map::new()));
            let kept: Vec<_> = visit.query.pairs.iter()
                .filter(|(k, _)| !TAKEN.contains(&k.as_str()) && !k.starts_with(CUSTOMER)).cloned().collect();
            prop_assert_eq!(rest.pairs, kept);
        }
    }
}
