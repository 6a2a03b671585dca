//! Letters: who is told of what, once, and what becomes of them.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use till_core::{
    kernel::{
        changes::Changes,
        letters::{LetterCause, LetterRequest, WRITE_JOB},
        records::{Mail as Letter, MailKind, MailState, Role},
    },
    mail::{MOST_TO_ONE, NewLetter, write},
};
use till_ports::{
    mail::{LogMailbox, Mail, MailError, Message},
    processor::BoxFuture,
};
use till_server::jobs;
use till_store::Query;
use till_testkit::{Till, both};

use crate::subscriptions_kit::{
    ADA, VISA, a_day_in, about_to_be_declined, bought, change, in_days, next_period, plan, switch,
};

/// A mail server that answers as it is told to, in this order; then it takes everything.
#[derive(Default)]
pub struct Server {
    answers: Mutex<Vec<Result<(), MailError>>>,
    /// Letters that were handed over, taken or not.
    pub asked: Mutex<Vec<Message>>,
    panics_after: Mutex<bool>,
}

impl Mail for Server {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>> {
        self.asked.lock().unwrap().push(message);
        Box::pin(async {
            assert!(
                !std::mem::take(&mut *self.panics_after.lock().unwrap()),
                "of all moments"
            );
            let mut answers = self.answers.lock().unwrap();
            match answers.is_empty() {
                true => Ok(()),
                false => answers.remove(0),
            }
        })
    }
}

impl Server {
    pub fn saying(answers: Vec<Result<(), MailError>>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers),
            ..Self::default()
        })
    }

    fn names(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .map(|message| message.id.to_string())
            .collect()
    }
}

async fn letters(t: &Till) -> Vec<Letter> {
    let query = Query::select::<Letter>("order by created_at, kind, recipient", vec![]);
    t.app.store.all(query).await.unwrap()
}

async fn states(t: &Till) -> Vec<(MailKind, MailState)> {
    letters(t)
        .await
        .iter()
        .map(|letter| (letter.kind, letter.state))
        .collect()
}

/// Recipients and subjects of what arrived since the last look.
async fn arrived(t: &Till) -> Vec<(String, String)> {
    t.drain().await;
    let mails = t.mailbox.take();
    let mut told: Vec<_> = mails
        .iter()
        .map(|mail| (mail.to.to_string(), mail.subject.to_string()))
        .collect();
    told.sort();
    told
}

fn pair(to: &str, subject: &str) -> (String, String) {
    (to.to_owned(), subject.to_owned())
}

async fn purchase(t: &Till, email: &str, more: Value) {
    let product = t.product().await;
    let checkout = t.checkout_with(&product, more).await;
    t.buy(&checkout, email).await;
}

/// A letter that is asked for, without what it is about.
async fn sale_notices(t: &Till, count: i64) {
    let found = letters(t).await;
    let like = found
        .iter()
        .find(|letter| letter.kind == MailKind::Sale)
        .unwrap();
    for n in 0..count {
        let letter = NewLetter {
            kind: MailKind::Sale,
            cause_key: format!("test {n}"),
            customer_id: None,
            about_customer_id: None,
            order_id: None,
            recipient: like.recipient.clone(),
            subject: like.subject.clone(),
            content: like.content.0.clone(),
            kept: None,
        };
        let changes = write(letter, t.organization.id, &t.app.context());
        t.app.store.commit(changes).await.unwrap();
    }
}

/// The plain text with what differs from run to run left out.
fn without_numbers(text: &str) -> String {
    let part = |word: &str| match word.contains("ADA-") || word.contains("-0001") {
        true => "NUMBER".to_owned(),
        false => word.to_owned(),
    };
    let line = |line: &str| match line.starts_with("https://") {
        true => "LINK".to_owned(),
        false => line.split(' ').map(part).collect::<Vec<_>>().join(" "),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The letters of a subscription's life in a language, as text, one below the other.
async fn life(t: &Till, locale: &str) -> String {
    let basic = plan(t, "Basic", 1000, json!({})).await;
    let pro = plan(t, "Pro", 2000, json!({})).await;
    let one = bought(t, &basic, VISA, json!({"locale": locale})).await;
    switch(t, &one, &pro, "prorate").await.ok();
    change(t, &one, json!({"cancel_at_period_end": true}))
        .await
        .ok();
    t.drain().await;
    change(t, &one, json!({"cancel_at_period_end": false}))
        .await
        .ok();
    t.drain().await;
    next_period(t, &one).await;
    change(
        t,
        &one,
        json!({"pause_at_period_end": true, "resumes_at": in_days(t, 60)}),
    )
    .await
    .ok();
    next_period(t, &one).await;
    change(t, &one, json!({"resume": true})).await.ok();
    t.drain().await;
    change(t, &one, json!({"revoke": true})).await.ok();
    t.drain().await;
    let mut all = Vec::new();
    for mail in t.mailbox.take() {
        if mail.subject.starts_with("You sold") {
            continue;
        }
        assert_eq!(mail.to, ADA);
        let html = mail.html.unwrap();
        assert!(html.contains(&format!("<html lang=\"{locale}\">")));
        let text = without_numbers(&mail.text);
        all.push(format!("=== {}\n{text}\n\n", mail.subject));
    }
    // Letters that are due at the same moment are sent at the same time.
    all.sort();
    all.concat()
}

/// Content of a snapshot; with TILL_WRITE_SNAPSHOTS it is written anew.
fn held(locale: &str, text: &str) {
    let path = format!("{}/tests/api/mail/{locale}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("TILL_WRITE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(
        text,
        std::fs::read_to_string(&path).unwrap(),
        "{path}: look at it, then TILL_WRITE_SNAPSHOTS=1"
    );
}

both! {
    async fn a_purchase_is_confirmed_to_its_buyer_and_told_to_the_team_once(t: &mut Till) {
        let own = format!("/v1/organizations/{}", t.organization.id);
        t.patch(&own, json!({"email": "shop@example.com"})).await.ok();
        purchase(t, "ada+buyer@example.com", json!({})).await;
        t.drain().await;
        let mails = t.mailbox.take();
        let [first, second] = &mails[..] else { panic!("{mails:?}") };
        let (confirmation, notice) = match first.to == "ada@example.com" {
            true => (second, first),
            false => (first, second),
        };
        assert_eq!((&*confirmation.to, &*confirmation.subject), ("ada+buyer@example.com", "Your order from Ada's Shop"));
        assert_eq!(confirmation.from, "Ada's Shop");
        assert_eq!(confirmation.reply_to.as_deref(), Some("shop@example.com"));
        let order = t.items("/v1/orders/").await.remove(0);
        for said in [order["invoice_number"].as_str().unwrap(), "Total: $", "reply to this email"] {
            assert!(confirmation.text.contains(said), "{said}: {}", confirmation.text);
        }
        assert!(confirmation.html.as_ref().unwrap().contains(order["invoice_number"].as_str().unwrap()));
        assert!(notice.subject.starts_with("You sold "), "{}", notice.subject);
        let page = format!("https://till.test/dashboard/ada/orders/{}", order["id"].as_str().unwrap());
        assert!(notice.text.contains(&page), "{}", notice.text);
        assert_eq!(notice.reply_to, None);
        assert_ne!(confirmation.id, notice.id);
        assert!(confirmation.id.ends_with("@till.test>"), "{}", confirmation.id);
        t.catch_up().await;
        assert_eq!(t.mailbox.take(), []);
        assert!(letters(t).await.iter().all(|letter| letter.state == MailState::Sent && letter.sent_at.is_some()));
    }

    async fn a_subscriptions_life_is_told_in_its_customers_language(t: &mut Till) {
        t.may_leave_work();
        for locale in ["en", "de", "ja"] {
            let own = t.another(|_| {});
            let text = Box::pin(life(&own, locale)).await;
            held(locale, &text);
            let customers = t.items("/v1/customers/").await;
            t.delete(&format!("/v1/customers/{}", customers[0]["id"].as_str().unwrap())).await;
            t.drain().await;
            t.mailbox.take();
        }
    }

    async fn who_could_not_be_charged_gets_the_page_to_pay_on(t: &mut Till) {
        t.may_leave_work();
        let subscription = about_to_be_declined(t).await;
        t.mailbox.take();
        next_period(t, &subscription).await;
        let mails = t.mailbox.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert_eq!(mail.subject, "The payment for Basic failed");
        assert!(mail.text.contains("Pay $10.00:\nhttps://till.test/pay/"), "{}", mail.text);
    }

    async fn an_organization_switches_letters_to_customers_off(t: &mut Till) {
        t.may_leave_work();
        let own = format!("/v1/organizations/{}", t.organization.id);
        let shown = t.get(&own).await.ok();
        let mut switches = shown["customer_email_settings"].as_object().unwrap().clone();
        switches.insert("order_confirmation".into(), false.into());
        switches.insert("subscription_cycled".into(), false.into());
        t.patch(&own, json!({"customer_email_settings": switches})).await.ok();
        purchase(t, ADA, json!({})).await;
        let told = arrived(t).await;
        assert!(matches!(&told[..], [(to, subject)] if to == ADA && subject.starts_with("You sold ")), "{told:?}");
        let subscription = a_day_in(t).await;
        let told = arrived(t).await;
        assert!(told.contains(&pair(ADA, "Your subscription to Basic")), "{told:?}");
        next_period(t, &subscription).await;
        assert_eq!(arrived(t).await, []);
    }

    async fn letters_have_the_organizations_colour_and_text_that_can_be_read_on_it(t: &mut Till) {
        t.may_leave_work();
        let own = format!("/v1/organizations/{}", t.organization.id);
        t.patch(&own, json!({"brand_settings": {"color": "#fde047"}})).await.ok();
        about_to_be_declined(t).await;
        t.drain().await;
        let mails = t.mailbox.take();
        let html = mails.iter().find(|mail| mail.to == ADA).unwrap().html.clone().unwrap();
        assert!(html.contains("border-top: 4px solid #fde047;"), "{html}");
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        next_period(t, &subscription).await;
        let html = t.mailbox.take().remove(0).html.unwrap();
        assert!(html.contains("background: #fde047; color: #000000; border: 1px solid #000000;"), "{html}");
        assert!(html.contains(".button { background: #fde047 !important; color: #000000 !important; border-color: #fde047 !important; }"), "{html}");
    }

    async fn everybody_in_the_team_chooses_their_notices(t: &mut Till) {
        const NOTICES: &str = "/dashboard/ada/settings/notices";
        let ada = t.dashboard().await;
        let other = t.dashboard_as(Role::Member).await;
        purchase(t, "stranger@example.com", json!({})).await;
        let told = arrived(t).await;
        assert!(told.len() == 2 && told.iter().any(|(to, _)| to == ADA), "{told:?}");
        let page = other.get(NOTICES).await.text();
        assert_eq!(page.matches(" checked").count(), 3, "{page}");
        assert_eq!(other.post(NOTICES, &[("disputes", "true")]).await.header("location"), NOTICES);
        let page = other.get(NOTICES).await.text();
        assert_eq!(page.matches(" checked").count(), 1, "{page}");
        assert_eq!(ada.get(NOTICES).await.text().matches(" checked").count(), 3);
        purchase(t, "stranger@example.com", json!({})).await;
        let told = arrived(t).await;
        assert!(matches!(&told[..], [(to, _)] if to == ADA), "{told:?}");
        assert_eq!(ada.post(NOTICES, &[("endpoints", "true")]).await.header("location"), NOTICES);
        purchase(t, "stranger@example.com", json!({})).await;
        assert_eq!(arrived(t).await, []);
    }

    async fn a_free_renewal_is_no_news(t: &mut Till) {
        t.may_leave_work();
        let free = t.post("/v1/products/", json!({"name": "Free", "recurring_interval": "month", "prices": [{"amount_type": "free"}]})).await.created();
        let checkout = t.checkout_for(&free).await;
        t.confirm(&checkout, json!({"customer_email": ADA})).await.ok();
        t.catch_up().await;
        assert_eq!(arrived(t).await, [pair(ADA, "Your subscription to Free")]);
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        next_period(t, &subscription).await;
        assert_eq!(arrived(t).await, []);
    }

    async fn the_sandbox_sends_to_members_of_the_team_alone(t: &mut Till) {
        purchase(t, "stranger@example.com", json!({})).await;
        let told = arrived(t).await;
        assert!(matches!(&told[..], [(to, _)] if to == ADA), "{told:?}");
        let letter = letters(t).await.into_iter().find(|letter| letter.kind == MailKind::OrderConfirmation).unwrap();
        assert_eq!((letter.state, &*letter.recipient), (MailState::Kept, "stranger@example.com"));
        let page = format!("/dashboard/ada/mail/{}", letter.id);
        let ada = t.dashboard().await;
        ada.post(&format!("{page}/send"), &[("_idempotency_key", "again")]).await;
        assert_eq!(arrived(t).await, []);
        ada.get(&page).await.says(200, "In the sandbox, mail goes only to members of the team.");
    }

    async fn without_a_server_letters_are_kept_and_shown_as_such(t: &mut Till) {
        let t = t.another(|app| app.mail = Arc::new(LogMailbox { words: false }));
        purchase(&t, ADA, json!({})).await;
        t.drain().await;
        assert_eq!(states(&t).await, [(MailKind::OrderConfirmation, MailState::Kept), (MailKind::Sale, MailState::Kept)]);
        let ada = t.dashboard().await;
        ada.get("/dashboard/ada").await.says(200, "href=\"/dashboard/ada/mail\">mailbox</a>");
        let list = ada.get("/dashboard/ada/mail").await;
        list.says(200, "This server sends no e-mail: letters are kept here.");
        list.says(200, "Your order from Ada&#39;s Shop");
        assert!(!list.text().contains("Send again"));
    }

    async fn a_letter_is_shown_as_it_looks_and_sent_again_under_another_name(t: &mut Till) {
        purchase(t, ADA, json!({})).await;
        t.drain().await;
        let first = t.mailbox.take();
        let letter = letters(t).await.into_iter().find(|letter| letter.kind == MailKind::OrderConfirmation).unwrap();
        let page = format!("/dashboard/ada/mail/{}", letter.id);
        let ada = t.dashboard().await;
        ada.get("/dashboard/ada/mail?state=sent").await.says(200, &letter.subject.replace('\'', "&#39;"));
        assert!(!ada.get("/dashboard/ada/mail?state=kept").await.text().contains(&page));
        let shown = ada.get(&page).await;
        shown.says(200, &format!("src=\"{page}/letter\""));
        assert!(shown.header("content-security-policy").contains("frame-src 'self'"));
        let framed = ada.get(&format!("{page}/letter")).await;
        framed.says(200, "<h1 class=\"heading\"");
        let policy = framed.header("content-security-policy").to_owned();
        for part in ["default-src 'none'", "img-src 'none'", "frame-ancestors 'self'", "sandbox allow-popups"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("script"), "{policy}");
        for _ in 0..2 {
            ada.post(&format!("{page}/send"), &[("_idempotency_key", "again")]).await;
        }
        t.drain().await;
        let second = t.mailbox.take();
        let [again] = &second[..] else { panic!("{second:?}") };
        let before = first.iter().find(|mail| mail.subject == again.subject).unwrap();
        assert_ne!(again.id, before.id);
        assert_eq!((&again.text, &again.html), (&before.text, &before.html));
    }

    async fn a_letter_that_is_not_taken_is_tried_again_under_the_same_name(t: &mut Till) {
        let later = || Err(MailError::Later("451 4.7.1 greylisted".to_owned()));
        let server = Server::saying(vec![later(), later()]);
        let t = t.another(|app| app.mail = server.clone());
        let own = format!("/v1/organizations/{}", t.organization.id);
        purchase(&t, ADA, json!({})).await;
        t.get(&own).await.ok();
        for _ in 0..4 {
            t.advance(std::time::Duration::from_secs(60));
            t.drain().await;
        }
        let mut names = server.names();
        assert_eq!(names.len(), 4, "two letters, and two attempts that failed");
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 2);
        assert!(letters(&t).await.iter().all(|letter| letter.state == MailState::Sent));
    }

    async fn a_letter_that_is_refused_is_not_tried_again_and_says_why(t: &mut Till) {
        let refused = || Err(MailError::Refused("550 no such user".to_owned()));
        let server = Server::saying(vec![refused(), refused()]);
        let t = t.another(|app| app.mail = server.clone());
        purchase(&t, ADA, json!({})).await;
        t.catch_up().await;
        assert_eq!(server.names().len(), 2);
        for letter in letters(&t).await {
            assert_eq!((letter.state, letter.reason.as_deref()), (MailState::Refused, Some("550 no such user")));
        }
    }

    async fn a_letter_is_given_up_loudly(t: &mut Till) {
        t.may_leave_work();
        let server = Server::saying(vec![Err(MailError::Later("no server".to_owned())); 200]);
        let t = t.another(|app| app.mail = server.clone());
        purchase(&t, ADA, json!({})).await;
        for _ in 0..24 {
            t.advance(std::time::Duration::from_secs(3_600));
            t.drain().await;
        }
        assert_eq!(server.names().len(), 40);
        assert!(letters(&t).await.iter().all(|letter| letter.state == MailState::Failed));
        assert_eq!(t.app.store.buried_jobs(10).await.unwrap().len(), 2);
    }

    async fn a_crash_between_sending_and_noting_leads_to_the_same_name(t: &mut Till) {
        let server = Arc::new(Server { panics_after: Mutex::new(true), ..Server::default() });
        let t = t.another(|app| app.mail = server.clone());
        purchase(&t, ADA, json!({})).await;
        t.catch_up().await;
        let mut names = server.names();
        assert_eq!(names.len(), 3);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 2);
    }

    async fn nobody_gets_more_than_fifty_letters_an_hour(t: &mut Till) {
        purchase(t, ADA, json!({})).await;
        t.drain().await;
        sale_notices(t, MOST_TO_ONE).await;
        t.drain().await;
        t.mailbox.take();
        purchase(t, ADA, json!({})).await;
        assert_eq!(arrived(t).await, []);
        let kept = letters(t).await.into_iter().filter(|letter| letter.state == MailState::Kept).count();
        assert_eq!(kept, 2);
        t.advance(std::time::Duration::from_secs(3_600));
        purchase(t, ADA, json!({})).await;
        assert_eq!(arrived(t).await.len(), 2);
    }

    async fn the_team_is_told_of_disputes_and_of_endpoints_that_were_switched_off(t: &mut Till) {
        t.may_leave_work();
        let world = crate::foreign::World::new(t).await;
        t.drain().await;
        let told = arrived(t).await;
        assert!(told.contains(&pair(ADA, "A payment of $10.00 is disputed")), "{told:?}");
        let endpoint = world.id("webhooks/endpoints").parse().unwrap();
        let ctx = t.app.context();
        let mut changes = Changes::new();
        changes.tell_by_mail(&ctx, LetterCause::EndpointDisabled, t.organization.id, endpoint);
        t.app.store.commit(changes).await.unwrap();
        assert_eq!(arrived(t).await, [pair(ADA, "A webhook endpoint was switched off")]);
    }

    async fn letters_of_what_is_gone_are_not_written(t: &mut Till) {
        let ctx = t.app.context();
        for cause in [LetterCause::OrderPaid, LetterCause::UsageUnpaid, LetterCause::Revoked, LetterCause::DisputeOpened, LetterCause::EndpointDisabled] {
            let request = LetterRequest { id: ctx.id(), cause, organization_id: t.organization.id, subject_id: ctx.id() };
            let mut changes = Changes::new();
            changes.job(&ctx, WRITE_JOB, &request.id.to_string(), ctx.now, &request);
            t.app.store.commit(changes).await.unwrap();
        }
        jobs::run_letters(&t.app).await.unwrap();
        assert_eq!(letters(t).await, []);
    }

    async fn a_confirmation_comes_with_the_invoice_or_without_a_billing_name_with_the_receipt(t: &mut Till) {
        t.may_leave_work();
        purchase(t, ADA, json!({})).await;
        t.drain().await;
        let file = |mails: &[Message]| {
            let own = mails.iter().find(|mail| mail.subject.starts_with("Your ")).unwrap();
            let file = own.attachment.clone().unwrap();
            assert!(file.bytes.starts_with(b"%PDF-") && file.media_type == "application/pdf");
            file.name.to_string()
        };
        let mails = t.mailbox.take();
        let order = t.items("/v1/orders/").await.remove(0);
        assert_eq!(file(&mails), format!("Receipt-{}.pdf", order["receipt_number"].as_str().unwrap()));
        assert!(mails.iter().any(|mail| mail.subject.starts_with("You sold ") && mail.attachment.is_none()));
        let product = plan(t, "Basic", 1000, json!({})).await;
        let checkout = t.checkout_with(&product, json!({"customer_billing_name": "Ada Lovelace"})).await;
        t.buy(&checkout, "ada+named@example.com").await;
        t.drain().await;
        let order = t.orders(&checkout).await.remove(0);
        assert_eq!(file(&t.mailbox.take()), format!("Invoice-{}.pdf", order["invoice_number"].as_str().unwrap()));
        assert_eq!(t.orders(&checkout).await[0]["is_invoice_generated"], true);
        let subscription = t.items("/v1/subscriptions/").await.remove(0);
        next_period(t, &subscription).await;
        let order = t.items("/v1/orders/").await.remove(0);
        assert_eq!(file(&t.mailbox.take()), format!("Invoice-{}.pdf", order["invoice_number"].as_str().unwrap()));
    }

    async fn a_letter_waits_three_times_for_its_document_and_then_goes_without(t: &mut Till) {
        t.may_leave_work();
        let t = t.another(|app| app.sheet_of = |_| panic!("of all documents"));
        purchase(&t, ADA, json!({})).await;
        let confirmation = async || {
            let letters = letters(&t).await;
            letters.into_iter().find(|letter| letter.kind == MailKind::OrderConfirmation).unwrap()
        };
        while confirmation().await.state == MailState::Waiting {
            let letter = confirmation().await;
            assert!((1..=3).contains(&letter.attempts), "{letter:?}");
            assert!(letter.reason.unwrap().starts_with("the document was not made"));
            assert!(t.mailbox.take().iter().all(|mail| mail.subject.starts_with("You sold ")));
            t.advance(std::time::Duration::from_secs(600));
            t.drain().await;
        }
        assert_eq!((confirmation().await.state, confirmation().await.attempts), (MailState::Sent, 3));
        let mails = t.mailbox.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert!(mail.subject.starts_with("Your order") && mail.attachment.is_none(), "{mail:?}");
    }

    async fn letters_are_forgotten_after_ninety_days(t: &mut Till) {
        purchase(t, ADA, json!({})).await;
        t.drain().await;
        assert_eq!(letters(t).await.len(), 2);
        t.advance(std::time::Duration::from_secs(89 * 24 * 3_600));
        jobs::upkeep::run_due(&t.app).await.unwrap();
        assert_eq!(letters(t).await.len(), 2);
        t.advance(std::time::Duration::from_secs(2 * 24 * 3_600));
        jobs::upkeep::run_due(&t.app).await.unwrap();
        assert_eq!(letters(t).await, []);
    }
}
