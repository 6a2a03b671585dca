//! Documents in the customer's language.

use jiff::{Timestamp, tz::TimeZone};
use till_core::documents::{Document, DocumentKind, DocumentLine, Seller, Sums, TaxNumber};
use till_pdf::{Han, Paper, Party, Row, Sheet, Sum, Table};
use till_wire::{address::Address, country::Country, payments::CardMetadata, tax::TaxLine};

use super::{
    checkout::{
        countries::{address_order, writes_state},
        fields::Field,
        fill::{card, display, tax_name},
        money,
    },
    words::Locale,
};

/// A document and the language that it is written in.
struct Writer<'a> {
    document: &'a Document,
    locale: Locale,
}

/// A document as it is laid out, in the customer's language, else in English.
#[must_use]
pub fn sheet(document: &Document) -> Sheet {
    let locale = document.language.as_deref().and_then(Locale::of_tag);
    let locale = locale.unwrap_or_default();
    Writer { document, locale }.sheet()
}

impl Writer<'_> {
    fn say(&self, id: &str) -> String {
        self.locale.say(id).into_owned()
    }

    fn money(&self, minor: i64) -> String {
        display(minor, self.document.currency, self.locale)
    }

    fn day(&self, moment: Timestamp) -> String {
        money::date(moment, self.locale)
    }

    fn sheet(&self) -> Sheet {
        let document = self.document;
        let issued = document.issued_at.to_zoned(TimeZone::UTC);
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        let seller = document.seller.address.as_ref();
        let buyer = document.buyer.address.as_ref();
        let code = |address: Option<&Address>| address.map_or("", |one| one.country.as_str());
        let headline = self.headline();
        Sheet {
            language: self.locale.tag().to_owned(),
            han: match self.locale {
                Locale::Ja => Han::Japanese,
                Locale::Ko => Han::Korean,
                _ => Han::of_country(code(buyer)),
            },
            paper: Paper::of_country(code(seller.or(buyer))),
            title: self.say(match document.kind {
                DocumentKind::Invoice => "doc-invoice",
                DocumentKind::Receipt => "doc-receipt",
                DocumentKind::CreditNote => "doc-credit-note",
            }),
            brand: document.seller.brand.clone(),
            date: (
                u16::try_from(issued.year()).unwrap_or(0),
                part(issued.month()),
                part(issued.day()),
            ),
            facts: self.facts(),
            parties: vec![self.seller(&document.seller), self.buyer()],
            footer: format!("{} · {headline}", document.number),
            headline,
            lines: self.lines(),
            sums: self.sums(),
            tables: self.payments().into_iter().chain(self.refunds()).collect(),
            notes: self.notes(),
            page_of: self.locale.with(
                "doc-page",
                [("page", "{page}".into()), ("pages", "{pages}".into())],
            ),
        }
    }

    /// The numbers, the document's own first, and the days.
    fn facts(&self) -> Vec<(String, String)> {
        let document = self.document;
        let invoice = ("doc-invoice-number", document.invoice_number.clone());
        let own = match document.kind {
            DocumentKind::Invoice => None,
            DocumentKind::Receipt => Some("doc-receipt-number"),
            DocumentKind::CreditNote => Some("doc-credit-note-number"),
        };
        let own = own.map(|id| (id, document.number.clone()));
        let issued = ("doc-issued", self.day(document.issued_at));
        let paid = document.payments.first();
        let paid = paid.map(|payment| ("doc-paid-date", self.day(payment.paid_at)));
        own.into_iter()
            .chain([invoice, issued])
            .chain(paid)
            .map(|(id, value)| (self.say(id), value))
            .collect()
    }

    fn headline(&self) -> String {
        let document = self.document;
        let total = self.money(document.sums.due);
        let (id, moment) = match (document.kind, document.payments.first()) {
            (DocumentKind::Receipt, Some(payment)) => ("doc-paid", payment.paid_at),
            (DocumentKind::CreditNote, _) => ("doc-refunded", document.issued_at),
            _ => return self.locale.with("doc-due", [("total", total.into())]),
        };
        let date = self.day(moment);
        self.locale
            .with(id, [("total", total.into()), ("date", date.into())])
    }

    fn seller(&self, seller: &Seller) -> Party {
        let mut lines = self.address(seller.address.as_ref());
        lines.extend(seller.email.clone());
        lines.extend(seller.tax_number.as_ref().map(number));
        Party {
            heading: String::new(),
            name: seller.name.clone(),
            lines,
        }
    }

    fn buyer(&self) -> Party {
        let buyer = &self.document.buyer;
        let mut lines = self.address(buyer.address.as_ref());
        lines.push(buyer.email.clone());
        lines.extend(buyer.tax_number.as_ref().map(number));
        lines.retain(|line| *line != buyer.name);
        Party {
            heading: self.say("doc-bill-to"),
            name: buyer.name.clone(),
            lines,
        }
    }

    /// An address as it is written in its country, the country's name last.
    fn address(&self, address: Option<&Address>) -> Vec<String> {
        let Some(address) = address else {
            return Vec::new();
        };
        let code = address.country.as_str();
        let state = address.state.as_deref().filter(|_| writes_state(code));
        let state = state.map(|state| state.strip_prefix(&format!("{code}-")).unwrap_or(state));
        let mut lines = Vec::new();
        // Parts of the line with the city stand beside each other.
        let mut place: Vec<&str> = Vec::new();
        for field in address_order(code) {
            let part = match field {
                Field::Line1 => address.line1.as_deref(),
                Field::Line2 => address.line2.as_deref(),
                Field::City => address.city.as_deref(),
                Field::State => state,
                Field::PostalCode => address.postal_code.as_deref(),
                _ => None,
            };
            let is_line = matches!(field, Field::Line1 | Field::Line2);
            if is_line && !place.is_empty() {
                lines.push(joined(&std::mem::take(&mut place), address.country));
            }
            match part {
                Some(part) if is_line => lines.push(part.to_owned()),
                Some(part) => place.push(part),
                None => {}
            }
        }
        if !place.is_empty() {
            lines.push(joined(&place, address.country));
        }
        let country = self.locale.country(code);
        lines.push(country.unwrap_or(address.country.name()).to_owned());
        lines
    }

    fn lines(&self) -> Table {
        let document = self.document;
        let refund = (document.kind == DocumentKind::CreditNote).then(|| DocumentLine {
            label: self.locale.with(
                "doc-refund-of",
                [("number", document.invoice_number.clone().into())],
            ),
            amount: document.sums.net,
            period: None,
        });
        let rows = document.lines.iter().chain(&refund).map(|line| {
            let amount = self.money(line.amount);
            let period = line.period.map(|(start, end)| {
                let (start, end) = (self.day(start), self.day(end));
                format!("{start} – {end}")
            });
            Row {
                cells: vec![
                    line.label.clone(),
                    money::number(1, self.locale),
                    amount.clone(),
                    amount,
                ],
                note: period.unwrap_or_default(),
            }
        });
        Table {
            title: String::new(),
            heads: [
                "doc-description",
                "doc-quantity",
                "doc-unit-price",
                "doc-amount",
            ]
            .map(|id| self.say(id))
            .to_vec(),
            rows: rows.collect(),
        }
    }

    fn sums(&self) -> Vec<Sum> {
        let document = self.document;
        let Sums {
            subtotal,
            discount,
            net,
            tax,
            total,
            applied_balance,
            due,
        } = document.sums;
        let sum = |label: String, minor: i64, strong: bool| Sum {
            label,
            amount: self.money(minor),
            strong,
        };
        let mut sums = Vec::new();
        if document.kind != DocumentKind::CreditNote {
            sums.push(sum(self.say("subtotal"), subtotal, false));
        }
        if discount != 0 {
            sums.push(sum(self.say("doc-discount"), -discount, false));
        }
        sums.push(sum(self.say("doc-net"), net, false));
        for line in &document.taxes {
            sums.push(sum(self.tax(line), line.amount, false));
        }
        let is_itemised = document.taxes.len() == 1;
        if tax != 0 && !is_itemised {
            sums.push(sum(self.say("doc-tax-total"), tax, false));
        }
        let is_due_apart = applied_balance != 0 || due != total;
        sums.push(sum(self.say("total"), total, !is_due_apart));
        if applied_balance != 0 {
            let id = match applied_balance < 0 {
                true => "balance-used",
                false => "balance-owed",
            };
            sums.push(sum(self.say(id), applied_balance, false));
        }
        if is_due_apart {
            let id = match document.kind {
                DocumentKind::Receipt => "doc-amount-paid",
                _ => "amount-due",
            };
            sums.push(sum(self.say(id), due, true));
        }
        sums
    }

    /// A tax with its rate and its place.
    fn tax(&self, line: &TaxLine) -> String {
        let name = tax_name(line, self.locale);
        let country = line.country.as_deref();
        let country = country.map(|code| self.locale.country(code).unwrap_or(code));
        let state = line.state.as_deref();
        let state = state.map(|state| state.split_once('-').map_or(state, |(_, state)| state));
        let place: Vec<&str> = state.into_iter().chain(country).collect();
        match place.is_empty() {
            true => name,
            false => format!("{name} · {}", place.join(", ")),
        }
    }

    fn payments(&self) -> Option<Table> {
        let document = self.document;
        if document.payments.is_empty() {
            return None;
        }
        let used = (document.sums.applied_balance < 0).then(|| {
            let amount = self.money(-document.sums.applied_balance);
            let day = self.day(document.issued_at);
            vec![self.say("doc-balance"), day, amount]
        });
        let payments = document.payments.iter().map(|payment| {
            let method = match &payment.card {
                Some((brand, last4)) => card(&CardMetadata {
                    brand: brand.clone(),
                    last4: last4.clone(),
                    exp_month: 0,
                    exp_year: 0,
                    wallet: None,
                }),
                None => payment.method.clone(),
            };
            vec![
                method,
                self.day(payment.paid_at),
                self.money(payment.amount),
            ]
        });
        Some(self.table(
            "doc-payments",
            ["doc-method", "doc-date", "doc-amount-paid"],
            payments.chain(used).collect(),
        ))
    }

    fn refunds(&self) -> Option<Table> {
        let refunds = &self.document.refunds;
        if refunds.is_empty() {
            return None;
        }
        let mut rows: Vec<_> = refunds
            .iter()
            .map(|refund| {
                let number = refund.number.clone().unwrap_or_default();
                vec![
                    number,
                    self.day(refund.refunded_at),
                    self.money(refund.amount),
                ]
            })
            .collect();
        let total: i128 = refunds.iter().map(|refund| i128::from(refund.amount)).sum();
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        rows.push(vec![
            self.say("doc-total-refunded"),
            String::new(),
            self.money(total),
        ]);
        Some(self.table(
            "doc-refunds",
            ["doc-credit-note-number", "doc-date", "doc-amount-refunded"],
            rows,
        ))
    }

    fn table(&self, title: &str, heads: [&str; 3], rows: Vec<Vec<String>>) -> Table {
        let rows = rows.into_iter().map(|cells| Row {
            cells,
            note: String::new(),
        });
        Table {
            title: self.say(title),
            heads: heads.map(|id| self.say(id)).to_vec(),
            rows: rows.collect(),
        }
    }

    fn notes(&self) -> Vec<String> {
        let document = self.document;
        let reversed = document.is_reverse_charge;
        let reversed = reversed.then(|| self.say("doc-reverse-charge"));
        reversed
            .into_iter()
            .chain(document.seller.notes.clone())
            .collect()
    }
}

fn number(number: &TaxNumber) -> String {
    format!("{} {}", number.label, number.number)
        .trim()
        .to_owned()
}

/// The parts of an address' line with the city.
fn joined(parts: &[&str], country: Country) -> String {
    match (country.as_str(), parts) {
        ("US" | "CA" | "AU", [city, rest @ ..]) if !rest.is_empty() => {
            format!("{city}, {}", rest.join(" "))
        }
        _ => parts.join(" "),
    }
}
