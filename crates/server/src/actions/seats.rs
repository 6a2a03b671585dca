//! Seats: who holds them, and who is given one (docs/behaviour: seats/assign). Merchants and customers do the same, each
//! with their own seats.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use till_core::{
    kernel::{
        changes::Changes,
        records::{
            Customer, CustomerMember, CustomerSeat as Row, CustomerSession, Order, Organization,
        },
        refusal::SeatRefusal,
    },
    organizations::capabilities,
    seats::{
        assign::{self, AssignRows, Found, Giving},
        hold, invite,
        sold::Sold,
        view,
    },
};
use till_store::List;
use till_wire::seats::{
    CustomerSeat, CustomerSeatClaimResponse, Recipient, SeatClaimInfo, SeatTarget, SeatsList,
};
use uuid::Uuid;

use crate::{
    app::App,
    error::{ApiError, OrNotFound, Result},
    http::{
        extract::{
            Params,
            query::{id, query},
        },
        idempotency::IdempotencyGuard,
        limits::{self, Inviter, Network},
    },
};

/// Characters of an invitation's token, at most: others are none.
const LONGEST: usize = 128;

query! {
    /// The query of a list of seats.
    pub(crate) struct ListQuery {
        /// ID of the subscription; either this or `order_id` is needed.
        subscription_id: Option<Uuid> = id(),
        /// ID of the order that was paid once.
        order_id: Option<Uuid> = id(),
    }
}

impl ListQuery {
    /// Purchase whose seats are asked for.
    pub(crate) fn target(mut params: Params) -> Result<Option<SeatTarget>> {
        let sent = Self::read(&mut params);
        params.finish()?;
        let subscription = sent.subscription_id.map(SeatTarget::Subscription);
        Ok(subscription.or(sent.order_id.map(SeatTarget::Order)))
    }
}

/// A seat that is to be given, as a request says.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Purchase that it belongs to.
    pub target: SeatTarget,
    /// Recipient.
    pub recipient: Recipient,
    /// Free data on it.
    pub metadata: Option<Map<String, Value>>,
    /// True where it is claimed at once.
    pub at_once: bool,
}

/// Somebody who gives seats and takes them back.
#[derive(Debug, Clone, Copy)]
pub struct Giver<'a> {
    /// Server that they ask.
    pub app: &'a App,
    /// The merchant.
    pub organization: &'a Organization,
    /// Customer whose seats they have to be; none: the merchant gives anybody's.
    pub customer: Option<&'a Customer>,
}

/// Seats that were sold together, with those who hold them.
#[derive(Debug, Clone)]
pub struct Seats {
    /// Purchase that they belong to.
    pub sold: Sold,
    /// Each that was ever given, the first one first, with its member.
    pub rows: Vec<(Row, Option<CustomerMember>)>,
}

impl Seats {
    /// Number of seats that are used.
    pub fn used(&self) -> i64 {
        let used = self.rows.iter().filter(|(row, _)| row.is_used()).count();
        i64::try_from(used).unwrap_or(i64::MAX)
    }

    /// The seats as the API shows them.
    fn view(&self) -> SeatsList {
        SeatsList {
            seats: self
                .rows
                .iter()
                .map(|(row, member)| row.view(member.as_ref()))
                .collect(),
            available_seats: self.sold.available(self.used()),
            total_seats: self.sold.total(),
        }
    }
}

impl Giver<'_> {
    /// Seats of a subscription or of an order.
    ///
    /// # Errors
    /// 403 where the organization has no seats, 400 where neither is named, 404 where it is not there.
    pub async fn list(&self, target: Option<SeatTarget>) -> Result<SeatsList> {
        assign::is_enabled(self.organization)?;
        let target = target.ok_or(SeatRefusal::NothingNamed)?;
        Ok(self.seats(self.sold(target).await?).await?.view())
    }

    /// Checks, before an invitation is counted, that the target is there and theirs, and a seat of it free.
    ///
    /// # Errors
    /// 403 where the organization has no seats, 404 where it is not there, and those of [`assign::is_free`].
    pub async fn check(&self, target: SeatTarget) -> Result<()> {
        assign::is_enabled(self.organization)?;
        let sold = self.sold(target).await?;
        let used = self.app.store.used_seats(&sold).await?;
        Ok(assign::is_free(&sold, used)?)
    }

    /// The seats that were sold together, with their members.
    pub async fn seats(&self, sold: Sold) -> Result<Seats> {
        let seats = self.app.store.seats_of(&sold).await?;
        let members = self.app.store.members_of_seats(&seats).await?;
        let member = |row: &Row| members.iter().find(|one| Some(one.id) == row.member_id);
        let rows = seats.into_iter().map(|row| {
            let member = member(&row).cloned();
            (row, member)
        });
        Ok(Seats {
            rows: rows.collect(),
            sold,
        })
    }

    /// Purchase that seats belong to, where it is theirs.
    pub async fn sold(&self, target: SeatTarget) -> Result<Sold> {
        let (store, own) = (&self.app.store, self.organization.id);
        let sold = match target {
            SeatTarget::Subscription(id) => {
                let row = store.subscription(own, id).await.or_not_found()?;
                Sold::Subscription(Box::new(row))
            }
            SeatTarget::Order(id) => {
                let row = store.order(own, id).await.or_not_found()?;
                Sold::Order(Box::new(row))
            }
            SeatTarget::Checkout(id) => {
                let list = List::of::<Order>(own).eq("checkout_id", id);
                let (mut rows, _) = store.page::<Order>(list, 1, 1).await?;
                let row = rows.pop().or_not_found()?;
                match row.subscription_id {
                    Some(id) => {
                        let row = store.subscription(own, id).await.or_not_found()?;
                        Sold::Subscription(Box::new(row))
                    }
                    None => Sold::Order(Box::new(row)),
                }
            }
        };
        match self.is_theirs(sold.customer_id()) {
            true => Ok(sold),
            false => Err(ApiError::not_found()),
        }
    }

    fn is_theirs(&self, customer_id: Uuid) -> bool {
        self.customer.is_none_or(|own| own.id == customer_id)
    }

    /// Gives a seat to a person.
    ///
    /// # Errors
    /// Errors of [`assign::is_free`], [`assign::person`] and [`assign::assign`].
    pub async fn assign(&self, guard: &IdempotencyGuard, asked: &Asked) -> Result<CustomerSeat> {
        assign::is_enabled(self.organization)?;
        let app = self.app;
        app.retry_on_conflict(|| async {
            let sold = self.sold(asked.target).await?;
            let (own, store) = (self.organization.id, &app.store);
            let (used, customer, subscribers) = tokio::try_join!(
                store.used_seats(&sold),
                store.customer(own, sold.customer_id()),
                store.subscribers(own),
            )?;
            assign::is_free(&sold, used)?;
            let customer = customer.or_not_found()?;
            let found = self.found(&customer, &asked.recipient).await?;
            let person = assign::person(&asked.recipient, &found)?;
            let (theirs, revoked) = tokio::try_join!(
                async {
                    match person.member_id() {
                        Some(id) => store.seat_of_member(&sold, id).await,
                        None => Ok(None),
                    }
                },
                store.revoked_seat(&sold),
            )?;
            let rows = AssignRows {
                sold,
                customer,
                members: found.members,
                used,
                theirs,
                revoked,
                subscribers,
            };
            let giving = Giving {
                metadata: asked.metadata.clone(),
                at_once: asked.at_once,
            };
            let ctx = app.context_of(self.organization);
            let (seat, member, changes) = assign::assign(&rows, person, giving, &app.key, &ctx)?;
            let given = ((seat, member), changes);
            app.reply(guard, StatusCode::OK, given, |(seat, member)| {
                seat.view(Some(&member))
            })
            .await
        })
        .await
    }

    /// The rows by which a request may name a person. A customer names no other customer: nobody learns who else buys here.
    async fn found(&self, buyer: &Customer, wanted: &Recipient) -> Result<Found> {
        let (store, own) = (&self.app.store, self.organization.id);
        let customer = match wanted {
            Recipient::Customer(id) => store.customer(own, *id).await?,
            Recipient::ExternalCustomer(id) => store.customer_by_external_id(own, id).await?,
            _ => None,
        };
        let customer = customer.filter(|found| self.is_theirs(found.id));
        let member = match wanted {
            Recipient::Member(id) => store.customer_member(buyer.id, *id).await?,
            _ => None,
        };
        let email = assign::address(wanted, customer.as_ref());
        let external_id = assign::external_id(wanted);
        let members = store.membership(buyer.id, email, external_id).await?;
        Ok(Found {
            customer,
            member,
            members,
        })
    }

    async fn seat(&self, id: Uuid) -> Result<Row> {
        let row = self.app.store.customer_seat(self.organization.id, id);
        let row = row.await.or_not_found()?;
        match self.is_theirs(row.customer_id) {
            true => Ok(row),
            false => Err(ApiError::not_found()),
        }
    }

    /// A seat, who holds it or is invited to it, and the purchase that it belongs to.
    async fn seat_and_member(&self, id: Uuid) -> Result<(Row, Option<CustomerMember>, Sold)> {
        let row = self.seat(id).await?;
        let members = self.app.store.members_of_seats(std::slice::from_ref(&row));
        let member = members.await?.pop();
        let sold = sold_of(self.app, &row).await?;
        Ok((row, member, sold))
    }

    /// Takes a seat back. One that was taken back before is shown as it is.
    ///
    /// # Errors
    /// 403 where the organization has no seats, 404 where the seat is not there.
    pub async fn revoke(&self, id: Uuid) -> Result<CustomerSeat> {
        assign::is_enabled(self.organization)?;
        let app = self.app;
        app.retry_on_conflict(|| async {
            let (row, subscribers) = tokio::try_join!(self.seat(id), async {
                Ok(app.store.subscribers(self.organization.id).await?)
            })?;
            let ctx = app.context_of(self.organization);
            let mut changes = Changes::new();
            let seat = hold::revoke(&row, &mut changes, &subscribers, &ctx);
            Ok(app.apply((seat, changes)).await?.view(None))
        })
        .await
    }

    /// Sends the invitation to a seat again.
    ///
    /// # Errors
    /// 400 where nobody is invited or the seat can be claimed no more, 429 where it was sent often enough, or `inviter` has
    /// sent too many.
    pub async fn resend(
        &self,
        guard: &IdempotencyGuard,
        id: Uuid,
        inviter: Option<Inviter<'_>>,
    ) -> Result<CustomerSeat> {
        assign::is_enabled(self.organization)?;
        let app = self.app;
        let ctx = app.context_of(self.organization);
        let (row, member, sold) = self.seat_and_member(id).await?;
        invite::resend(&sold, &row, member.as_ref(), &app.key, &ctx).map(drop)?;
        limits::inviting_again(app, &row, inviter).await?;
        app.retry_on_conflict(|| async {
            let (row, member, sold) = self.seat_and_member(id).await?;
            let sent = invite::resend(&sold, &row, member.as_ref(), &app.key, &ctx)?;
            app.reply(guard, StatusCode::OK, sent, |now| now.view(member.as_ref()))
                .await
        })
        .await
    }
}

/// Purchase that a seat belongs to.
async fn sold_of(app: &App, seat: &Row) -> Result<Sold> {
    let (store, own) = (&app.store, seat.organization_id);
    match (seat.subscription_id, seat.order_id) {
        (Some(id), _) => {
            let row = store.subscription(own, id).await.or_not_found()?;
            Ok(Sold::Subscription(Box::new(row)))
        }
        (None, Some(id)) => {
            let row = store.order(own, id).await.or_not_found()?;
            Ok(Sold::Order(Box::new(row)))
        }
        (None, None) => Err(ApiError::not_found()),
    }
}

/// A seat to which somebody is invited, with what its page shows.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Purchase that it belongs to.
    pub sold: Sold,
    /// The seat.
    pub seat: Row,
    /// Person who is invited.
    pub member: CustomerMember,
    /// Customer who bought the seat.
    pub customer: Customer,
    /// The merchant.
    pub organization: Organization,
    /// The invitation.
    pub info: SeatClaimInfo,
}

/// The seat that a token invites to; none where it invites to none any more.
///
/// # Errors
/// 403 where the organization has no seats, 429 where a network looks up too many.
pub async fn invited(app: &App, network: &Network, token: &str) -> Result<Option<Invited>> {
    limits::claiming(app, network).await?;
    lookup(app, token).await
}

async fn lookup(app: &App, token: &str) -> Result<Option<Invited>> {
    if token.len() > LONGEST {
        return Ok(None);
    }
    let Some(seat) = app.store.invited_seat(&app.key.digest(token)).await? else {
        return Ok(None);
    };
    let invited = of_seat(app, seat).await?;
    if let Some(invited) = &invited {
        assign::is_enabled(&invited.organization)?;
    }
    Ok(invited)
}

/// A seat with what its invitation says; none where the invitation cannot be used.
pub async fn of_seat(app: &App, seat: Row) -> Result<Option<Invited>> {
    let (store, own) = (&app.store, seat.organization_id);
    let Some(member_id) = seat.member_id else {
        return Ok(None);
    };
    let (customer, member, organization) = tokio::try_join!(
        store.customer(own, seat.customer_id),
        store.customer_member(seat.customer_id, member_id),
        store.organization(own),
    )?;
    let (Some(customer), Some(member), Some(organization)) = (customer, member, organization)
    else {
        return Ok(None);
    };
    let is_live = capabilities(organization.status).api_access;
    let is_for_them = invite::is_for(&seat, &member, &app.key);
    let can_claim = is_for_them && seat.can_be_claimed(app.now_of(&organization));
    if !is_live || !can_claim {
        return Ok(None);
    }
    let sold = sold_of(app, &seat).await?;
    if !sold.gives_seats() {
        return Ok(None);
    }
    let offered = store
        .offered(own, &[sold.product_id()])
        .await?
        .pop()
        .or_not_found()?;
    let info = view::invitation(&organization, &offered, &member, can_claim);
    Ok(Some(Invited {
        sold,
        seat,
        member,
        customer,
        organization,
        info,
    }))
}

/// Makes a seat the person's whom a token invites, and opens a session of theirs.
///
/// # Errors
/// 400 for a token that invites to no seat any more, 403 where the organization has no seats, 429 where a network tries too
/// many.
pub async fn claim(
    app: &App,
    guard: &IdempotencyGuard,
    network: &Network,
    token: &str,
) -> Result<(CustomerSession, CustomerSeatClaimResponse)> {
    limits::claiming(app, network).await?;
    claim_counted(app, guard, token).await
}

/// [`claim`] of a token whose lookup was counted already, by [`invited`].
///
/// # Errors
/// 400 for a token that invites to no seat any more, 403 where the organization has no seats.
pub async fn claim_counted(
    app: &App,
    guard: &IdempotencyGuard,
    token: &str,
) -> Result<(CustomerSession, CustomerSeatClaimResponse)> {
    app.retry_on_conflict(|| async {
        let invited = lookup(app, token).await?;
        let invited = invited.ok_or(SeatRefusal::InvalidToken)?;
        let subscribers = app.store.subscribers(invited.organization.id).await?;
        let ctx = app.context_of(&invited.organization);
        let keys = (&app.key, &subscribers);
        let (sold, seat, member) = (&invited.sold, &invited.seat, &invited.member);
        let claimed = invite::claim(sold, seat, &invited.customer, member, keys, &ctx)?;
        let view = CustomerSeatClaimResponse {
            seat: claimed.seat.view(Some(member)),
            customer_session_token: claimed.token,
        };
        let mut changes = claimed.changes;
        guard.keep(&mut changes, StatusCode::OK, &view, &ctx)?;
        app.commit(changes).await?;
        Ok((claimed.session, view))
    })
    .await
}
