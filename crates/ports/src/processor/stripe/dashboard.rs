//! Addresses of pages in Stripe's dashboard.

use super::Mode;

const DASHBOARD: &str = "https://dashboard.stripe.com";
/// Letters after a name's prefix, at most.
const LETTERS: usize = 64;

/// The page about what Stripe calls `reference`; `None` where that is no name of a kind that has a page.
pub(super) fn url(reference: &str, mode: Mode) -> Option<String> {
    let (kind, letters) = reference.split_once('_')?;
    let is_name = (1..=LETTERS).contains(&letters.len())
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_name {
        return None;
    }
    let mode = match mode {
        Mode::Test => "/test",
        Mode::Live => "",
    };
    let area = match kind {
        "acct" => return Some(format!("{DASHBOARD}/{reference}{mode}/dashboard")),
        "pi" | "ch" | "py" => "payments",
        "seti" => "setup_intents",
        "re" | "pyr" => "refunds",
        "du" | "dp" => "disputes",
        "req" => "logs",
        _ => return None,
    };
    Some(format!("{DASHBOARD}{mode}/{area}/{reference}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_stripes_leads_to_its_page_in_the_accounts_mode() {
        for (reference, path) in [
            ("pi_3MtwBwLkdIwHu7ix28a3tqPa", "payments"),
            ("ch_3MmlLrLkdIwHu7ix0snN0B15", "payments"),
            ("seti_1Mm8s8LkdIwHu7ix0OXBfTRG", "setup_intents"),
            ("re_1Nispe2eZvKYlo2Cd31jOCgZ", "refunds"),
            ("du_1MtJUT2eZvKYlo2CNaw2HvEv", "disputes"),
            ("dp_1MtJUT2eZvKYlo2CNaw2HvEv", "disputes"),
            ("req_9YgxqvYwRFyMKo", "logs"),
        ] {
            let live = format!("https://dashboard.stripe.com/{path}/{reference}");
            assert_eq!(url(reference, Mode::Live), Some(live));
            let test = format!("https://dashboard.stripe.com/test/{path}/{reference}");
            assert_eq!(url(reference, Mode::Test), Some(test));
        }
        let account = |mode| url("acct_1Nv0FGQ9RKHgCVdK", mode).unwrap();
        let page = "https://dashboard.stripe.com/acct_1Nv0FGQ9RKHgCVdK";
        assert_eq!(account(Mode::Live), format!("{page}/dashboard"));
        assert_eq!(account(Mode::Test), format!("{page}/test/dashboard"));
    }

    #[test]
    fn what_stripe_does_not_name_so_has_no_page() {
        let long = format!("pi_{}", "x".repeat(LETTERS + 1));
        for other in [
            "",
            "pi",
            "pi_",
            "_1",
            "PI_1",
            "pi_1/../..",
            "pi_1?a=b",
            "pi_1#a",
            "pi_1 ",
            "pi_\u{e9}",
            "pi_sandbox_1",
            "cus_1",
            "pm_1",
            "https://evil.example/pi_1",
            "pi_1\"onclick",
            &long,
        ] {
            assert_eq!(url(other, Mode::Test), None, "{other}");
        }
    }
}
