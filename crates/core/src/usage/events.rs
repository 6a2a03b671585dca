//! Events of usage: taking them in, and showing them (docs/behaviour/usage.md).

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;
use till_wire::{
    input::{Patch, Problem, Step},
    loc,
    metadata::Metadata,
    usage::{
        Event, EventCreate, EventMetadata, EventSource, EventTypeUpdate, EventTypeWithStats,
        EventsIngestResponse, UsageEventType as TypeView,
    },
};
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{Customer, Organization, UsageBatch, UsageEvent, UsageEventType},
    refusal::{Refusal, collected},
    values::Json,
    writes::UsageWrite,
};

/// Types of events that an organization may have.
pub const TYPES: i64 = 10_000;
/// The refusal of [`Changes`] when others have made the last of them meanwhile.
pub const TYPES_FULL: &str = "room for types of events";

/// The unique index of the merchant's own ids of events.
pub const EXTERNAL_ID_INDEX: &str = "usage_events_external_id";

/// A customer as far as an event needs to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCustomer {
    /// The id.
    pub id: Uuid,
    /// The merchant's own id.
    pub external_id: Option<String>,
}

/// A member of a customer as far as an event needs to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMember {
    /// The id.
    pub id: Uuid,
    /// The customer.
    pub customer_id: Uuid,
    /// The merchant's own id.
    pub external_id: Option<String>,
}

/// An event that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEvent {
    /// The id.
    pub id: Uuid,
    /// The merchant's own id.
    pub external_id: Option<String>,
}

/// Ids and names in events that must be looked up before they are taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Customers.
    pub customers: Vec<Uuid>,
    /// Customers, by the merchant's own ids.
    pub external_customers: Vec<String>,
    /// Members.
    pub members: Vec<Uuid>,
    /// Members, by the merchant's own ids.
    pub external_members: Vec<String>,
    /// Events by the merchant's own ids: those that may be there already, and parents.
    pub external_ids: Vec<String>,
    /// Events by their ids: parents.
    pub events: Vec<Uuid>,
    /// Names of types.
    pub names: Vec<String>,
}

impl Named {
    /// Values in these events, each once.
    pub fn of(events: &[EventCreate]) -> Self {
        let mut named = Self::default();
        for event in events {
            named.customers.extend(event.customer_id);
            named.members.extend(event.member_id);
            let texts = [
                (&mut named.external_customers, &event.external_customer_id),
                (&mut named.external_members, &event.external_member_id),
                (&mut named.external_ids, &event.external_id),
            ];
            for (list, text) in texts {
                list.extend(text.clone());
            }
            named.external_ids.extend(event.parent_id.clone());
            named
                .events
                .extend(event.parent_id.as_deref().and_then(parent_uuid));
            named.names.push(event.name.clone());
        }
        for list in [&mut named.customers, &mut named.members, &mut named.events] {
            list.sort_unstable();
            list.dedup();
        }
        for list in [
            &mut named.external_customers,
            &mut named.external_members,
            &mut named.external_ids,
            &mut named.names,
        ] {
            list.sort_unstable();
            list.dedup();
        }
        named
    }
}

fn parent_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

/// The rows that events name, as far as they exist in the organization.
#[derive(Debug, Clone, Default)]
pub struct IngestRows {
    /// Customers, by id or by the merchant's own id.
    pub customers: Vec<KnownCustomer>,
    /// Members.
    pub members: Vec<KnownMember>,
    /// Events.
    pub events: Vec<KnownEvent>,
    /// Names of types that are there.
    pub names: HashSet<String>,
    /// The number of all types; asked only where there is a new one.
    pub types: i64,
}

/// Looks up what events name.
struct Lookup<'a> {
    customers: HashMap<Uuid, &'a KnownCustomer>,
    by_external_id: HashMap<&'a str, &'a KnownCustomer>,
    members: HashMap<(Uuid, Uuid), &'a KnownMember>,
    external_members: HashMap<(Uuid, &'a str), &'a KnownMember>,
    own_ids: HashMap<&'a str, Uuid>,
    ids: HashSet<Uuid>,
}

impl<'a> Lookup<'a> {
    fn new(rows: &'a IngestRows) -> Self {
        let external = rows.customers.iter();
        let own = rows.events.iter();
        let members = rows.members.iter();
        Self {
            customers: rows.customers.iter().map(|c| (c.id, c)).collect(),
            by_external_id: external
                .filter_map(|c| Some((c.external_id.as_deref()?, c)))
                .collect(),
            members: members
                .clone()
                .map(|m| ((m.customer_id, m.id), m))
                .collect(),
            external_members: members
                .filter_map(|m| Some(((m.customer_id, m.external_id.as_deref()?), m)))
                .collect(),
            own_ids: own
                .filter_map(|e| Some((e.external_id.as_deref()?, e.id)))
                .collect(),
            ids: rows.events.iter().map(|e| e.id).collect(),
        }
    }

    fn customer(&self, event: &EventCreate) -> Option<&'a KnownCustomer> {
        match (&event.customer_id, &event.external_customer_id) {
            (Some(id), _) => self.customers.get(id).copied(),
            (None, Some(id)) => self.by_external_id.get(id.as_str()).copied(),
            (None, None) => None,
        }
    }

    fn member(
        &self,
        event: &EventCreate,
        customer: Option<&KnownCustomer>,
    ) -> Option<&'a KnownMember> {
        let customer_id = customer?.id;
        match (&event.member_id, &event.external_member_id) {
            (Some(id), _) => self.members.get(&(customer_id, *id)).copied(),
            (None, Some(id)) => {
                let place = (customer_id, id.as_str());
                self.external_members.get(&place).copied()
            }
            (None, None) => None,
        }
    }

    fn parent(&self, text: &str) -> Option<Uuid> {
        let by_id = parent_uuid(text).filter(|id| self.ids.contains(id));
        by_id.or_else(|| self.own_ids.get(text).copied())
    }
}

/// Tells the rules that one event breaks.
fn judge(
    i: usize,
    event: &EventCreate,
    lookup: &Lookup<'_>,
    ctx: &DecisionContext,
    problems: &mut Vec<Problem>,
) {
    let mut told = |kind, key: &'static str, words: &str, input: Value| {
        let place = vec![Step::from("body"), "events".into(), i.into(), key.into()];
        problems.push(Problem::new(kind, place, words, input));
    };
    if let Some(id) = event.organization_id {
        let words = "Setting organization_id is disallowed when using an organization token";
        told(
            "organization_token",
            "organization_id",
            words,
            id.to_string().into(),
        );
    }
    if let Some(at) = event.timestamp {
        if at > ctx.now {
            told(
                "datetime_past",
                "timestamp",
                "Input should be in the past",
                at.to_string().into(),
            );
        } else if at < Timestamp::UNIX_EPOCH {
            let words = "Value error, the timestamp must not lie before 1970";
            told("value_error", "timestamp", words, at.to_string().into());
        }
    }
    let customer = lookup.customer(event);
    if let Some(id) = event.customer_id {
        if customer.is_none() {
            told(
                "customer_id",
                "customer_id",
                "Customer does not exist",
                id.to_string().into(),
            );
        } else if let Some(member) = event.member_id
            && lookup.member(event, customer).is_none()
        {
            told(
                "member_id",
                "member_id",
                "Member does not exist",
                member.to_string().into(),
            );
        }
    }
}

/// Tells of events that are their own parents, or parts of their own parts, by what the request says.
fn judge_parents(events: &[EventCreate], lookup: &Lookup<'_>, problems: &mut Vec<Problem>) {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (i, event) in events.iter().enumerate() {
        // Of two with one id the first is kept.
        if let Some(id) = &event.external_id {
            places.entry(id).or_insert(i);
        }
    }
    let above = |i: usize| {
        let named = events[i].parent_id.as_deref()?;
        match lookup.parent(named) {
            Some(_) => None,
            None => places.get(named).copied(),
        }
    };
    // The event from which the way up was gone that first came past each; each is passed once.
    let mut passed: Vec<Option<usize>> = vec![None; events.len()];
    for start in 0..events.len() {
        let mut next = Some(start);
        while let Some(i) = next {
            if passed[i] == Some(start) {
                let place = loc!["body", "events", i, "parent_id"];
                let words = "Value error, an event cannot be a part of itself";
                let input = events[i].parent_id.clone();
                problems.push(Problem::value(place, words, input));
            }
            if passed[i].is_some() {
                break;
            }
            passed[i] = Some(start);
            next = above(i);
        }
    }
}

/// Bytes of the JSON text of metadata.
pub fn metadata_bytes(metadata: &Metadata) -> usize {
    serde_json::to_vec(&metadata.0).map_or(0, |json| json.len())
}

/// About how many bytes an event's row is long.
fn bytes_of(event: &UsageEvent) -> i64 {
    const COLUMNS: usize = 200;
    let metadata = metadata_bytes(&event.metadata.0);
    let texts = [
        &event.external_customer_id,
        &event.external_member_id,
        &event.external_id,
        &event.parent_key,
    ];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    i64::try_from(COLUMNS + event.name.len() + texts + metadata).unwrap_or(i64::MAX)
}

/// Takes events in: all of them, or none. An event whose own id is there already is left out; of two with one id the
/// first is kept. A customer who is named by the merchant's own id need not exist yet.
pub fn ingest(
    events: &[EventCreate],
    organization: &Organization,
    rows: &IngestRows,
    ctx: &DecisionContext,
) -> Result<(EventsIngestResponse, Changes), Refusal> {
    let lookup = Lookup::new(rows);
    let mut problems = Vec::new();
    for (i, event) in events.iter().enumerate() {
        judge(i, event, &lookup, ctx, &mut problems);
    }
    judge_parents(events, &lookup, &mut problems);
    let sent = events.len();
    let mut seen = HashSet::new();
    let new: Vec<&EventCreate> = events
        .iter()
        .filter(|event| match event.external_id.as_deref() {
            Some(id) => !lookup.own_ids.contains_key(id) && seen.insert(id),
            None => true,
        })
        .collect();
    let mut types: Vec<UsageEventType> = Vec::new();
    for event in &new {
        let at = event.timestamp.unwrap_or(ctx.now);
        if let Some(new_type) = types.iter_mut().find(|known| known.name == event.name) {
            new_type.first_seen = new_type.first_seen.min(at);
            new_type.last_seen = new_type.last_seen.max(at);
        } else if !rows.names.contains(&event.name) {
            types.push(event_type(&event.name, at, organization, ctx));
        }
    }
    if !types.is_empty() && rows.types + types.len() as i64 > TYPES {
        problems.push(Problem::value(
            loc!["body", "events"],
            format!("Value error, there can be at most {TYPES} different names of events"),
            Value::Null,
        ));
    }
    collected(problems)?;
    let outcome = EventsIngestResponse {
        inserted: new.len() as i64,
        duplicates: (sent - new.len()) as i64,
    };
    let mut changes = Changes::new();
    let count = u16::try_from(new.len()).expect("a request has at most 1,000 events");
    let ids: Vec<Uuid> = ctx.ids_in_order(count).collect();
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
        return Ok((outcome, changes));
    };
    if !types.is_empty() {
        changes.write(UsageWrite::LockTypes {
            organization_id: organization.id,
        });
    }
    let own_ids: HashMap<&str, Uuid> = new
        .iter()
        .zip(&ids)
        .filter_map(|(event, id)| Some((event.external_id.as_deref()?, *id)))
        .collect();
    let mut bytes = 0_i64;
    for (event, id) in new.into_iter().zip(&ids) {
        let customer = lookup.customer(event);
        let member = lookup.member(event, customer);
        let parent = event.parent_id.as_deref();
        let parent_id =
            parent.and_then(|text| lookup.parent(text).or_else(|| own_ids.get(text).copied()));
        let row = UsageEvent {
            id: *id,
            created_at: ctx.now,
            organization_id: organization.id,
            timestamp: event.timestamp.unwrap_or(ctx.now),
            customer_id: customer.map(|c| c.id),
            external_customer_id: (event.external_customer_id.clone())
                .or_else(|| customer.and_then(|c| c.external_id.clone())),
            member_id: member.map(|m| m.id),
            external_member_id: (event.external_member_id.clone())
                .or_else(|| member.and_then(|m| m.external_id.clone())),
            external_id: event.external_id.clone(),
            parent_id,
            parent_key: event.parent_id.clone().filter(|_| parent_id.is_none()),
            name: event.name.clone(),
            metadata: Json(Metadata(event.metadata.0.clone())),
        };
        bytes = bytes.saturating_add(bytes_of(&row));
        changes.insert(&row);
    }
    changes.insert(&UsageBatch {
        id: *first,
        created_at: ctx.now,
        version: 1,
        organization_id: organization.id,
        last_id: *last,
        events: i64::from(count),
        bytes,
        round: None,
    });
    for new_type in &types {
        changes.insert(new_type);
    }
    if !types.is_empty() {
        changes.write(UsageWrite::CheckTypes {
            organization_id: organization.id,
            most: TYPES,
        });
    }
    Ok((outcome, changes))
}

fn event_type(
    name: &str,
    at: Timestamp,
    organization: &Organization,
    ctx: &DecisionContext,
) -> UsageEventType {
    UsageEventType {
        id: ctx.id(),
        created_at: ctx.now,
        modified_at: None,
        version: 1,
        organization_id: organization.id,
        name: name.to_owned(),
        label: name.to_owned(),
        label_property_selector: None,
        occurrences: 0,
        first_seen: at,
        last_seen: at,
    }
}

/// Changes the label of a type.
pub fn update_type(
    row: &UsageEventType,
    input: EventTypeUpdate,
    ctx: &DecisionContext,
) -> (UsageEventType, Changes) {
    let mut new = row.clone();
    new.label = input.label;
    match input.label_property_selector {
        Patch::Absent => {}
        Patch::Null => new.label_property_selector = None,
        Patch::Value(path) => new.label_property_selector = Some(path),
    }
    let mut changes = Changes::new();
    changes.revise(row, &mut new, ctx);
    (new, changes)
}

/// The value at a path of metadata: names separated by dots, where a leading `metadata.` says nothing.
pub fn property<'m>(metadata: &'m Metadata, path: &str) -> Option<&'m Value> {
    let path = path.strip_prefix("metadata.").unwrap_or(path);
    if let Some(value) = metadata.0.get(path) {
        return Some(value);
    }
    let mut names = path.split('.');
    let mut value = metadata.0.get(names.next()?)?;
    for name in names {
        value = value.as_object()?.get(name)?;
    }
    Some(value)
}

impl UsageEventType {
    /// The type as the API shows it.
    pub fn view(&self) -> TypeView {
        TypeView {
            id: self.id,
            created_at: self.created_at,
            modified_at: self.modified_at,
            name: self.name.clone(),
            label: self.label.clone(),
            label_property_selector: self.label_property_selector.clone(),
            organization_id: self.organization_id,
        }
    }

    /// The type with how often its events occurred.
    pub fn view_with_stats(&self) -> EventTypeWithStats {
        EventTypeWithStats {
            id: Some(self.id),
            created_at: Some(self.created_at),
            modified_at: self.modified_at,
            name: self.name.clone(),
            label: self.label.clone(),
            label_property_selector: self.label_property_selector.clone(),
            organization_id: self.organization_id,
            source: EventSource::User,
            occurrences: self.occurrences,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
        }
    }

    /// The label of one event.
    fn label_of(&self, event: &UsageEvent) -> String {
        let selected = self.label_property_selector.as_deref();
        match selected.and_then(|path| property(&event.metadata.0, path)) {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => self.label.clone(),
        }
    }
}

impl UsageEvent {
    /// The event as the API shows it.
    pub fn view(
        &self,
        customer: Option<&Customer>,
        event_type: Option<&UsageEventType>,
        child_count: i64,
    ) -> Event {
        Event {
            id: self.id,
            timestamp: self.timestamp,
            organization_id: self.organization_id,
            customer_id: self.customer_id,
            customer: customer.map(Customer::view),
            external_customer_id: self.external_customer_id.clone(),
            member_id: self.member_id,
            external_member_id: self.external_member_id.clone(),
            child_count,
            parent_id: self.parent_id,
            label: event_type.map_or_else(|| self.name.clone(), |t| t.label_of(self)),
            name: self.name.clone(),
            source: EventSource::User,
            metadata: EventMetadata(self.metadata.0.0.clone()),
        }
    }
}
