//! `till clock`, and `till dev --clock`: the time of an organization of the sandbox.

use jiff::{SignedDuration, Span, Timestamp};
use till_core::{
    kernel::records::{Organization, ProcessorName},
    organizations::clock::{self, Unmoved},
};
use till_store::Store;

use crate::{
    clock as machine,
    config::TestClock,
    open,
    stop::{Stop, say},
};

/// Shows the clock, or starts to move it.
pub async fn run(wanted: &TestClock) -> Result<(), Stop> {
    let store = open::database(&wanted.database, true).await?;
    let organization = organization(&store, wanted.organization.as_deref()).await?;
    let done = match wanted.by {
        None => Ok(shown(&organization)),
        Some(span) => begin(&store, &organization, span).await,
    };
    store.close().await;
    say(done?);
    Ok(())
}

/// Starts to move an organization's clock; a running server does it. What there is to say of it.
pub async fn begin(store: &Store, organization: &Organization, span: Span) -> Result<String, Stop> {
    let states = store.processor_states().await?;
    if let Some(other) = states
        .iter()
        .find(|one| one.processor != ProcessorName::Sandbox)
    {
        let name = other.processor;
        return Err(Stop::failed(format!(
            "this database sells through {name}: only the sandbox has test clocks."
        )));
    }
    let ctx = machine::at().ahead(organization.clock_offset());
    let target = clock::after(ctx.now, span).ok_or(Unmoved::TooFar);
    let begun = target.and_then(|target| clock::begin(organization, target, &ctx));
    let (view, changes) = begun.map_err(|why| Stop::failed(format!("{}.", why.words())))?;
    store.commit(changes).await?;
    Ok(format!(
        "The clock of {} is being moved from {} to {}.",
        organization.slug,
        shortly(view.now),
        shortly(view.target.unwrap_or(view.now)),
    ))
}

/// The organization that is named; none named: the only one.
async fn organization(store: &Store, slug: Option<&str>) -> Result<Organization, Stop> {
    let mut all = store.organizations().await?;
    let known: Vec<_> = all.iter().map(|one| one.slug.clone()).collect();
    let found = match (slug, all.len()) {
        (Some(slug), _) => all.iter().position(|one| one.slug == slug),
        (None, 1) => Some(0),
        (None, _) => None,
    };
    match (found, known.is_empty()) {
        (Some(found), _) => Ok(all.swap_remove(found)),
        (None, true) => Err(Stop::failed(
            "there is no organization yet: create one with `till init`.",
        )),
        (None, false) => Err(Stop::failed(format!(
            "say which organization with --organization: the slugs are {}.",
            known.join(", ")
        ))),
    }
}

fn shown(organization: &Organization) -> String {
    let offset = organization.clock_offset();
    let now = shortly(machine::at().ahead(offset).now);
    let slug = &organization.slug;
    match organization.clock_target_at {
        Some(target) => format!(
            "The clock of {slug} says {now}, and is being moved to {}.",
            shortly(target)
        ),
        None if offset == SignedDuration::ZERO => {
            format!("The clock of {slug} says {now}, as the machine's.")
        }
        None => format!("The clock of {slug} says {now}."),
    }
}

fn shortly(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
