use till_core::{
    catalog::downloads::{Counts, Held},
    kernel::{
        records::{Benefit, BenefitGrant, File},
        values::Value,
    },
};
use uuid::Uuid;

use super::{distinct, ids, marks};
use crate::{Col, Query, Result, Store};

/// Grants with files, as far as they are of a public benefit that still exists.
const WITH_FILES: &str = "from benefit_grants g join benefits b on b.id = g.benefit_id \
    where g.customer_id = $1 and g.granted_at is not null and b.kind = 'downloadables' \
    and b.visibility = 'public' and b.deleted_at is null";

impl Store {
    /// Benefits with files that a customer has now by live grants, in the order in which they came: those of the member (none:
    /// of nobody in particular), and where `customers_own` also those of the customer as such. Each with the member whose
    /// grant it is; `limit` at most.
    pub async fn benefits_with_files(
        &self,
        customer_id: Uuid,
        member_id: Option<Uuid>,
        customers_own: bool,
        limit: i64,
    ) -> Result<Vec<(Uuid, Option<Uuid>)>> {
        let whose = match customers_own {
            true => "coalesce(g.member_id, g.customer_id) in ($1, $2)",
            false => "coalesce(g.member_id, g.customer_id) = $2",
        };
        let sql = format!(
            "select g.benefit_id, g.member_id {WITH_FILES} and {whose} group by g.benefit_id, g.member_id \
             order by min(g.created_at), min(g.position), g.benefit_id limit $3"
        );
        let member = member_id.unwrap_or_default();
        let binds = vec![customer_id.into(), member.into(), Value::Int(limit)];
        let found: Vec<(Col<Uuid>, Col<Option<Uuid>>)> = self.all(Query::raw(sql, binds)).await?;
        Ok(found.into_iter().map(|(id, of)| (id.0, of.0)).collect())
    }

    /// A live grant by which somebody has a file, as far as its benefit is public and still exists.
    pub async fn grant_of_file(&self, held: &Held) -> Result<Option<BenefitGrant>> {
        let (whose, member) = match held.member_id {
            Some(id) => ("g.member_id is not null", id),
            None => ("g.member_id is null", held.customer_id),
        };
        let rest = format!(
            "where id in (select g.id {WITH_FILES} and g.benefit_id = $2 \
             and coalesce(g.member_id, g.customer_id) = $3 and {whose}) order by created_at, id limit 1"
        );
        let binds = vec![
            held.customer_id.into(),
            held.benefit_id.into(),
            member.into(),
        ];
        self.one(Query::select::<BenefitGrant>(&rest, binds)).await
    }

    /// The files that exist, in the order in which they were asked for.
    pub async fn files_in_order(
        &self,
        organization_id: Uuid,
        wanted: &[Uuid],
    ) -> Result<Vec<File>> {
        let mut found: Vec<File> = self.owned(organization_id, wanted).await?;
        found.retain(|file| file.deleted_at.is_none());
        // Large files were sent in thousands of parts, which nobody asks for here.
        for file in &mut found {
            file.upload.0.parts = Vec::new();
        }
        found.sort_by_key(|file| wanted.iter().position(|id| *id == file.id));
        Ok(found)
    }

    /// Benefits that name a file, archived there or not, the oldest first; `limit` at most.
    pub async fn benefits_naming(
        &self,
        organization_id: Uuid,
        file_id: Uuid,
        limit: i64,
    ) -> Result<Vec<Benefit>> {
        // An id is in the text of the properties as it is.
        let rest = "where organization_id = $1 and kind = 'downloadables' and deleted_at is null \
                    and cast(properties as text) like $2 order by created_at, id limit $3";
        let binds = vec![
            Value::Uuid(organization_id),
            Value::Text(format!("%{file_id}%")),
            Value::Int(limit),
        ];
        self.all(Query::select::<Benefit>(rest, binds)).await
    }

    /// Counts of those of the files that were downloaded: by this benefit, or by whichever where none is named; whoever has a
    /// file by two benefits is then one downloader.
    pub async fn download_counts(
        &self,
        benefit_id: Option<Uuid>,
        files: &[Uuid],
    ) -> Result<Vec<(Uuid, Counts)>> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let files = distinct(files);
        let marks = marks(usize::from(benefit_id.is_some()), files.len());
        let rest = match benefit_id {
            Some(_) => format!("scope_id = $1 and file_id in ({marks})"),
            None => format!("scope_id in ({marks})"),
        };
        let sql = format!("select file_id, downloaders, downloads from file_counts where {rest}");
        let benefit = benefit_id.map(Value::Uuid).into_iter();
        let binds = benefit.chain(ids(&files)).collect();
        let found: Vec<(Col<Uuid>, Col<i64>, Col<i64>)> = self.all(Query::raw(sql, binds)).await?;
        let counts = |(id, downloaders, downloads): (Col<Uuid>, Col<i64>, Col<i64>)| {
            let counts = Counts {
                downloaders: downloaders.0,
                downloads: downloads.0,
            };
            (id.0, counts)
        };
        Ok(found.into_iter().map(counts).collect())
    }
}
