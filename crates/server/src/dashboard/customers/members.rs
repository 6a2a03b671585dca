//! The members of a team customer: who they are, added, changed and removed.

use std::sync::Arc;

use axum::{Router, routing::get};
use serde_json::json;
use till_wire::{
    customers::{Customer, CustomerType},
    members::{Member, MemberCreate, MemberRole, MemberUpdate},
    page::Page as Items,
};
use uuid::Uuid;

use crate::{
    actions::customers::{
        CustomerRef,
        members::{self, MemberRef},
    },
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        detail::Part,
        done,
        form::{ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        listing::{Column, Empty, Listing, ListingQuery, Row},
        parts::{Cell, Menu, MenuItem, Tone, sentence},
        resource_pages::{CUSTOMERS, Listed, find},
        show, show_again,
    },
    error::Result,
    http::{
        extract::{Body, Caller, MemberId, Params, PathId, scope},
        idempotency::IdempotencyGuard,
    },
};

/// Members that the customer's page shows.
const SHOWN: u32 = 100;

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let at = |rest: &str| CUSTOMERS.at(&format!("/{{id}}/members{rest}"));
    Router::new()
        .route(&at("/new"), get(new).post(add))
        .route(&at("/{member_id}/edit"), get(edit).post(change))
        .route(&at("/{member_id}/remove"), get(ask).post(remove))
}

fn path(viewer: &Viewer, customer: Uuid, rest: &str) -> String {
    CUSTOMERS.path(viewer, customer, &format!("/members{rest}"))
}

fn name(member: &Member) -> &str {
    member.name.as_deref().unwrap_or(&member.email)
}

/// The members of a team; none of an individual, who has only themselves, and for those who may not see them.
pub async fn part(viewer: &Viewer, one: &Customer) -> Result<Option<Part>> {
    let (CustomerType::Team, Ok(caller)) = (one.kind, viewer.may::<scope::MembersRead>()) else {
        return Ok(None);
    };
    let params = Params::parse(&format!(
        "customer_id={}&limit={SHOWN}&sorting=created_at",
        one.id
    ));
    let found = members::list(&caller, params).await?;
    let may_write = viewer.may::<scope::MembersWrite>().is_ok();
    let columns = vec![
        Column::new("Member"),
        Column::new("Role"),
        Column::new("External ID"),
        Column::new("Added"),
    ];
    let row = |member: &Member| {
        let note = member.name.as_ref().map(|_| member.email.clone());
        let row = Row::new(vec![
            match note {
                Some(email) => Cell::Noted(name(member).to_owned(), email),
                None => Cell::Text(member.email.clone()),
            },
            Cell::toned(member.role.as_str(), Tone::Quiet),
            Cell::text(member.external_id.clone()),
            Cell::time(member.created_at, &viewer.zone),
        ]);
        if !may_write {
            return row;
        }
        let at = |rest: &str| path(viewer, one.id, &format!("/{}{rest}", member.id));
        let mut items = vec![MenuItem::Link("Edit", at("/edit"))];
        if member.role != MemberRole::Owner {
            items.push(MenuItem::Confirm("Remove", at("/remove")));
        }
        row.menu(Menu {
            name: name(member).to_owned(),
            items,
        })
    };
    let empty = Empty {
        words: "No members yet.",
        step: may_write.then(|| ("Add member", path(viewer, one.id, "/new"))),
    };
    let total = found.pagination.total_count;
    let items = Items::new(found.items, total, SHOWN);
    let all = ListingQuery::new(&CUSTOMERS.path(viewer, one.id, ""), "");
    let list = Listing::of(all, "Members", columns, &items, row, empty).part();
    Ok(Some(Part::list("Members", list)))
}

/// The address of the form for another member of a team, for those who may add one.
pub fn add_at(viewer: &Viewer, one: &Customer) -> Option<String> {
    let may = one.kind == CustomerType::Team && viewer.may::<scope::MembersWrite>().is_ok();
    may.then(|| path(viewer, one.id, "/new"))
}

/// The customer and the member of an address.
async fn theirs(
    dashboard: &Dashboard<scope::MembersWrite>,
    id: Uuid,
    member: Uuid,
) -> Result<(Customer, Member)> {
    let customer = find::<Customer>(dashboard, id).await?;
    let (reference, member) = (CustomerRef::Id(id), MemberRef::Id(member));
    let caller = dashboard.may::<scope::MembersRead>()?;
    let member = members::get(&caller, &reference, &member).await?;
    Ok((customer, member))
}

fn roles(all: &[MemberRole]) -> Kind {
    Kind::choice(all.iter().map(|role| {
        let words = match role {
            MemberRole::Owner => "may do everything; the owner until now becomes a billing manager",
            MemberRole::BillingManager => "pays, and adds and removes members",
            MemberRole::Member => "uses what was bought",
        };
        (
            role.as_str(),
            format!("{}: {words}", sentence(role.as_str())),
        )
    }))
}

fn form_page(
    viewer: &Viewer,
    customer: &Customer,
    title: String,
    form: Form,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let about = (customer.id, customer.name());
    FormPage {
        layout: CUSTOMERS.under_one(viewer, (about.0, &about.1), title),
        form: match again {
            Some((form_data, errors)) => form.again(form_data, errors),
            None => form,
        },
        aside: None,
    }
}

fn new_page(
    viewer: &Viewer,
    customer: &Customer,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let fields = vec![
        Field::new("email", "E-mail", Kind::Line("email"))
            .required()
            .focus(),
        Field::new("name", "Name", Kind::Line("text")),
        Field::new("external_id", "External ID", Kind::Line("text"))
            .hint("The ID by which your own program knows the member."),
        Field::new(
            "role",
            "Role",
            roles(&[MemberRole::Member, MemberRole::BillingManager]),
        )
        .value("member"),
    ];
    let to = path(viewer, customer.id, "/new");
    let form = Form::new(to, "Add member", vec![Group::new("", fields)]).idempotency_key(viewer);
    form_page(
        viewer,
        customer,
        format!("Add a member to {}", customer.name()),
        form,
        again,
    )
}

async fn new(dashboard: Dashboard<scope::MembersWrite>, PathId(id): PathId) -> Answer {
    let customer = find::<Customer>(&dashboard, id).await?;
    show(&new_page(&dashboard, &customer, None))
}

async fn add(
    dashboard: Dashboard<scope::MembersWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let customer = find::<Customer>(&dashboard, id).await?;
    let body = Body(Some(form_data.json()));
    let made = async {
        let input = body.read(MemberCreate::read)?;
        let create = async |caller: &Caller<scope::MembersWrite>,
                            guard: &IdempotencyGuard,
                            input: MemberCreate| {
            members::create(caller, guard, &CustomerRef::Id(id), input).await
        };
        dashboard.create(&form_data, input, create).await
    };
    match judged(made.await)? {
        Ok(made) => {
            let who = made.name.or(made.email).unwrap_or_default();
            done(
                &CUSTOMERS.path(&dashboard, id, ""),
                &format!("{who} is a member now."),
            )
        }
        Err(errors) => show_again(&new_page(
            &dashboard,
            &customer,
            Some((&form_data, &errors)),
        )),
    }
}

fn edit_page(
    viewer: &Viewer,
    customer: &Customer,
    member: &Member,
    again: Option<(&FormData, &FormErrors)>,
) -> FormPage {
    let role = match member.role {
        MemberRole::Owner => roles(&[MemberRole::Owner]),
        _ => roles(&[
            MemberRole::Member,
            MemberRole::BillingManager,
            MemberRole::Owner,
        ]),
    };
    let fields = vec![
        Field::new("email", "E-mail", Kind::Line("email"))
            .required()
            .value(&member.email),
        Field::new("name", "Name", Kind::Line("text"))
            .value(member.name.as_deref().unwrap_or_default()),
        Field::new("role", "Role", role).value(member.role.as_str()),
    ];
    let to = path(viewer, customer.id, &format!("/{}/edit", member.id));
    let form = Form::new(to, "Save member", vec![Group::new("", fields)]);
    form_page(
        viewer,
        customer,
        format!("Edit {}", name(member)),
        form,
        again,
    )
}

async fn edit(
    dashboard: Dashboard<scope::MembersWrite>,
    PathId(id): PathId,
    MemberId(member): MemberId,
) -> Answer {
    let (customer, member) = theirs(&dashboard, id, member).await?;
    show(&edit_page(&dashboard, &customer, &member, None))
}

async fn change(
    dashboard: Dashboard<scope::MembersWrite>,
    PathId(id): PathId,
    MemberId(member): MemberId,
    form_data: FormData,
) -> Answer {
    let (customer, member) = theirs(&dashboard, id, member).await?;
    let mut sent = form_data.json();
    // To the API, null changes nothing; on the form, an address that was cleared is missing.
    sent["email"] = json!(form_data.get("email").unwrap_or_default());
    let changed = async {
        let input = Body(Some(sent)).read(MemberUpdate::read)?;
        let (customer, member) = (CustomerRef::Id(id), MemberRef::Id(member.id));
        members::update(&dashboard.caller, &customer, &member, input).await
    };
    match judged(changed.await)? {
        Ok(changed) => done(
            &CUSTOMERS.path(&dashboard, id, ""),
            &format!("{} was saved.", name(&changed)),
        ),
        Err(errors) => show_again(&edit_page(
            &dashboard,
            &customer,
            &member,
            Some((&form_data, &errors)),
        )),
    }
}

async fn ask(
    dashboard: Dashboard<scope::MembersWrite>,
    PathId(id): PathId,
    MemberId(member): MemberId,
) -> Answer {
    let (customer, member) = theirs(&dashboard, id, member).await?;
    let title = format!("Remove {} from {}?", name(&member), customer.name());
    let about = customer.name();
    show(&ConfirmPage {
        layout: CUSTOMERS.under_one(&dashboard, (id, &about), title),
        words: "They lose access to the customer portal at once.".to_owned(),
        submit: "Remove",
        action: path(&dashboard, id, &format!("/{}/remove", member.id)),
        cancel: CUSTOMERS.path(&dashboard, id, ""),
    })
}

async fn remove(
    dashboard: Dashboard<scope::MembersWrite>,
    PathId(id): PathId,
    MemberId(member): MemberId,
) -> Answer {
    let (_, member) = theirs(&dashboard, id, member).await?;
    let (customer, reference) = (CustomerRef::Id(id), MemberRef::Id(member.id));
    members::delete(&dashboard.caller, &customer, &reference).await?;
    done(
        &CUSTOMERS.path(&dashboard, id, ""),
        &format!("{} was removed.", name(&member)),
    )
}
