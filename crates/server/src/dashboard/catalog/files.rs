//! Files that customers download by benefits: what there is of them, and how often they were downloaded
//! (docs/behaviour: dashboard/files).

mod upload;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use till_wire::{
    benefits::{Benefit, BenefitType},
    files::{BenefitDownloadableFile, File, FilePatch},
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions::{self, downloads},
    app::App,
    dashboard::{
        Answer,
        access::{Dashboard, Viewer},
        buyers::Buyers,
        detail::{Action, Fact, Part},
        done,
        form::{ConfirmPage, Field, Form, FormData, FormErrors, FormPage, Group, Kind, judged},
        listing::{Column, thousands},
        parts::{Cell, Menu, MenuItem},
        resource_pages::{BENEFITS, FILES, Listed, ResourcePages, find, list_routes},
        show, show_again,
    },
    error::Result,
    http::extract::{Body, Caller, Params, PathId, scope},
};

pub(super) use upload::uploads_at;

/// The pages.
pub fn routes() -> Router<Arc<App>> {
    let new = get(upload::new).post(upload::take);
    list_routes::<BenefitDownloadableFile>(get(detail))
        .route(
            &FILES.at("/new"),
            new.layer(DefaultBodyLimit::max(upload::LIMIT)),
        )
        .route(&FILES.at("/{id}/edit"), get(edit).post(save))
        .route(&FILES.at("/{id}/delete"), get(ask).post(delete))
        .route(&FILES.at("/uploads"), post(upload::announce))
        .route(
            &FILES.at("/uploads/{id}"),
            get(upload::addresses).post(upload::complete),
        )
        .route(&FILES.at("/uploads/{id}/cancel"), post(upload::cancel))
}

/// The name of a file, for people.
pub(super) fn name(file: &File) -> String {
    match file.name.trim() {
        "" => "(without a name)".to_owned(),
        name => name.to_owned(),
    }
}

/// Version and size of a file, in one line.
pub(super) fn about(file: &File) -> String {
    let version = file.version.iter().filter(|text| !text.is_empty());
    let mut words: Vec<String> = version.map(|text| format!("version {text}")).collect();
    words.push(file.size_readable.clone());
    words.join(", ")
}

/// The size of a file, on one line.
pub(super) fn size(file: &BenefitDownloadableFile) -> Cell {
    Cell::Text(file.file.size_readable.replace(' ', "\u{a0}"))
}

/// The beginning of a checksum, enough to tell files apart.
fn short_sum(file: &BenefitDownloadableFile) -> Cell {
    let sum = file.file.checksum_sha256_hex.as_deref();
    Cell::text(sum.and_then(|sum| sum.get(..8)))
}

impl Listed for BenefitDownloadableFile {
    type Read = scope::FilesRead;

    const PAGES: ResourcePages = FILES;
    const EMPTY: &'static str = "No files yet. Upload one, make a benefit of it, and whoever buys a product with the benefit downloads it in the portal.";
    const NEW: Option<&'static str> = Some("Upload a file");

    fn id(&self) -> Uuid {
        self.file.id
    }

    fn name(&self) -> String {
        name(&self.file)
    }

    async fn find(caller: &Caller<Self::Read>, id: Uuid) -> Result<Self> {
        downloads::of_file(caller, id).await
    }

    async fn list(caller: &Caller<Self::Read>, params: Params) -> Result<Page<Self>> {
        downloads::of_organization(caller, params).await
    }

    fn may_write(viewer: &Viewer) -> bool {
        viewer.may::<scope::FilesWrite>().is_ok()
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Name"),
            Column::number("Size"),
            Column::new("SHA-256"),
            Column::number("Downloads"),
            Column::number("Downloaders"),
            Column::new("Uploaded").by("created_at"),
        ]
    }

    fn cells(&self, viewer: &Viewer, _: &Buyers) -> Vec<Cell> {
        let version = self.file.version.iter().filter(|text| !text.is_empty());
        let name = Cell::Link {
            href: self.path(viewer),
            text: self.name(),
            note: version.map(|text| format!("version {text}")).next(),
        };
        vec![
            name,
            size(self),
            short_sum(self),
            Cell::Text(thousands(self.downloads)),
            Cell::Text(thousands(self.downloaders)),
            Cell::time_or_nothing(self.file.last_modified_at, &viewer.zone),
        ]
    }

    fn menu(&self, viewer: &Viewer) -> Menu {
        let mut items = vec![MenuItem::Copy("Copy file ID", self.file.id.to_string())];
        if let Some(sum) = &self.file.checksum_sha256_hex {
            items.push(MenuItem::Copy("Copy SHA-256", sum.clone()));
        }
        if Self::may_write(viewer) {
            let path = |rest: &str| FILES.path(viewer, self.file.id, rest);
            items.extend([
                MenuItem::Separator,
                MenuItem::Link("Edit", path("/edit")),
                MenuItem::Separator,
                MenuItem::Confirm("Delete", path("/delete")),
            ]);
        }
        Menu {
            name: self.name(),
            items,
        }
    }
}

/// The benefits that give a file, as far as the person may see them.
async fn benefits(viewer: &Viewer, id: Uuid) -> Result<Vec<Benefit>> {
    match viewer.may::<scope::BenefitsRead>() {
        Ok(caller) => downloads::benefits_of_file(&caller, id).await,
        Err(_) => Ok(Vec::new()),
    }
}

async fn detail(dashboard: Dashboard<scope::FilesRead>, PathId(id): PathId) -> Answer {
    let found: BenefitDownloadableFile = find(&dashboard, id).await?;
    let file = &found.file;
    let facts = vec![
        Fact::new("File ID", Cell::Code(id.to_string())),
        Fact::new("Version", Cell::text(file.version.clone())),
        Fact::new("Size", Cell::Text(file.size_readable.clone())),
        Fact::new("Media type", Cell::Text(file.mime_type.clone())),
        Fact::new(
            "SHA-256",
            file.checksum_sha256_hex
                .clone()
                .map_or(Cell::Empty, Cell::Code),
        ),
        Fact::new(
            "Uploaded",
            Cell::time_or_nothing(file.last_modified_at, &dashboard.zone),
        ),
        Fact::new("Downloads", Cell::Text(thousands(found.downloads))),
        Fact::new("Downloaders", Cell::Text(thousands(found.downloaders))),
    ];
    let giving = benefits(&dashboard, id).await?;
    let link = |benefit: &Benefit| {
        let path = BENEFITS.path(&dashboard, benefit.id, "");
        Cell::link(path, benefit.description.clone())
    };
    let given = match giving.is_empty() {
        true => Cell::Text("No benefit gives it yet.".to_owned()),
        false => Cell::Many(giving.iter().map(link).collect()),
    };
    let parts = vec![
        Part::Facts("File", facts),
        Part::Facts("Benefits", vec![Fact::new("Given by", given)]),
    ];
    let mut page = found.detail(&dashboard, Cell::Empty, parts);
    if dashboard.may::<scope::BenefitsWrite>().is_ok() {
        let kind = BenefitType::Downloadables;
        let path = format!("{}?type={kind}&file={id}", BENEFITS.new_at(&dashboard));
        page.actions.push(Action::Go("Make a benefit", path));
    }
    show(&page)
}

fn form_page(
    viewer: &Viewer,
    file: &BenefitDownloadableFile,
    form_data: &FormData,
    errors: &FormErrors,
) -> FormPage {
    let (id, name) = (file.id(), file.name());
    let fields = vec![
        Field::new("name", "Name", Kind::Line("text"))
            .required()
            .focus()
            .hint("What customers see, and the name under which the file is saved."),
        Field::new("version", "Version", Kind::Line("text")),
    ];
    let path = FILES.path(viewer, id, "/edit");
    let form = Form::new(path, "Save file", vec![Group::new("", fields)]);
    FormPage {
        layout: FILES.under_one(viewer, (id, &name), format!("Edit {name}")),
        form: form.again(form_data, errors),
        aside: None,
    }
}

async fn edit(dashboard: Dashboard<scope::FilesWrite>, PathId(id): PathId) -> Answer {
    let file: BenefitDownloadableFile = find(&dashboard, id).await?;
    let mut form_data = FormData::default();
    form_data.set("name", file.file.name.clone());
    form_data.set("version", file.file.version.clone().unwrap_or_default());
    show(&form_page(
        &dashboard,
        &file,
        &form_data,
        &FormErrors::default(),
    ))
}

async fn save(
    dashboard: Dashboard<scope::FilesWrite>,
    PathId(id): PathId,
    form_data: FormData,
) -> Answer {
    let file: BenefitDownloadableFile = find(&dashboard, id).await?;
    let saved = async {
        let input = Body(Some(form_data.json())).read(FilePatch::read)?;
        actions::files::update(&dashboard.caller, id, input).await
    };
    // A file without a name could not be chosen from any list.
    let checked = match form_data.filled("name") {
        Some(_) => judged(saved.await)?,
        None => Err(FormErrors::field("name", "Fill this in.")),
    };
    match checked {
        Ok(_) => done(&FILES.path(&dashboard, id, ""), "The file was saved."),
        Err(errors) => show_again(&form_page(&dashboard, &file, &form_data, &errors)),
    }
}

/// Names of the benefits in one line, the first ones.
fn named(benefits: &[Benefit]) -> String {
    const SHOWN: usize = 5;
    let names = benefits.iter().take(SHOWN);
    let names: Vec<&str> = names.map(|one| one.description.as_str()).collect();
    match benefits.len() > SHOWN {
        true => format!("{} and others", names.join(", ")),
        false => names.join(", "),
    }
}

async fn ask(dashboard: Dashboard<scope::FilesWrite>, PathId(id): PathId) -> Answer {
    let file: BenefitDownloadableFile = find(&dashboard, id).await?;
    let giving = benefits(&dashboard, id).await?;
    let words = match giving.is_empty() {
        true => "Nobody can download it any more, and it cannot be brought back.".to_owned(),
        false => format!(
            "It is given by: {}. Customers can no longer download it, and it cannot be brought back. To stop offering \
             it for a while, archive it in the benefit instead.",
            named(&giving)
        ),
    };
    let name = file.name();
    show(&ConfirmPage {
        layout: FILES.under_one(&dashboard, (id, &name), format!("Delete {name}?")),
        words,
        submit: "Delete",
        action: FILES.path(&dashboard, id, "/delete"),
        cancel: FILES.path(&dashboard, id, ""),
    })
}

async fn delete(dashboard: Dashboard<scope::FilesWrite>, PathId(id): PathId) -> Answer {
    // Pictures of products are files, too, and are removed where they are shown.
    find::<BenefitDownloadableFile>(&dashboard, id).await?;
    actions::files::delete(&dashboard.caller, id).await?;
    done(&dashboard.path(FILES.list), "The file was deleted.")
}
