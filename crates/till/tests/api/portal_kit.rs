//! A customer in their portal, for its tests.

use serde_json::{Value, json};
use till_core::kernel::records::{Mail as Letter, MailKind};
use till_store::Query;
use till_testkit::{Answer, Browser, Till};

/// The portal of the test's organization.
pub(crate) const PORTAL: &str = "/ada/portal";
/// The cookie of a session there.
pub(crate) const SESSION: &str = "till_portal_session";

/// The codes that were sent, the oldest first: to whom, and which.
pub(crate) async fn codes(t: &Till) -> Vec<(String, String)> {
    let query = Query::select::<Letter>("order by created_at, id", vec![]);
    let letters: Vec<Letter> = t.app.store.all(query).await.unwrap();
    let codes = letters
        .into_iter()
        .filter(|one| one.kind == MailKind::PortalCode);
    codes
        .map(|one| (one.recipient, one.content.0.total.expect("a code").1))
        .collect()
}

/// Asks for a code, and gives the one that comes.
pub(crate) async fn code_for(t: &Till, browser: &Browser, email: &str) -> String {
    browser
        .post(PORTAL, &[("email", email)])
        .await
        .expect_to(PORTAL);
    t.drain().await;
    codes(t).await.pop().expect("a code was sent").1
}

/// The browser of a customer of the merchant's who is signed in by a session of the API.
pub(crate) async fn signed_in(t: &Till, customer: &Value) -> Browser {
    let browser = t.browser();
    let token = token_of(t, customer).await;
    let path = format!("{PORTAL}?customer_session_token={token}");
    browser.get(&path).await.expect_to(PORTAL);
    browser
}

/// A key to a customer's portal; a team's is its owner's.
pub(crate) async fn token_of(t: &Till, customer: &Value) -> String {
    let id = customer["id"].as_str().unwrap();
    let owner = t
        .items(&format!("/v1/members/?customer_id={id}&role=owner"))
        .await;
    let owner = owner.first().map(|member| &member["id"]);
    let body =
        json!({"customer_id": id, "member_id": owner, "return_url": "https://shop.example/back"});
    let session = t.post("/v1/customer-sessions/", body).await.created();
    session["token"].as_str().unwrap().to_owned()
}

/// Checks of answers.
pub(crate) trait Redirected {
    /// It leads on to this address.
    fn expect_to(&self, path: &str);
}

impl Redirected for Answer {
    #[track_caller]
    fn expect_to(&self, path: &str) {
        assert_eq!(self.status, 303, "{}", self.text());
        assert_eq!(self.header("location"), path);
    }
}

/// The value of a hidden field on a page.
#[track_caller]
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let at = format!("name=\"{name}\" value=\"");
    let rest = page.split(&at).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}
