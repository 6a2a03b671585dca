//! Benefits: what purchases include.

mod files;
mod fill;

use std::sync::Arc;

use axum::{Router, routing::get};
use till_wire::{
    benefits::{Benefit, BenefitCreate, BenefitType, BenefitUpdate, BenefitVisibility},
    grants::BenefitGrant,
    license_keys::LicenseKeyRead,
    meters::Meter,
    page::Page,
    products::Product,
};
use uuid::Uuid;

use crate::{
    actions,
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        detail::{Fact, Part, moments},
        form::{Field, Form, FormData, FormErrors, FormPage, Group, Kind},
        listing::{Column, Filter, ListingQuery},
        metadata,
        parts::{Cell, Menu, MenuItem, sentence},
        resource_pages::{
            BENEFITS, Listed, Made, Related, Resource, ResourcePages, Saved, find, form_page,
            form_routes, list_routes, menu, readable, readable_with,
        },
        show,
    },
    error::Result,
    http::extract::{Body, Caller, Params, PathId, scope},
};

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    list_routes::<Benefit>(get(detail)).merge(form_routes::<Benefit>())
}

/// The name of a type, for people.
pub fn kind_words(kind: BenefitType) -> &'static str {
    match kind {
        BenefitType::Custom => "Custom",
        BenefitType::Discord => "Discord role",
        BenefitType::GithubRepository => "GitHub repository",
        BenefitType::Downloadables => "Downloads",
        BenefitType::LicenseKeys => "License keys",
        BenefitType::MeterCredit => "Meter credits",
        BenefitType::FeatureFlag => "Feature flag",
        BenefitType::SlackSharedChannel => "Slack channel",
    }
}

async fn detail(dashboard: Dashboard<scope::BenefitsRead>, PathId(id): PathId) -> Answer {
    let benefit: Benefit = find(&dashboard, id).await?;
    let including = format!("benefit_id={id}&sorting=name");
    let products: Vec<Product> = readable(&dashboard, &including).await?;
    let mut facts = vec![
        Fact::new("Benefit ID", Cell::Code(id.to_string())),
        Fact::new("Type", Cell::Text(kind_words(benefit.kind).to_owned())),
        Fact::new(
            "Visibility",
            Cell::Text(sentence(benefit.visibility.as_str())),
        ),
    ];
    facts.extend(moments(
        benefit.created_at,
        benefit.modified_at,
        &dashboard.zone,
    ));
    facts.push(Fact::new(
        "How it is granted",
        Cell::Text(fill::giver(benefit.kind).to_owned()),
    ));
    let mut parts = vec![Part::Facts("Benefit", facts)];
    let is_files = benefit.kind == BenefitType::Downloadables;
    if is_files {
        parts.push(files::part(&dashboard, &benefit).await?);
    }
    let given = fill::shown(&benefit);
    if !given.is_empty() && !is_files {
        let facts = given
            .into_iter()
            .map(|(name, value)| Fact::new(name, Cell::Text(value)));
        parts.push(Part::Facts("What is given", facts.collect()));
    }
    let links: Vec<_> = products
        .iter()
        .map(|product| crate::dashboard::sales::product(&dashboard, &product.base))
        .collect();
    let included = match links.is_empty() {
        true => Cell::Text("No product includes it yet: add it in a product's form.".to_owned()),
        false => Cell::Many(links),
    };
    parts.push(Part::Facts(
        "Products",
        vec![Fact::new("Included in", included)],
    ));
    if benefit.kind == BenefitType::LicenseKeys {
        let keys = Related::<LicenseKeyRead>::find(&dashboard, ("benefit_id", id)).await?;
        parts.extend(keys.map(|some| some.part(&dashboard, "Nobody has a key.")));
    }
    let holders = Related::<BenefitGrant>::find(&dashboard, ("benefit_id", id)).await?;
    parts.extend(holders.map(|some| some.part(&dashboard, "Nobody has it.")));
    parts.extend(metadata(&benefit.metadata));
    let state = Cell::state(benefit.visibility.as_str());
    show(&benefit.detail(&dashboard, state, parts))
}

/// The types that the form can make. The others need a connection that cannot be made here yet.
const OFFERED: [BenefitType; 5] = [
    BenefitType::Custom,
    BenefitType::Downloadables,
    BenefitType::LicenseKeys,
    BenefitType::MeterCredit,
    BenefitType::FeatureFlag,
];

/// The first step of a new benefit: its type.
fn choose_type(dashboard: &Dashboard<scope::BenefitsWrite>) -> FormPage {
    let kinds = Kind::choice(OFFERED.map(|kind| (kind.as_str(), kind_words(kind))));
    let fields = vec![
        Field::new("type", "Type", kinds)
            .focus()
            .hint("A custom benefit is only text: what you promise on the checkout page."),
        Field::new("_next", "", Kind::Hidden).value("1"),
    ];
    FormPage {
        layout: BENEFITS.under_list(dashboard, "New benefit"),
        form: Form::new(
            BENEFITS.new_at(dashboard),
            "Continue",
            vec![Group::new("", fields)],
        ),
        aside: None,
    }
}

impl Listed for Benefit {
    type Read = scope::BenefitsRead;

    const PAGES: ResourcePages = BENEFITS;
    const EMPTY: &'static str = "A benefit is what a purchase includes, such as support or files. Products show it on their checkout page, and whoever buys one gets it until the purchase ends.";
    const NEW: Option<&'static str> = Some("Create a benefit");

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> String {
        self.description.clone()
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        actions::benefits::get(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        actions::benefits::list(caller, params).await
    }

    fn filters(query: &ListingQuery) -> Vec<Filter> {
        vec![
            Filter::search(query, "Search by description"),
            Filter::words::<BenefitType>(query, "type", "Type", "All types"),
        ]
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Description").by("description"),
            Column::new("Type").by("type"),
            Column::new("Visibility"),
            Column::new("Created").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        vec![
            self.link(viewer),
            Cell::Text(kind_words(self.kind).to_owned()),
            Cell::state(self.visibility.as_str()),
            Cell::time(self.created_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let copy = MenuItem::Copy("Copy benefit ID", self.id.to_string());
        menu(viewer, self, vec![copy])
    }
}

impl Resource for Benefit {
    type Write = scope::BenefitsWrite;

    const CONSEQUENCE: &'static str =
        "It is permanently removed from every product, and everybody who has it loses it.";

    fn filled(&self, _: &Dashboard<Self::Write>) -> FormData {
        fill::of_benefit(self)
    }

    /// With a file that is chosen already, where the form is opened from the file's page.
    fn fresh(_: &Dashboard<Self::Write>, query: &ListingQuery) -> FormData {
        let kind = query.get("type").and_then(|word| word.parse().ok());
        let Some(kind) = kind.filter(|kind| OFFERED.contains(kind)) else {
            return FormData::default();
        };
        let mut form_data = fill::fresh(kind);
        if let Some(id) = query.get("file") {
            files::choose(&mut form_data, id);
        }
        form_data
    }

    /// After the first step, and where the files change.
    fn reshape(_: &App, form_data: &mut FormData) -> bool {
        let next = form_data.get("_next").is_some();
        if next {
            *form_data = fill::fresh(fill::kind(form_data, None));
        }
        next || files::reshape(form_data)
    }

    async fn form_page(
        dashboard: &Dashboard<Self::Write>,
        was: Option<&Self>,
        form_data: &FormData,
        errors: &FormErrors,
    ) -> Result<FormPage> {
        if was.is_none() && form_data.get("type").is_none() && !errors.is_any() {
            return Ok(choose_type(dashboard));
        }
        let kind = fill::kind(form_data, was);
        let meters = match kind {
            BenefitType::MeterCredit => {
                let chosen = form_data.get("properties.meter_id");
                readable_with::<Meter>(dashboard, "is_archived=false", chosen).await?
            }
            _ => Vec::new(),
        };
        let mut groups = fill::groups(kind, meters, form_data);
        let mut errors = errors.clone();
        if kind == BenefitType::Downloadables {
            errors.listed("files");
            groups.insert(1, files::group(dashboard, form_data).await?);
        }
        let mut page = form_page(dashboard, was, groups, form_data, &errors);
        if was.is_none() {
            page.layout.title = format!("New benefit: {}", kind_words(kind).to_lowercase());
        }
        Ok(page)
    }

    async fn create(dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Made {
        let input = Body(Some(fill::body(form_data, None))).read(BenefitCreate::read)?;
        let made = dashboard
            .create(form_data, input, actions::benefits::create)
            .await?;
        let name = made.description.unwrap_or_default();
        Ok((made.id, format!("{name} was created.")))
    }

    async fn update(&self, dashboard: &Dashboard<Self::Write>, form_data: &mut FormData) -> Saved {
        let input = Body(Some(fill::body(form_data, Some(self)))).read(BenefitUpdate::read)?;
        let saved = actions::benefits::update(&dashboard.caller, self.id, input).await?;
        Ok(format!("{} was saved.", saved.description))
    }

    async fn end(dashboard: &Dashboard<Self::Write>, id: Uuid, _: &FormData) -> Saved {
        actions::benefits::delete(&dashboard.caller, id).await?;
        Ok("The benefit was deleted.".to_owned())
    }
}

/// The visibility of a benefit, in words.
fn visibility_words(visibility: BenefitVisibility) -> &'static str {
    match visibility {
        BenefitVisibility::Public => "Public: shown to buyers",
        BenefitVisibility::Private => "Private: for you and your programs",
        BenefitVisibility::Draft => "Draft: not ready yet",
    }
}
