//! Amounts: the parts of the sum, and what will be due when.

use till_core::{
    checkout::{Session, totals},
    kernel::records::Discount,
    subscriptions::trials,
};
use till_wire::{
    discounts::DiscountDuration,
    organizations::TaxBehaviorOption,
    tax::{TaxLine, TaxabilityReason},
};

use super::{
    super::{
        form::CheckoutForm,
        money,
        view::{Action, AppliedDiscount, DiscountBox, Line, PageContext},
    },
    display, interval,
};

/// The lines of the sum.
pub fn lines(session: &Session, page_context: PageContext) -> Vec<Line> {
    let row = &session.checkout;
    let sum = row.terms.totals();
    let words = |amount| display(amount, row.terms.currency, page_context.locale);
    let line = |label: String, amount| Line {
        label,
        amount: words(amount),
    };
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
        lines.push(line(
            page_context.with("due-on", [("date", date.into())]),
            sum.total,
        ));
    }
    lines
}

fn tax_lines(session: &Session, page_context: PageContext) -> Vec<Line> {
    let row = &session.checkout;
    let words = |amount| display(amount, row.terms.currency, page_context.locale);
    let contained = row.terms.tax_behavior == Some(TaxBehaviorOption::Inclusive);
    let included = |tax: String| match contained {
        true => page_context.with("tax-included", [("tax", tax.into())]),
        false => tax,
    };
    let Some(tax) = row.terms.tax_amount else {
        let due = session.organization.settings.tax.enabled && totals::form(session).required();
        let later = Line {
            label: page_context.say("tax").into_owned(),
            amount: page_context.say("tax-later").into_owned(),
        };
        return due.then_some(later).into_iter().collect();
    };
    let broken_down = row
        .terms
        .tax_breakdown
        .as_ref()
        .map(|lines| lines.0.as_slice());
    let shown: Vec<Line> = broken_down
        .unwrap_or_default()
        .iter()
        .filter_map(|line| {
            let named = tax_name(line, page_context);
            let label = match line.taxability_reason {
                TaxabilityReason::ReverseCharge => {
                    page_context.with("tax-reverse", [("tax", named.into())])
                }
                _ if line.amount == 0 => return None,
                _ => included(named),
            };
            Some(Line {
                label,
                amount: words(line.amount),
            })
        })
        .collect();
    if shown.is_empty() && tax > 0 {
        return vec![Line {
            label: included(page_context.say("tax").into_owned()),
            amount: words(tax),
        }];
    }
    shown
}

/// A tax's name in the buyer's language, with its rate where there is one.
fn tax_name(line: &TaxLine, page_context: PageContext) -> String {
    let name = match line.display_name.as_str() {
        "VAT" | "IVA" => page_context.say("tax-vat").into_owned(),
        "GST" => page_context.say("tax-gst").into_owned(),
        "HST" => page_context.say("tax-hst").into_owned(),
        "Consumption tax" => page_context.say("tax-consumption").into_owned(),
        "Sales tax" => page_context.say("tax-sales").into_owned(),
        other => other.to_owned(),
    };
    let reversed = line.taxability_reason == TaxabilityReason::ReverseCharge;
    match line.rate.as_ref().filter(|_| !reversed) {
        Some(rate) => {
            let rate = money::percent(rate, page_context.locale);
            page_context.with("tax-rated", [("tax", name.into()), ("rate", rate.into())])
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
    Line {
        label: page_context
            .say(if recurring { "due-today" } else { "total" })
            .into_owned(),
        amount: display(today, row.terms.currency, page_context.locale),
    }
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

/// When the first charge comes, where a trial puts it off.
pub(super) fn trial_end(session: &Session) -> Option<jiff::Timestamp> {
    let charged = totals::form(session).required();
    session.checkout.terms.trial_end.filter(|_| charged)
}

/// True where a discount is over by the next renewal, when the first charge is now.
fn is_over_next(session: &Session, discount: &Discount) -> bool {
    let row = &session.checkout;
    let product = &session.selected().product;
    let Some(unit) = product.recurring_interval else {
        return true;
    };
    let applied = row.modified_at.unwrap_or(row.created_at);
    let count = product.recurring_interval_count.unwrap_or(1);
    discount.is_over(applied, trials::end(applied, (unit, count)))
}

/// True where something is taken off, but not for ever.
pub(super) fn discount_ends(session: &Session) -> bool {
    let discount = session.discount.as_ref();
    let ends = discount.is_some_and(|d| d.duration != DiscountDuration::Forever);
    ends && session.checkout.terms.totals().discount > 0
}

/// The amount that is charged once a discount has ended, where that is another amount: before the tax that comes on
/// top, which nobody has worked out yet.
fn full(session: &Session, page_context: PageContext) -> Option<String> {
    let row = &session.checkout;
    let sum = row.terms.totals();
    if !discount_ends(session) {
        return None;
    }
    let amount = display(sum.amount, row.terms.currency, page_context.locale);
    let on_top = row.terms.tax_behavior == Some(TaxBehaviorOption::Exclusive)
        && row.terms.tax_amount.is_some_and(|tax| tax > 0);
    Some(match on_top {
        true => page_context.with("plus-tax", [("amount", amount.into())]),
        false => amount,
    })
}

/// The terms that the buyer agrees to, in a sentence or two.
pub(super) fn terms(session: &Session, page_context: PageContext) -> Option<String> {
    let row = &session.checkout;
    let per = interval(session.selected(), page_context.locale)?;
    let sum = row.terms.totals();
    let total = display(sum.total, row.terms.currency, page_context.locale);
    let full = full(session, page_context);
    let mut sentences = Vec::new();
    if sum.total > 0 || full.is_some() {
        let total = ("total", total.into());
        let interval = ("interval", per.as_str().into());
        let date = trial_end(session).map(|end| money::date(end, page_context.locale));
        sentences.push(match (date, full) {
            (None, None) => page_context.with("terms-plain", [total, interval]),
            (None, Some(full)) => {
                page_context.with("terms-discount", [total, interval, ("full", full.into())])
            }
            (Some(date), None) => {
                page_context.with("terms-trial", [total, interval, ("date", date.into())])
            }
            (Some(date), Some(full)) => page_context.with(
                "terms-trial-discount",
                [
                    total,
                    interval,
                    ("date", date.into()),
                    ("full", full.into()),
                ],
            ),
        });
    }
    if session.prices().iter().any(|p| !p.cost().is_static()) {
        sentences.push(page_context.with("terms-usage", [("interval", per.into())]));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The next step after a purchase.
pub fn what_next(session: &Session, page_context: PageContext) -> Option<String> {
    let row = &session.checkout;
    let per = interval(session.selected(), page_context.locale)?;
    let sum = row.terms.totals();
    let full = full(session, page_context);
    if sum.total == 0 && full.is_none() {
        return None;
    }
    let total = (
        "total",
        display(sum.total, row.terms.currency, page_context.locale).into(),
    );
    let interval = ("interval", per.into());
    let date = trial_end(session).map(|end| ("date", money::date(end, page_context.locale).into()));
    let discount = session.discount.as_ref();
    Some(match (date, full) {
        (Some(date), None) => page_context.with("renews-after-trial", [total, interval, date]),
        (Some(date), Some(full)) => {
            let full = ("full", full.into());
            page_context.with("terms-trial-discount", [total, interval, date, full])
        }
        (None, None) => page_context.with("renews", [total, interval]),
        (None, Some(full)) if discount.is_some_and(|d| is_over_next(session, d)) => {
            page_context.with("renews", [("total", full.into()), interval])
        }
        (None, Some(full)) => {
            page_context.with("renews-discount", [total, interval, ("full", full.into())])
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
