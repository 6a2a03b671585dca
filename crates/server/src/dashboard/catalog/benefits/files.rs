//! The files of a benefit: chosen in its form, listed on its page.

use std::collections::BTreeSet;

use askama::Template;
use serde_json::{Map, Value, json};
use till_wire::{
    benefits::Benefit,
    files::{BenefitDownloadableFile, File},
    limits,
    page::Page,
};
use uuid::Uuid;

use crate::{
    actions::downloads,
    dashboard::{
        access::{Dashboard, Viewer},
        catalog::files::{about, name, size, uploads_at},
        detail::Part,
        form::{Field, FormData, Group, Kind},
        listing::{Column, Empty, Listing, ListingQuery, Row, thousands},
        parts::{Cell, Tone},
        resource_pages::{BENEFITS, FILES},
    },
    error::{ApiError, Result},
    http::extract::scope,
};

/// The chosen files, in their order; and those of them that are archived.
const CHOSEN: &str = "_files";
const ARCHIVED: &str = "_archived";
/// A file that is to be chosen, too: from the list, or by its ID.
const ADDED: [&str; 2] = ["_file", "_file_id"];

/// Chooses a file, behind the others.
pub fn choose(form_data: &mut FormData, id: &str) {
    if !form_data.all(CHOSEN).contains(&id) {
        form_data.add(CHOSEN, id);
    }
}

/// The files of a benefit as its form has them.
pub fn fill(form_data: &mut FormData, properties: &Value) {
    for id in properties["files"].as_array().into_iter().flatten() {
        choose(form_data, id.as_str().unwrap_or_default());
    }
    for (id, archived) in properties["archived"].as_object().into_iter().flatten() {
        if archived == true {
            form_data.add(ARCHIVED, id.clone());
        }
    }
}

/// The API's properties.
pub fn properties(form_data: &FormData) -> Map<String, Value> {
    let chosen = form_data.all(CHOSEN);
    let archived = form_data.all(ARCHIVED).into_iter();
    let archived = archived.filter(|id| chosen.contains(id));
    let archived: Map<String, Value> = archived.map(|id| (id.to_owned(), true.into())).collect();
    let properties = json!({"files": chosen, "archived": archived});
    match properties {
        Value::Object(properties) => properties,
        _ => Map::new(),
    }
}

/// Moves, adds or removes a file where a button of the form asked for that.
pub fn reshape(form_data: &mut FormData) -> bool {
    let pressed = |name| form_data.get(name).map(str::to_owned);
    let (up, down, remove) = (pressed("_up"), pressed("_down"), pressed("_remove"));
    let adds = form_data.ticked("_add");
    if up.is_none() && down.is_none() && remove.is_none() && !adds {
        return false;
    }
    let mut chosen: Vec<String> = form_data
        .all(CHOSEN)
        .into_iter()
        .map(str::to_owned)
        .collect();
    let place = |id: Option<String>| id.and_then(|id| chosen.iter().position(|one| *one == id));
    let (up, down, remove) = (place(up), place(down), place(remove));
    if let Some(place) = up.filter(|place| *place > 0) {
        chosen.swap(place, place - 1);
    }
    if let Some(place) = down.filter(|place| place + 1 < chosen.len()) {
        chosen.swap(place, place + 1);
    }
    if let Some(place) = remove {
        chosen.remove(place);
    }
    form_data.drop(CHOSEN);
    for id in &chosen {
        choose(form_data, id);
    }
    for name in ADDED {
        if let Some(id) = form_data.filled(name).filter(|_| adds).map(str::to_owned) {
            choose(form_data, &id);
        }
    }
    for name in ADDED.into_iter().chain(["_up", "_down", "_remove", "_add"]) {
        form_data.drop(name);
    }
    true
}

/// The chosen files, and the others.
#[derive(Debug, Template)]
#[template(path = "dashboard/chosen_files.html")]
struct Chooser {
    /// ID, name, a line about it, and true where it is archived.
    chosen: Vec<(Uuid, String, String, bool)>,
    others: Vec<(Uuid, String)>,
    /// True where there are more than are listed.
    more: bool,
    /// The address at which the script announces files, where the person may upload some.
    uploads: Option<String>,
    new_file: String,
}

/// The form's group in which files are chosen.
pub async fn group(
    dashboard: &Dashboard<scope::BenefitsWrite>,
    form_data: &FormData,
) -> Result<Group> {
    let caller = dashboard.may::<scope::FilesRead>()?;
    let ids = form_data.all(CHOSEN).into_iter();
    let ids: Vec<Uuid> = ids.filter_map(|id| Uuid::try_parse(id).ok()).collect();
    // What is too much is refused by the API; it is not looked up.
    let ids = &ids[..ids.len().min(limits::FILES)];
    let archived: BTreeSet<&str> = form_data.all(ARCHIVED).into_iter().collect();
    let chosen = downloads::chosen(&caller, ids).await?;
    let newest = downloads::newest(&caller).await?;
    let more = newest.pagination.max_page > 1;
    let others = newest.items.iter().filter(|file| !ids.contains(&file.id));
    let of = |file: &File| {
        let id = file.id;
        let is_archived = archived.contains(id.to_string().as_str());
        (id, name(file), about(file), is_archived)
    };
    let chooser = Chooser {
        chosen: chosen.iter().map(of).collect(),
        others: others
            .map(|file| (file.id, format!("{}, {}", name(file), about(file))))
            .collect(),
        more,
        uploads: dashboard
            .may::<scope::FilesWrite>()
            .is_ok()
            .then(|| uploads_at(dashboard)),
        new_file: FILES.new_at(dashboard),
    };
    let html = chooser.render().map_err(ApiError::internal)?;
    Ok(Group::new("Files", vec![Field::new("properties.files", "Files", Kind::Html(html))])
        .note("Customers download them in this order. An archived file stays here, but is no longer given."))
}

/// The files on the benefit's page.
pub async fn part(dashboard: &Dashboard<scope::BenefitsRead>, benefit: &Benefit) -> Result<Part> {
    let files = downloads::all_of_benefit(&dashboard.caller, benefit.id).await?;
    let may_read = dashboard.may::<scope::FilesRead>().is_ok();
    let row = |one: &BenefitDownloadableFile| Row::new(cells(dashboard, benefit, one, may_read));
    let columns = vec![
        Column::new("Name"),
        Column::new("Version"),
        Column::number("Size"),
        Column::new("State"),
        Column::number("Downloads"),
        Column::number("Downloaders"),
    ];
    let empty = Empty {
        words: "Its files were deleted.",
        step: None,
    };
    let total = i64::try_from(files.len()).unwrap_or(i64::MAX);
    let most = u32::try_from(limits::FILES).unwrap_or(u32::MAX);
    let items = Page::new(files, total, most);
    let all = ListingQuery::new(&BENEFITS.path(dashboard, benefit.id, ""), "");
    let list = Listing::of(all, "Files", columns, &items, row, empty);
    Ok(Part::list("Files", list.part()))
}

fn cells(
    viewer: &Viewer,
    benefit: &Benefit,
    file: &BenefitDownloadableFile,
    may_read: bool,
) -> Vec<Cell> {
    let id = file.file.id;
    let is_archived = benefit.properties["archived"][id.to_string()] == true;
    let named = match may_read {
        true => Cell::link(FILES.path(viewer, id, ""), name(&file.file)),
        false => Cell::Text(name(&file.file)),
    };
    vec![
        named,
        Cell::text(file.file.version.clone()),
        size(file),
        match is_archived {
            true => Cell::toned("archived", Tone::Quiet),
            false => Cell::toned("offered", Tone::Good),
        },
        Cell::Text(thousands(file.downloads)),
        Cell::Text(thousands(file.downloaders)),
    ]
}
