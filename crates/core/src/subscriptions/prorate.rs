//! Proration: lines that give back the rest of a period at an old price and charge it at a new one
//! (docs/behaviour: subscriptions/proration). Amounts are minor units, without tax, and net of the discount that the
//! period has.

use jiff::Timestamp;
use till_wire::money::Currency;
use uuid::Uuid;

use super::schedule::Period;

/// Part of a period, counted in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    left: i64,
    whole: i64,
}

impl Share {
    /// All of a period.
    pub const WHOLE: Self = Self { left: 1, whole: 1 };

    /// Rest of a period at `now`: all of it before its start, nothing after its end.
    pub fn left(period: Period, now: Timestamp) -> Self {
        let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs();
        let whole = seconds(period.start, period.end).max(1);
        Self {
            left: seconds(now, period.end).clamp(0, whole),
            whole,
        }
    }

    /// Part of an amount, rounded half away from zero to what can be charged in its currency.
    pub fn rounded(self, amount: i64, currency: Currency) -> i64 {
        let (product, unit) = self.product(amount, currency);
        let units = (2 * product.abs() + unit) / (2 * unit);
        self.units(units * product.signum(), currency)
    }

    /// Part of an amount, cut off towards zero to what can be charged in its currency.
    pub fn truncated(self, amount: i64, currency: Currency) -> i64 {
        let (product, unit) = self.product(amount, currency);
        self.units(product / unit, currency)
    }

    /// The amount times what is left, and how much of that makes one unit of what can be charged.
    fn product(self, amount: i64, currency: Currency) -> (i128, i128) {
        let product = i128::from(amount) * i128::from(self.left);
        let unit = i128::from(self.whole) * i128::from(currency.charge_step());
        (product, unit)
    }

    fn units(self, units: i128, currency: Currency) -> i64 {
        let amount = units * i128::from(currency.charge_step());
        i64::try_from(amount).expect("a part of an amount, rounded to a few units, is an amount")
    }
}

/// Price of a plan for one period: what it adds to the period's sum, less its share of the discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetPrice {
    /// ID of the price.
    pub price_id: Uuid,
    /// Minor units.
    pub amount: i64,
}

/// Line of a change: credit where its amount is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Description, as the customer reads it.
    pub label: String,
    /// Minor units.
    pub amount: i64,
    /// Price that is given back or charged.
    pub price_id: Uuid,
    /// Time that the line is for.
    pub period: Period,
}

/// Time that the lines of a change are for, and their currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Part of the period that it is.
    pub share: Share,
    /// From when until when.
    pub period: Period,
    /// Currency of the amounts.
    pub currency: Currency,
}

impl Rest {
    /// Rest of a period at `now`.
    pub fn left(period: Period, now: Timestamp, currency: Currency) -> Self {
        Self {
            share: Share::left(period, now),
            period: Period {
                start: now.clamp(period.start, period.end),
                ..period
            },
            currency,
        }
    }

    /// All of a period.
    pub fn whole(period: Period, currency: Currency) -> Self {
        Self {
            share: Share::WHOLE,
            period,
            currency,
        }
    }

    fn line(self, label: String, amount: i64, price_id: Uuid) -> Line {
        Line {
            label: format!("{label} ({})", self.period.days()),
            amount,
            price_id,
            period: self.period,
        }
    }

    /// Credit for what is left of a period at its prices: one line for each.
    pub fn credits(self, title: &str, prices: &[NetPrice]) -> Vec<Line> {
        let line = |price: &NetPrice| {
            let amount = -self.share.rounded(price.amount, self.currency);
            self.line(format!("Unused time on {title}"), amount, price.price_id)
        };
        prices.iter().map(line).collect()
    }

    /// Charge for what is left of a period at other prices, or for a whole period: one line for each price.
    pub fn debits(self, title: &str, prices: &[NetPrice]) -> Vec<Line> {
        let words = match self.share == Share::WHOLE {
            true => title.to_owned(),
            false => format!("Remaining time on {title}"),
        };
        let line = |price: &NetPrice| {
            let amount = self.share.rounded(price.amount, self.currency);
            self.line(words.clone(), amount, price.price_id)
        };
        prices.iter().map(line).collect()
    }

    /// Charge for more seats, or credit for fewer, until the end of the period; none where nothing is due for it.
    pub fn seats(
        self,
        product: &str,
        seats: (i64, i64),
        nets: (i64, i64),
        price_id: Uuid,
    ) -> Option<Line> {
        let amount = self.share.truncated(nets.1 - nets.0, self.currency);
        let label = format!("{product}: {} instead of {} seats", seats.1, seats.0);
        (amount != 0).then(|| self.line(label, amount, price_id))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn period(start: &str, end: &str) -> Period {
        let (start, end) = (at(start), at(end));
        Period { start, end }
    }

    /// Thirty days, of which one is over.
    fn a_day_in() -> Rest {
        let period = period("2026-04-01T12:00:00Z", "2026-05-01T12:00:00Z");
        Rest::left(period, at("2026-04-02T12:00:00Z"), Currency::USD)
    }

    fn net(amount: i64) -> NetPrice {
        let price_id = Uuid::nil();
        NetPrice { price_id, amount }
    }

    /// Credit for the one price and charge for the other.
    fn change(from: i64, to: i64) -> (i64, i64) {
        let rest = a_day_in();
        let (credits, debits) = (
            rest.credits("A", &[net(from)]),
            rest.debits("B", &[net(to)]),
        );
        (credits[0].amount, debits[0].amount)
    }

    fn seats(from: i64, to: i64) -> Option<i64> {
        let line = a_day_in().seats("A", (4, 6), (from, to), Uuid::nil());
        line.map(|line| line.amount)
    }

    #[test]
    fn the_rest_of_a_period_is_given_back_and_charged_to_the_cent() {
        assert_eq!(change(500, 2000), (-483, 1933));
        assert_eq!(change(1000, 2000), (-967, 1933));
        // With 25 % off, with 3.00 off, with 50 % off.
        assert_eq!(change(750, 1500), (-725, 1450));
        assert_eq!(change(700, 1700), (-677, 1643));
        assert_eq!(change(500, 1000), (-483, 967));
        // With 20 % off the new price alone.
        assert_eq!(change(1000, 1600), (-967, 1547));
    }

    #[test]
    fn seats_are_charged_and_given_back_towards_zero() {
        assert_eq!(seats(4000, 6000), Some(1933));
        assert_eq!(seats(3200, 4800), Some(1546));
        assert_eq!(seats(3700, 5700), Some(1933));
        assert_eq!(seats(6000, 3000), Some(-2900));
        assert_eq!(seats(6000, 6000), None);
        // A second later there is no whole cent more.
        let period = period("2026-04-01T12:00:00Z", "2026-05-01T12:00:00Z");
        let later = Rest::left(period, at("2026-04-02T12:00:01Z"), Currency::USD);
        let line = later.seats("A", (6, 3), (6000, 3000), Uuid::nil()).unwrap();
        assert_eq!(line.amount, -2899);
        assert_eq!(
            line.label,
            "A: 3 instead of 6 seats (Apr 2, 2026 - May 1, 2026)"
        );
    }

    #[test]
    fn fractions_of_a_second_do_not_count() {
        let period = period("2026-04-01T12:00:00.900Z", "2026-05-01T12:00:00.900Z");
        let sooner = Share::left(period, at("2026-04-02T12:00:00.500Z"));
        assert_eq!(sooner, Share::left(period, at("2026-04-02T12:00:00.900Z")));
        assert_eq!(
            Share::left(period, period.start),
            Share::left(period, at("2026-01-01T00:00:00Z"))
        );
        assert_eq!(
            Share::left(period, period.end).rounded(1000, Currency::USD),
            0
        );
        assert_eq!(
            Share::left(period, period.start).rounded(1000, Currency::USD),
            1000
        );
    }

    #[test]
    fn amounts_are_what_the_currency_can_be_charged_in() {
        let stepped: Currency = "isk".parse().unwrap();
        let rest = Rest {
            currency: stepped,
            ..a_day_in()
        };
        assert_eq!(rest.debits("A", &[net(100_000)])[0].amount, 96_700);
        assert_eq!(rest.share.truncated(199_900, stepped), 193_200);
    }

    proptest! {
        #[test]
        fn credit_and_charge_of_one_price_cancel_out(amount in 0i64..=1 << 53, whole in 1i64..40_000_000, gone in 0i64..40_000_000) {
            let start = at("2026-01-31T10:00:00Z");
            let second = jiff::SignedDuration::from_secs;
            let period = Period { start, end: start + second(whole) };
            let rest = Rest::left(period, start + second(gone), Currency::USD);
            let (credits, debits) = (rest.credits("A", &[net(amount)]), rest.debits("A", &[net(amount)]));
            prop_assert_eq!(credits[0].amount + debits[0].amount, 0);
            prop_assert_eq!(rest.seats("A", (1, 1), (amount, amount), Uuid::nil()), None);
        }

        #[test]
        fn no_part_is_more_than_the_whole_and_later_is_never_more(
            amount in 0i64..=1 << 53, whole in 1i64..40_000_000, gone in 0i64..40_000_000, later in 0i64..1_000_000,
        ) {
            let start = at("2026-01-31T10:00:00Z");
            let second = jiff::SignedDuration::from_secs;
            let period = Period { start, end: start + second(whole) };
            let (first, second) = (Share::left(period, start + second(gone)), Share::left(period, start + second(gone + later)));
            for currency in [Currency::USD, "jpy".parse().unwrap()] {
                let (rounded, cut) = (first.rounded(amount, currency), first.truncated(amount, currency));
                prop_assert!((0..=amount).contains(&rounded));
                prop_assert!(cut <= rounded && rounded - cut <= 1);
                prop_assert!(second.rounded(amount, currency) <= rounded);
                prop_assert_eq!(first.rounded(-amount, currency), -rounded);
                prop_assert_eq!(first.truncated(-amount, currency), -cut);
            }
        }
    }
}
