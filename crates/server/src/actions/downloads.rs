//! Downloads: the files that customers have by benefits (docs/behaviour: files/downloads).

use std::collections::{HashMap, HashSet};

use till_core::{
    benefits::offered_files,
    catalog::downloads::{Counts, Held},
    kernel::records::File,
    organizations::capabilities,
    portal::Viewer,
};
use till_store::List;
use till_wire::{
    benefits::Benefit,
    files::{self as file, BenefitDownloadableFile, DownloadableRead, FileService},
    members::MemberRole,
    page::Page,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{OrNotFound, Result},
    http::extract::{
        Caller, Paging, Params,
        query::{Sorted, ids, query, sorting},
        scope,
    },
};

/// Benefits with files of one customer that are looked at.
const BENEFITS: i64 = 500;

/// Benefits of one file that are named.
const NAMED: i64 = 100;

const SORT_KEYS: [(&str, &str); 1] = [("created_at", "created_at")];

query! {
    /// The query of a list of files that benefits can give.
    struct FilesQuery {
        sorting: Sorted = sorting(&SORT_KEYS, "-created_at"),
    }
}

query! {
    /// The query of a list of what a customer can download.
    pub(crate) struct DownloadsQuery {
        /// Filter by benefit ID.
        benefit_id: Vec<Uuid> = ids(),
    }
}

/// Lists the files that the viewer can download now, each once for a benefit: in the order in which the benefits came, and
/// within one in the merchant's.
pub async fn list(
    app: &App,
    viewer: &Viewer,
    mut params: Params,
) -> Result<Page<DownloadableRead>> {
    let wanted = DownloadsQuery::read(&mut params).benefit_id;
    let window = params.last_window()?;
    let found = held(app, viewer, &wanted).await?;
    let Page { items, pagination } = window.cut(found);
    let shown = items.into_iter();
    let items = shown
        .map(|(held, file)| shown_to(app, held, &file))
        .collect();
    Ok(Page { items, pagination })
}

fn shown_to(app: &App, held: Held, file: &File) -> DownloadableRead {
    let address = held.address(file, &app.urls, &app.key, app.clock.now());
    held.view(file, address)
}

/// Files that the viewer can download now, of these benefits; none named: of all.
pub async fn held(app: &App, viewer: &Viewer, wanted: &[Uuid]) -> Result<Vec<(Held, File)>> {
    let own = viewer.organization.id;
    let member = viewer.member.as_ref().map(|member| member.id);
    let is_owner = viewer.role == MemberRole::Owner;
    let customer_id = viewer.customer.id;
    let mut of = app
        .store
        .benefits_with_files(customer_id, member, is_owner, BENEFITS)
        .await?;
    of.retain(|(benefit, _)| wanted.is_empty() || wanted.contains(benefit));
    // Whoever has a benefit in two ways has its files once.
    let mut known = HashSet::new();
    of.retain(|(benefit, _)| known.insert(*benefit));
    let ids: Vec<Uuid> = of.iter().map(|(benefit, _)| *benefit).collect();
    let benefits = app.store.benefits(own, &ids).await?;
    let benefits: HashMap<Uuid, _> = benefits.iter().map(|one| (one.id, one)).collect();
    let mut all = Vec::new();
    for (benefit_id, member_id) in of {
        let Some(benefit) = benefits.get(&benefit_id) else {
            continue;
        };
        let offered = offered_files(&benefit.properties);
        let files = app.store.files_in_order(own, &offered).await?;
        let files = files.into_iter().filter(File::is_downloadable);
        all.extend(files.map(|file| {
            let held = Held {
                customer_id,
                member_id,
                benefit_id,
                file_id: file.id,
            };
            (held, file)
        }));
    }
    Ok(all)
}

/// The file that somebody has, with its organization, if they have it now.
pub async fn find(app: &App, held: &Held) -> Result<File> {
    let grant = app.store.grant_of_file(held).await?.or_not_found()?;
    let own = grant.organization_id;
    let benefit = app
        .store
        .benefit(own, held.benefit_id)
        .await
        .or_not_found()?;
    let is_offered = offered_files(&benefit.properties).contains(&held.file_id);
    is_offered.then_some(()).or_not_found()?;
    let (organization, customer) = tokio::try_join!(
        app.store.organization(own),
        app.store.customer(own, held.customer_id),
    )?;
    customer.or_not_found()?;
    let is_open = organization.is_some_and(|one| capabilities(one.status).api_access);
    is_open.then_some(()).or_not_found()?;
    let file = app.store.file(own, held.file_id).await?;
    file.filter(File::is_downloadable).or_not_found()
}

/// Lists the files of a benefit, archived ones included, in its order, with how often each was downloaded.
pub async fn of_benefit(
    caller: &Caller<scope::BenefitsRead>,
    id: Uuid,
    params: Params,
) -> Result<Page<BenefitDownloadableFile>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let window = params.last_window()?;
    let benefit = app.store.benefit(own, id).await.or_not_found()?;
    Ok(window.cut(counted(app, own, &benefit).await?))
}

/// All files of a benefit, as [`of_benefit`] lists them.
pub async fn all_of_benefit(
    caller: &Caller<scope::BenefitsRead>,
    id: Uuid,
) -> Result<Vec<BenefitDownloadableFile>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let benefit = app.store.benefit(own, id).await.or_not_found()?;
    counted(app, own, &benefit).await
}

/// Files of a benefit in its order, archived ones included, with how often each was downloaded.
async fn counted(
    app: &App,
    own: Uuid,
    benefit: &till_core::kernel::records::Benefit,
) -> Result<Vec<BenefitDownloadableFile>> {
    let all = benefit.properties["files"].as_array().into_iter().flatten();
    let ids = all.filter_map(|id| id.as_str()?.parse().ok());
    let ids: Vec<Uuid> = ids.collect();
    let (files, counts) = tokio::try_join!(
        app.store.files_in_order(own, &ids),
        app.store.download_counts(Some(benefit.id), &ids),
    )?;
    Ok(with_counts(&files, counts))
}

fn with_counts(files: &[File], counts: Vec<(Uuid, Counts)>) -> Vec<BenefitDownloadableFile> {
    let counts: HashMap<Uuid, _> = counts.into_iter().collect();
    let view = |file: &File| {
        let of = counts.get(&file.id).copied().unwrap_or_default();
        file.counted_view(of)
    };
    files.iter().map(view).collect()
}

/// Lists the uploaded files that benefits can give, with how often each was downloaded by any of them.
pub async fn of_organization(
    caller: &Caller<scope::FilesRead>,
    params: Params,
) -> Result<Page<BenefitDownloadableFile>> {
    let (rows, page) = rows(caller, params).await?;
    let ids: Vec<Uuid> = rows.iter().map(|file| file.id).collect();
    let counts = caller.app.store.download_counts(None, &ids).await?;
    Ok(page.of(with_counts(&rows, counts)))
}

/// Lists the newest of the uploaded files that benefits can give, without counts.
pub async fn newest(caller: &Caller<scope::FilesRead>) -> Result<Page<file::File>> {
    let (rows, page) = rows(caller, Params::parse("limit=100")).await?;
    Ok(page.of(rows.iter().map(File::view)))
}

async fn rows(
    caller: &Caller<scope::FilesRead>,
    mut params: Params,
) -> Result<(Vec<File>, Paging)> {
    let own = caller.organization.id;
    let sent = FilesQuery::read(&mut params);
    let list = List::of::<File>(own)
        .any_of("service", [FileService::Downloadable])
        .is_true("is_uploaded")
        .is_null("deleted_at")
        .sorted(sent.sorting);
    params.page::<File>(&caller.app, list).await
}

/// Files among these that are uploaded and that benefits can give, in this order.
pub async fn chosen(caller: &Caller<scope::FilesRead>, ids: &[Uuid]) -> Result<Vec<file::File>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let mut files = app.store.files_in_order(own, ids).await?;
    files.retain(File::is_downloadable);
    Ok(files.iter().map(File::view).collect())
}

/// The uploaded file that benefits can give, with how often it was downloaded.
pub async fn of_file(
    caller: &Caller<scope::FilesRead>,
    id: Uuid,
) -> Result<BenefitDownloadableFile> {
    let (app, own) = (&caller.app, caller.organization.id);
    let file = app.store.file(own, id).await?;
    let file = file.filter(File::is_downloadable).or_not_found()?;
    let counts = app.store.download_counts(None, &[id]).await?;
    with_counts(&[file], counts).pop().or_not_found()
}

/// Benefits that give a file, as many as a page can name.
pub async fn benefits_of_file(
    caller: &Caller<scope::BenefitsRead>,
    id: Uuid,
) -> Result<Vec<Benefit>> {
    let (app, own) = (&caller.app, caller.organization.id);
    let rows = app.store.benefits_naming(own, id, NAMED).await?;
    Ok(rows
        .iter()
        .map(till_core::kernel::records::Benefit::view)
        .collect())
}
