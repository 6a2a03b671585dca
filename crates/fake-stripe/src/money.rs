//! Currencies: which there are, the least that can be charged, and those with rules of their own.

use crate::error::Refusal;

/// Currencies that Stripe charges in.
const CURRENCIES: &str = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bif bmd bnd bob brl bsd bwp byn bzd \
    cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg \
    huf idr ils inr isk jmd jpy kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr \
    mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp \
    sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw";

/// Currencies whose amounts have no decimals.
const NO_DECIMALS: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";

/// Least amounts, in minor units; elsewhere Stripe converts, and the fake asks for one.
const LEAST: &[(&str, i64)] = &[
    ("usd", 50),
    ("aed", 200),
    ("aud", 50),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1000),
];

/// Most that one payment can be, in minor units.
const MOST: i64 = 99_999_999;

/// Checks that an amount can be charged in a currency.
///
/// # Errors
///
/// 400 for currencies that Stripe does not know, amounts outside its bounds, and amounts of a currency without
/// decimals in use that are not whole.
pub fn chargeable(amount: i64, currency: &str) -> Result<(), Refusal> {
    if !CURRENCIES.split_whitespace().any(|known| known == currency) {
        return Err(Refusal::invalid(format!(
            "Invalid currency: {currency}. Stripe currently supports these currencies: {}",
            CURRENCIES.split_whitespace().collect::<Vec<_>>().join(", ")
        ))
        .param("currency"));
    }
    whole(amount, currency)?;
    let least = LEAST
        .iter()
        .find(|(known, _)| *known == currency)
        .map_or(1, |(_, least)| *least);
    if amount < least {
        return Err(Refusal::invalid(format!(
            "Amount must be at least {}",
            words(least, currency)
        ))
        .code("amount_too_small")
        .param("amount"));
    }
    if amount > MOST {
        return Err(Refusal::invalid(format!(
            "Amount must be no more than {}",
            words(MOST, currency)
        ))
        .code("amount_too_large")
        .param("amount"));
    }
    Ok(())
}

/// Checks that an amount is whole in a currency that Stripe writes with two decimals although nobody uses them.
///
/// # Errors
///
/// 400 for Icelandic krónur and Ugandan shillings that are not multiples of 100.
pub fn whole(amount: i64, currency: &str) -> Result<(), Refusal> {
    if matches!(currency, "isk" | "ugx") && amount % 100 != 0 {
        return Err(Refusal::invalid(format!(
            "Invalid amount: {currency} amounts must be a multiple of 100, since the currency has no decimals in use"
        ))
        .code("parameter_invalid_integer")
        .param("amount"));
    }
    Ok(())
}

/// An amount for people: `$0.50 usd`, `¥50`, `17500 huf` in Stripe's manner.
pub fn words(amount: i64, currency: &str) -> String {
    let sign = match currency {
        "usd" => "$",
        "eur" => "€",
        "gbp" => "£",
        "jpy" => "¥",
        _ => "",
    };
    if NO_DECIMALS
        .split_whitespace()
        .any(|known| known == currency)
    {
        format!("{sign}{amount} {currency}")
    } else {
        format!("{sign}{}.{:02} {currency}", amount / 100, amount % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_bounds_and_isk_and_ugx_are_whole() {
        assert!(chargeable(50, "usd").is_ok());
        assert_eq!(
            chargeable(49, "usd").expect_err("too small").more["code"],
            "amount_too_small"
        );
        assert_eq!(
            chargeable(100_000_000, "usd").expect_err("too large").more["code"],
            "amount_too_large"
        );
        assert!(chargeable(500, "isk").is_ok() && chargeable(550, "isk").is_err());
        assert!(chargeable(100, "ugx").is_ok() && chargeable(101, "ugx").is_err());
        assert!(
            chargeable(17_500, "huf").is_ok()
                && chargeable(17_550, "huf").is_ok()
                && chargeable(150, "twd").is_ok()
        );
        assert!(chargeable(100, "xxx").is_err());
    }
}
