//! Amounts: the parts of the sum, and what will be due when.

use till_core::{
    catalog::products::ProductWithPrices,
    checkout::{Session, totals},
    kernel::records::{Checkout, Discount},
};
use till_wire::{
    discounts::DiscountDuration,
    money::Currency,
    organizations::TaxBehaviorOption,
    tax::{TaxLine, TaxabilityReason},
    values::Interval,
};

use super::{
    super::{
        form::CheckoutForm,
        money::{self, Locale},
        view::{Action, AppliedDiscount, DiscountBox, Line, PageContext},
    },
    display, interval,
};
use crate::pages::words::Value;

/// The lines of the sum.
pub fn lines(session: &Session, page_context: PageContext) -> Vec<Line> {
    let row = &session.checkout;
    let sum = row.terms.totals();
    let words = |amount| display(amount, row.terms.currency, page_context.locale);
    let line = |label: String, amount| Line::new(label, words(amount));
    let name = session.selected().product.name.as_str();
    let product = match row.terms.seats {
        Some(seats) => {
            let seats = page_context.with("seats-count", [("count", seats.into())]);
            format!("{name}, {seats}")
        }
        None => name.to_owned(),
    };
    let taxes = tax_lines(session, page_context);
    let mut lines = vec![line(product, sum.amount)];
    if let Some(discount) = session.discount.as_ref().filter(|_| sum.discount > 0) {
        let name = discount.name.as_str();
        let label = page_context.with("discount-named", [("name", name.into())]);
        lines.push(line(label, -sum.discount));
        if !taxes.is_empty() {
            let label = page_context.say("subtotal").into_owned();
            lines.push(line(label, sum.amount - sum.discount));
        }
    }
    lines.extend(taxes);
    if let Some(end) = trial_end(session) {
        let date = money::date(end, page_context.locale);
        let label = page_context.with("due-on", [("date", date.into())]);
        lines.push(Line {
            is_sum: true,
            ..line(label, sum.total)
        });
    }
    lines
}

fn tax_lines(session: &Session, page_context: PageContext) -> Vec<Line> {
    let row = &session.checkout;
    let Some(tax) = row.terms.tax_amount else {
        let due = session.organization.settings.tax.enabled && totals::form(session).required();
        let later = Line::new(
            page_context.say("tax").into_owned(),
            page_context.say("tax-later").into_owned(),
        );
        return due.then_some(later).into_iter().collect();
    };
    let taxes = Taxes {
        tax,
        lines: row
            .terms
            .tax_breakdown
            .as_ref()
            .map(|lines| lines.0.as_slice()),
        behavior: row.terms.tax_behavior,
        currency: row.terms.currency,
    };
    taxes.shown(page_context)
}

/// The taxes of a sum.
pub(super) struct Taxes<'a> {
    /// All of them, in minor units.
    pub tax: i64,
    /// Each by itself, where that is known.
    pub lines: Option<&'a [TaxLine]>,
    /// Tax behavior: whether prices contain them.
    pub behavior: Option<TaxBehaviorOption>,
    /// The currency of the sum.
    pub currency: Currency,
}

impl Taxes<'_> {
    /// A line for each tax.
    pub(super) fn shown(&self, page_context: PageContext) -> Vec<Line> {
        let words = |amount| display(amount, self.currency, page_context.locale);
        let contained = self.behavior == Some(TaxBehaviorOption::Inclusive);
        let included = |tax: String| match contained {
            true => page_context.with("tax-included", [("tax", tax.into())]),
            false => tax,
        };
        let shown: Vec<Line> = self
            .lines
            .unwrap_or_default()
            .iter()
            .filter_map(|line| {
                let named = tax_name(line, page_context.locale);
                let label = match line.taxability_reason {
                    TaxabilityReason::ReverseCharge => {
                        page_context.with("tax-reverse", [("tax", named.into())])
                    }
                    _ if line.amount == 0 => return None,
                    _ => included(named),
                };
                Some(Line::new(label, words(line.amount)))
            })
            .collect();
        if shown.is_empty() && self.tax != 0 {
            let label = included(page_context.say("tax").into_owned());
            return vec![Line::new(label, words(self.tax))];
        }
        shown
    }
}

/// A tax's name in a language, with its rate where there is one.
pub fn tax_name(line: &TaxLine, locale: Locale) -> String {
    let name = match line.display_name.as_str() {
        "VAT" | "IVA" => locale.say("tax-vat").into_owned(),
        "GST" => locale.say("tax-gst").into_owned(),
        "HST" => locale.say("tax-hst").into_owned(),
        "Consumption tax" => locale.say("tax-consumption").into_owned(),
        "Sales tax" => locale.say("tax-sales").into_owned(),
        other => other.to_owned(),
    };
    let reversed = line.taxability_reason == TaxabilityReason::ReverseCharge;
    match line.rate.as_ref().filter(|_| !reversed) {
        Some(rate) => {
            let rate = money::percent(rate, locale);
            locale.with("tax-rated", [("tax", name.into()), ("rate", rate.into())])
        }
        None => name,
    }
}

/// The amount that is paid now.
pub(super) fn due(session: &Session, page_context: PageContext) -> Line {
    let row = &session.checkout;
    let total = row.terms.totals().total;
    let recurring = session.selected().product.is_recurring();
    let today = if row.terms.trial_end.is_some() {
        0
    } else {
        total
    };
    let label = page_context.say(if recurring { "due-today" } else { "total" });
    Line::new(
        label.into_owned(),
        display(today, row.terms.currency, page_context.locale),
    )
}

/// The action of the button.
pub(super) fn action(session: &Session, page_context: PageContext) -> Action {
    let row = &session.checkout;
    let total = row.terms.totals().total;
    let required = totals::form(session).required();
    if required && row.terms.trial_end.is_some() {
        Action::StartTrial
    } else if required && session.selected().product.is_recurring() {
        Action::Subscribe
    } else if total > 0 {
        Action::Pay(display(total, row.terms.currency, page_context.locale))
    } else {
        Action::Get
    }
}

/// Time of the first charge, where a trial puts it off.
pub(super) fn trial_end(session: &Session) -> Option<jiff::Timestamp> {
    let charged = totals::form(session).required();
    session.checkout.terms.trial_end.filter(|_| charged)
}

/// The amount that is charged once a discount has ended, where that is another amount: before the tax that comes on
/// top, which nobody has worked out yet.
fn full(session: &Session, page_context: PageContext) -> String {
    let row = &session.checkout;
    let sum = row.terms.totals();
    let amount = display(sum.amount, row.terms.currency, page_context.locale);
    let on_top = row.terms.tax_behavior == Some(TaxBehaviorOption::Exclusive)
        && row.terms.tax_amount.is_some_and(|tax| tax > 0);
    match on_top {
        true => page_context.with("plus-tax", [("amount", amount.into())]),
        false => amount,
    }
}

/// The periods at the start of a subscription for which a discount is taken off.
pub(super) struct DiscountedPeriods {
    /// The number of payments in them.
    payments: i64,
    /// `for the first 3 months`.
    words: String,
    /// `per month`.
    interval: String,
}

impl DiscountedPeriods {
    /// Of a discount on a product; none where it is not a subscription, or the discount does not end.
    pub(super) fn of(
        discount: &Discount,
        offered: &ProductWithPrices,
        row: &Checkout,
        locale: Locale,
    ) -> Option<Self> {
        let interval = interval(offered, locale)?;
        let unit = offered.product.recurring_interval?;
        let count = offered.product.recurring_interval_count.unwrap_or(1);
        let starts = row.modified_at.unwrap_or(row.created_at);
        let starts = row.terms.trial_end.unwrap_or(starts);
        let payments = discount.periods(starts, (unit, count))?;
        let id = match unit {
            Interval::Day => "first-days",
            Interval::Week => "first-weeks",
            Interval::Month => "first-months",
            Interval::Year => "first-years",
        };
        Some(Self {
            payments,
            words: locale.with(id, [("count", (payments * count).into())]),
            interval,
        })
    }

    /// Words for the session's discount, where it takes anything off.
    pub(super) fn of_session(session: &Session, locale: Locale) -> Option<Self> {
        let row = &session.checkout;
        let discount = session.discount.as_ref()?;
        let takes_off = row.terms.totals().discount > 0;
        Self::of(discount, session.selected(), row, locale).filter(|_| takes_off)
    }

    /// The interval beside a price that is paid more than once.
    pub(super) fn interval(&self) -> Option<&str> {
        (self.payments > 1).then_some(self.interval.as_str())
    }

    /// A price with its interval, where it is paid more than once.
    fn price(&self, price: String, locale: Locale) -> String {
        match self.interval() {
            Some(interval) => price_per(price, interval, locale),
            None => price,
        }
    }

    /// `for the first month, then $29 per month`.
    pub(super) fn then(&self, full: &str, locale: Locale) -> String {
        let interval = ("interval", self.interval.as_str().into());
        let first = ("first", self.words.as_str().into());
        locale.with("first-then", [first, ("full", full.into()), interval])
    }

    /// `$23.20 for the first month, then $29 per month`, or what a message of these values says.
    pub(super) fn say(&self, id: &str, now: String, full: &str, locale: Locale) -> String {
        locale.with(id, self.values(now, full, locale))
    }

    fn values<'a>(
        &'a self,
        now: String,
        full: &'a str,
        locale: Locale,
    ) -> [(&'static str, Value<'a>); 4] {
        [
            ("now", self.price(now, locale).into()),
            ("first", self.words.as_str().into()),
            ("full", full.into()),
            ("interval", self.interval.as_str().into()),
        ]
    }
}

/// `$29 per month`.
pub(super) fn price_per(price: String, interval: &str, locale: Locale) -> String {
    locale.with(
        "price-per",
        [("price", price.into()), ("interval", interval.into())],
    )
}

/// The terms that the buyer agrees to, in a sentence or two.
pub(super) fn terms(session: &Session, page_context: PageContext) -> Option<String> {
    let locale = page_context.locale;
    let per = interval(session.selected(), locale)?;
    let sentences = [
        price_terms(session, &per, page_context),
        (session.prices().iter().any(|p| !p.cost().is_static()))
            .then(|| page_context.with("terms-usage", [("interval", per.as_str().into())])),
    ];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    let words = (!sentences.is_empty()).then(|| sentences.join(" "));
    words.map(|words| with_card(words, session, page_context))
}

/// The words, and that the card is kept and charged again, where one is asked for.
fn with_card(words: String, session: &Session, page_context: PageContext) -> String {
    match totals::form(session).required() {
        true => format!("{words} {}", page_context.say("terms-card")),
        false => words,
    }
}

/// Words for what is paid when; none where nothing ever is.
fn price_terms(session: &Session, per: &str, page_context: PageContext) -> Option<String> {
    let row = &session.checkout;
    let locale = page_context.locale;
    let sum = row.terms.totals();
    let total = display(sum.total, row.terms.currency, locale);
    let date = trial_end(session).map(|end| money::date(end, locale));
    if let Some(first) = DiscountedPeriods::of_session(session, locale) {
        let full = full(session, page_context);
        return Some(match date {
            None => first.say("terms-discount", total, &full, locale),
            Some(date) => {
                let [now, words, full, interval] = first.values(total, &full, locale);
                let date = ("date", date.into());
                locale.with("terms-trial-discount", [date, now, words, full, interval])
            }
        });
    }
    if sum.total == 0 {
        return None;
    }
    let (total, interval) = (("total", total.into()), ("interval", per.into()));
    Some(match date {
        None => page_context.with("terms-plain", [total, interval]),
        Some(date) => page_context.with("terms-trial", [total, interval, ("date", date.into())]),
    })
}

/// The next step after a purchase.
pub fn what_next(session: &Session, page_context: PageContext) -> Option<String> {
    let words = renewal(session, page_context)?;
    Some(with_card(words, session, page_context))
}

/// The next payment of a subscription.
fn renewal(session: &Session, page_context: PageContext) -> Option<String> {
    let row = &session.checkout;
    let locale = page_context.locale;
    let per = interval(session.selected(), locale)?;
    let first = DiscountedPeriods::of_session(session, locale);
    let over_next = first.as_ref().is_some_and(|first| first.payments == 1);
    let trial = trial_end(session);
    if first.is_some() && !(over_next && trial.is_none()) {
        return price_terms(session, &per, page_context);
    }
    let total = match over_next {
        true => full(session, page_context),
        false if row.terms.totals().total == 0 => return None,
        false => display(row.terms.totals().total, row.terms.currency, locale),
    };
    let (total, interval) = (("total", total.into()), ("interval", per.into()));
    Some(match trial {
        None => page_context.with("renews", [total, interval]),
        Some(end) => {
            let date = ("date", money::date(end, locale).into());
            page_context.with("renews-after-trial", [total, interval, date])
        }
    })
}

/// The words of the button that takes a discount out.
pub(super) fn removal(discount: &Discount, page_context: PageContext) -> String {
    let name = discount.name.as_str();
    page_context.with("discount-remove", [("name", name.into())])
}

/// The discount and the field for a code.
pub(super) fn discount(
    session: &Session,
    form: Option<&CheckoutForm>,
    page_context: PageContext,
) -> Option<DiscountBox> {
    let open = session.checkout.allow_discount_codes && !session.is_free();
    let applied = session.discount.as_ref().map(|discount| AppliedDiscount {
        name: discount.name.clone(),
        note: match discount.duration {
            _ if !session.selected().product.is_recurring() => None,
            DiscountDuration::Forever => None,
            DiscountDuration::Once => Some(page_context.say("discount-once").into_owned()),
            DiscountDuration::Repeating => {
                let months = discount.duration_in_months.unwrap_or(1);
                Some(page_context.with("discount-months", [("count", months.into())]))
            }
        },
        remove: open.then(|| removal(discount, page_context)),
    });
    let code = (open && applied.is_none()).then(|| {
        form.and_then(|f| f.discount_code.clone())
            .unwrap_or_default()
    });
    (applied.is_some() || code.is_some()).then_some(DiscountBox { applied, code })
}
