//! Benefits that a customer, or one of its members, has.

use till_core::{
    kernel::records::{Benefit, BenefitGrant as Row},
    portal::{Viewer, grants},
};
use till_store::{List, Order};
use till_wire::{
    benefits::BenefitType,
    grants::{CustomerBenefitGrant, CustomerBenefitGrantUpdate},
    members::MemberRole,
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions::{
        grants::GrantParts,
        portal::pages::{Part, ROWS},
    },
    app::App,
    error::{OrNotFound, Result},
    http::extract::{
        Params,
        query::{Sorted, ids, query, sorting, text, words},
    },
};

const SORT_KEYS: [(&str, &str); 4] = [
    ("granted_at", "granted_at"),
    ("type", "type"),
    ("organization", "organization"),
    ("product_benefit", "product_benefit"),
];

query! {
    /// The query of a list of what a customer has.
    pub(crate) struct ListQuery {
        /// Search for a part of the benefit's description, in any case.
        query: Option<String> = text(),
        /// Filter by type of the benefit.
        kind: Vec<BenefitType> as "type" = words::<BenefitType>(),
        /// Filter by benefit ID.
        benefit_id: Vec<Uuid> = ids(),
        /// Filter by the checkout session in which it was bought.
        checkout_id: Vec<Uuid> = ids(),
        /// Filter by the order that gives it.
        order_id: Vec<Uuid> = ids(),
        /// Filter by the subscription that gives it.
        subscription_id: Vec<Uuid> = ids(),
        /// Filter by member ID.
        member_id: Vec<Uuid> = ids(),
        /// `product_benefit` is the order that the product lists its benefits in.
        sorting: Sorted = sorting(&SORT_KEYS, "product_benefit"),
    }
}

/// Lists what the viewer has now (docs/behaviour: benefits/portal).
pub async fn list(
    app: &App,
    viewer: &Viewer,
    mut params: Params,
) -> Result<Page<CustomerBenefitGrant>> {
    let sent = ListQuery::read(&mut params);
    let own = viewer.organization.id;
    let kinds = sent.kind.into_iter().map(Into::into).collect();
    let list = theirs(viewer)
        .is_null("revoked_at")
        .of_public_benefits(own, kinds, sent.query.as_deref())
        .any_of("benefit_id", sent.benefit_id)
        .of_checkouts(&sent.checkout_id)
        .any_of("order_id", sent.order_id)
        .any_of("subscription_id", sent.subscription_id)
        .any_of("member_id", sent.member_id)
        .sorted(sent.sorting);
    let (rows, page) = params.page::<Row>(app, list).await?;
    Ok(page.of(shown(app, viewer, &rows).await?))
}

/// Public benefits that the viewer has now, in the order of the products: page `page`, from 1.
pub async fn held(app: &App, viewer: &Viewer, page: u32) -> Result<Part<(Row, Benefit)>> {
    let own = viewer.organization.id;
    let list = theirs(viewer)
        .not_null("granted_at")
        .of_public_benefits(own, Vec::new(), None)
        .order("product_benefit", Order::Asc);
    let (rows, total) = app.store.page::<Row>(list, page, ROWS).await?;
    let wanted: Vec<Uuid> = rows.iter().map(|row| row.benefit_id).collect();
    let benefits = app.store.benefits(own, &wanted).await?;
    let find = |row: &Row| benefits.iter().find(|one| one.id == row.benefit_id);
    let pair = |row: Row| find(&row).cloned().map(|benefit| (row, benefit));
    let held = rows.into_iter().filter_map(pair).collect();
    Ok((held, total > i64::from(page) * i64::from(ROWS)))
}

/// Grants of the viewer: their own, and for the owner also those of the customer as such.
fn theirs(viewer: &Viewer) -> List {
    let member = viewer.member.as_ref().map(|member| member.id);
    let is_owner = viewer.role == MemberRole::Owner;
    List::of::<Row>(viewer.organization.id)
        .eq("customer_id", viewer.customer.id)
        .held_by(member, is_owner)
}

/// Shows a grant; one that was revoked is none any more.
pub async fn get(app: &App, viewer: &Viewer, id: Uuid) -> Result<CustomerBenefitGrant> {
    let (row, benefit) = find(app, viewer, id).await?;
    let live = row.revoked_at.is_none().then_some((row, benefit));
    let (row, benefit) = live.or_not_found()?;
    Ok(row.holder_view(&viewer.customer, &benefit, &viewer.organization))
}

/// Answers a change of a grant, of which there is none to make.
pub async fn update(
    app: &App,
    viewer: &Viewer,
    id: Uuid,
    input: CustomerBenefitGrantUpdate,
) -> Result<CustomerBenefitGrant> {
    let (row, benefit) = find(app, viewer, id).await?;
    grants::unchanged(&row, &benefit, input)?;
    Ok(row.holder_view(&viewer.customer, &benefit, &viewer.organization))
}

async fn find(app: &App, viewer: &Viewer, id: Uuid) -> Result<(Row, Benefit)> {
    let own = viewer.organization.id;
    let row = app.store.grant(own, id).await.or_not_found()?;
    let benefit = app.store.benefits(own, &[row.benefit_id]).await?.pop();
    let benefit = benefit.or_not_found()?;
    let is_shown = grants::is_shown(&row, &benefit, viewer);
    is_shown.then_some((row, benefit)).or_not_found()
}

/// Grants as their holder sees them.
async fn shown(app: &App, viewer: &Viewer, rows: &[Row]) -> Result<Vec<CustomerBenefitGrant>> {
    let parts = GrantParts::load(app, &viewer.organization, rows).await?;
    let view = |row: &Row| {
        let (customer, benefit) = parts.of(row)?;
        Ok(row.holder_view(customer, benefit, &viewer.organization))
    };
    rows.iter().map(view).collect()
}
