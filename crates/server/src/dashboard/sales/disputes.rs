//! Disputes: payments that buyers contest at their banks.

use std::sync::Arc;

use axum::{Router, routing::get};
use till_core::kernel::records::Dispute as Row;
use till_wire::{
    disputes::{Dispute, DisputeStatus},
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::{self, Buyers},
        detail::{Action, Fact, Part, moments},
        done,
        form::{ConfirmPage, FormData},
        listing::{Column, Filter, ListingQuery},
        parts::{Cell, Menu, MenuItem, Tone, money, sentence},
        resource_pages::{DISPUTES, Listed, ORDERS, PAYMENTS, ResourcePages, find, list_routes},
        sales, show,
        timeline::timeline,
    },
    error::Result,
    http::extract::{Caller, Params, PathId, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let accepting = get(ask).post(accept);
    list_routes::<Dispute>(get(detail)).route(&DISPUTES.at("/{id}/accept"), accepting)
}

impl Listed for Dispute {
    type Read = scope::DisputesRead;

    const PAGES: ResourcePages = DISPUTES;
    const EMPTY: &'static str = "Nobody contests a payment. When a buyer asks their bank for the money back, the dispute is shown here with the day until which you can answer.";

    fn id(&self) -> Uuid {
        self.base.id
    }

    fn name(&self) -> String {
        format!("Dispute of {}", money(total(self), self.base.currency))
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::disputes::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::disputes::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![Filter::words::<DisputeStatus>(
            query,
            "status",
            "Status",
            "Any status",
        )]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Dispute"),
            Column::new("Customer"),
            Column::number("Amount"),
            Column::new("Status"),
            Column::new("Respond by"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            Cell::link(self.path(viewer), reason(self)),
            buyers::customer(viewer, &self.customer),
            Cell::money(total(self), self.base.currency),
            state(self.base.status),
            respond_by(viewer, self),
            Cell::time(self.base.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let mut items = vec![
            MenuItem::Link("Open", self.path(viewer)),
            MenuItem::Link(
                "Open the order",
                ORDERS.path(viewer, self.base.order_id, ""),
            ),
            MenuItem::Separator,
            MenuItem::Copy("Copy Dispute ID", self.base.id.to_string()),
        ];
        if may_accept(viewer, self) {
            items.push(MenuItem::Separator);
            items.push(MenuItem::Confirm("Accept", accept_path(viewer, self)));
        }
        Menu {
            name: self.name(),
            items,
        }
    }
}

/// Contested amount, tax included.
fn total(dispute: &Dispute) -> i64 {
    dispute.base.amount + dispute.base.tax_amount
}

fn reason(dispute: &Dispute) -> String {
    let given = dispute.base.reason.as_deref();
    given.map_or_else(|| "No reason given".to_owned(), sentence)
}

/// A dispute's status: what waits for the merchant, and what is lost, needs a look.
fn state(status: DisputeStatus) -> Cell {
    let tone = match status {
        DisputeStatus::NeedsResponse | DisputeStatus::EarlyWarning | DisputeStatus::Lost => {
            Tone::Bad
        }
        DisputeStatus::UnderReview => Tone::Busy,
        DisputeStatus::Won => Tone::Good,
        DisputeStatus::Prevented => Tone::Quiet,
    };
    Cell::toned(status.as_str(), tone)
}

/// Until when evidence is taken, while that is of interest.
fn respond_by(viewer: &Viewer, dispute: &Dispute) -> Cell {
    let base = &dispute.base;
    let due = Cell::time_or_nothing(base.evidence_due_by, &viewer.zone);
    match (base.past_due, base.closed) {
        (true, false) => Cell::Many(vec![due, Cell::toned("Past due", Tone::Bad)]),
        _ => due,
    }
}

fn may_accept(viewer: &Viewer, dispute: &Dispute) -> bool {
    dispute.base.status == DisputeStatus::NeedsResponse
        && viewer.may::<scope::DisputesWrite>().is_ok()
}

fn accept_path(viewer: &Viewer, dispute: &Dispute) -> String {
    DISPUTES.path(viewer, dispute.base.id, "/accept")
}

async fn detail(dashboard: Dashboard<scope::DisputesRead>, PathId(id): PathId) -> Answer {
    let (dispute, row) = actions::disputes::get_with_row(&dashboard.caller, id).await?;
    let parts = vec![
        about(&dashboard, &dispute, &row),
        timeline(&dashboard, [dispute.base.order_id]).await?,
    ];
    let mut page = dispute.detail(&dashboard, state(dispute.base.status), parts);
    if may_accept(&dashboard, &dispute) {
        let accept = Action::Go("Accept the dispute", accept_path(&dashboard, &dispute));
        page.actions.push(accept);
    }
    show(&page)
}

fn about(viewer: &Viewer, dispute: &Dispute, row: &Row) -> Part {
    let base = &dispute.base;
    let link =
        |pages: ResourcePages, id, words: &str| Cell::link(pages.path(viewer, id, ""), words);
    let mut facts = vec![
        Fact::new("Dispute ID", Cell::Code(base.id.to_string())),
        Fact::new("Reason", Cell::Text(reason(dispute))),
        Fact::new("Respond by", respond_by(viewer, dispute)),
        Fact::new("Amount", Cell::money(total(dispute), base.currency)),
        Fact::new("Tax in it", Cell::money(base.tax_amount, base.currency)),
        Fact::new("Customer", buyers::customer(viewer, &dispute.customer)),
        Fact::new("Order", link(ORDERS, base.order_id, "The order")),
        Fact::new("Payment", link(PAYMENTS, base.payment_id, "The payment")),
    ];
    let known = (row.processor, Some(row.reference.as_str()));
    facts.extend(sales::processor_fact(viewer, known));
    if !base.closed {
        let words = "Evidence is sent in the payment processor's own dashboard. Accepting gives the money to the buyer at once.";
        facts.push(Fact::new("What you can do", Cell::Text(words.to_owned())));
    }
    facts.extend(moments(base.created_at, base.modified_at, &viewer.zone));
    Part::Facts("Dispute", facts)
}

/// The order's disputes as a part of its page; none where nobody contests it.
pub fn part(viewer: &Viewer, disputes: &[Dispute]) -> Option<Part> {
    let facts = disputes.iter().map(|dispute| {
        let cells = vec![
            Cell::link(dispute.path(viewer), reason(dispute)),
            state(dispute.base.status),
            respond_by(viewer, dispute),
        ];
        Fact::new(
            money(total(dispute), dispute.base.currency),
            Cell::Many(cells),
        )
    });
    let facts: Vec<_> = facts.collect();
    (!facts.is_empty()).then_some(Part::Facts("Disputed", facts))
}

/// The mark of an order whose payment is contested.
pub fn mark(disputes: &[Dispute]) -> Option<Cell> {
    let newest = disputes.first()?;
    let tone = if newest.base.closed {
        Tone::Quiet
    } else {
        Tone::Bad
    };
    Some(Cell::toned("Disputed", tone))
}

async fn ask(dashboard: Dashboard<scope::DisputesWrite>, PathId(id): PathId) -> Answer {
    let dispute: Dispute = find(&dashboard, id).await?;
    let name = dispute.name();
    let title = format!("Accept the {}?", name.to_lowercase());
    let words = format!(
        "The buyer keeps {}, and the dispute is lost at once. This cannot be taken back. A subscription that the order belongs to ends now.",
        money(total(&dispute), dispute.base.currency)
    );
    show(&ConfirmPage {
        layout: DISPUTES.under_one(&dashboard, (id, &name), title),
        words,
        submit: "Accept",
        action: accept_path(&dashboard, &dispute),
        cancel: dispute.path(&dashboard),
    })
}

async fn accept(
    dashboard: Dashboard<scope::DisputesWrite>,
    PathId(id): PathId,
    _: FormData,
) -> Answer {
    let here = DISPUTES.path(&dashboard, id, "");
    let accepted = actions::disputes::accept(&dashboard.caller, &Default::default(), id).await;
    match accepted {
        Ok(_) => done(&here, "The dispute was accepted."),
        Err(error) if error.name() == "DisputeNotOpenError" => done(&here, &error.detail()),
        Err(error) => Err(error.into()),
    }
}
