//! The demo shop that `till dev` makes in an empty database, and its notes between two starts.

use std::path::Path;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use till_core::{
    catalog::products::{self, ProductReferences, ProductWithPrices},
    checkout_links,
    kernel::{
        context::DecisionContext,
        events::Subscribers,
        records::{CheckoutLink, Organization, Product},
        tokens::{self, SecretKey},
    },
    organizations, people,
};
use till_server::app::Clock;
use till_store::{List, Order, Store};
use till_wire::{
    checkout_links::CheckoutLinkCreate,
    checkouts::Offer,
    metadata::Metadata,
    money::Currency,
    products::{PriceAmount, PriceCreate, PriceEntry, ProductCreate, Visibility},
    scope::Scope,
    values::Interval,
};
use uuid::Uuid;

use crate::{
    clock::{self, SystemClock},
    files,
    stop::Stop,
};

/// Owns the demo shop.
const OWNER: &str = "owner@example.com";

const ORGANIZATION: &str = "Demo shop";
const SLUG: &str = "demo";
const TOKEN_NAME: &str = "till dev";
const LINK_LABEL: &str = "Demo purchase";

/// The products for sale: name, description in Markdown, cents, and whether every month.
const PRODUCTS: [(&str, &str, i64, bool); 3] = [
    (
        "Starter",
        "For one person and one project.\n\n- **1** project\n- 1,000 requests a day\n- Help by e-mail",
        900,
        true,
    ),
    (
        "Pro",
        "For a team that ships.\n\n- **Unlimited** projects\n- 100,000 requests a day\n- Help within *four hours*",
        2900,
        true,
    ),
    (
        "Handbook",
        "The whole craft in one book: 240 pages, as PDF and EPUB.\n\nBought once, *yours for good*, with every later edition.",
        4900,
        false,
    ),
];

/// The shop as it is shown.
#[derive(Debug)]
pub struct Shop {
    /// The organization.
    pub organization: Organization,
    /// Text of an access token with all scopes.
    pub token: String,
    /// The products for sale, in the order in which they were made.
    pub products: Vec<OnSale>,
    /// The client secret of a checkout link that sells them; `None` where nothing is for sale.
    pub checkout_link: Option<String>,
    /// Reason why the token is not the one of last time; `None` if it is, or if there was no last time.
    pub renewed: Option<&'static str>,
}

/// A product as programs need it.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct OnSale {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The id of its first price.
    pub price_id: Option<Uuid>,
}

/// The notes that are kept beside the database: the token cannot be read back from there.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
struct Notes {
    token: String,
    products: Vec<Uuid>,
    /// The demo's checkout link; older notes have none.
    #[serde(default)]
    checkout_link: Option<Uuid>,
}

/// The demo shop, made if the database is empty, else found again.
pub async fn open_shop(store: &Store, key: &SecretKey, folder: &Path) -> Result<Shop, Stop> {
    let path = files::notes_path(folder);
    let kept = files::read(&path)?.and_then(|text| serde_json::from_str::<Notes>(&text).ok());
    let organizations = store.organizations().await?;
    let mut shop = match organizations.is_empty() {
        true => create_shop(store, key).await?,
        false => find_shop(store, key, organizations, kept.as_ref()).await?,
    };
    let link = kept.as_ref().and_then(|notes| notes.checkout_link);
    let link = checkout_link(store, &shop, link).await?;
    let notes = Notes {
        token: shop.token.clone(),
        // A product that is not for sale now may come back.
        products: match &kept {
            Some(kept) if kept.token == shop.token => kept.products.clone(),
            _ => shop.products.iter().map(|product| product.id).collect(),
        },
        checkout_link: link.as_ref().map(|link| link.id),
    };
    if kept.as_ref() != Some(&notes) {
        save_notes(&path, &notes)?;
    }
    shop.checkout_link = link.map(|link| link.client_secret);
    Ok(shop)
}

/// The shop of the notes; with a new token where the old one's text is lost or it is no longer good.
async fn find_shop(
    store: &Store,
    key: &SecretKey,
    organizations: Vec<Organization>,
    notes: Option<&Notes>,
) -> Result<Shop, Stop> {
    let holder = match notes {
        Some(notes) => store.caller(&key.digest(&notes.token)).await?,
        None => None,
    };
    if let (Some(notes), Some((token, organization))) = (notes, holder)
        && token.revoked_at.is_none()
    {
        return Ok(Shop {
            products: on_sale(store, &organization, &notes.products).await?,
            organization,
            token: notes.token.clone(),
            checkout_link: None,
            renewed: None,
        });
    }
    let renewed = match notes {
        None => "dev.json, which held the token, is gone or unreadable: this is a new token",
        Some(_) => "the token in dev.json is not valid in this database: this is a new one",
    };
    let demo = organizations
        .iter()
        .position(|organization| organization.slug == SLUG)
        .unwrap_or(0);
    let organization = organizations
        .into_iter()
        .nth(demo)
        .expect("there is at least one, and `demo` is one of them");
    let (_, token, changes) = tokens::create(
        organization.id,
        TOKEN_NAME.into(),
        Scope::ALL.to_vec(),
        None,
        key,
        &clock::at(),
    );
    store.commit(changes).await?;
    Ok(Shop {
        products: on_sale(store, &organization, &[]).await?,
        organization,
        token,
        checkout_link: None,
        renewed: Some(renewed),
    })
}

/// A checkout link that sells what is for sale: the one of last time if it still works, else a new one.
async fn checkout_link(
    store: &Store,
    shop: &Shop,
    kept: Option<Uuid>,
) -> Result<Option<CheckoutLink>, Stop> {
    if let Some(id) = kept
        && let Some(link) = store.checkout_link(shop.organization.id, id).await?
        && !link.require_signature
    {
        return Ok(Some(link));
    }
    if shop.products.is_empty() {
        return Ok(None);
    }
    let ids = shop.products.iter().map(|product| product.id).collect();
    let input = CheckoutLinkCreate {
        offer: Offer::Products(ids),
        label: Some(LINK_LABEL.to_owned()),
        allow_discount_codes: true,
        require_billing_address: false,
        require_signature: false,
        discount_id: None,
        seats: None,
        units: None,
        success_url: None,
        return_url: None,
        trial: None,
        metadata: Metadata::default(),
    };
    let loaded = store
        .linkable(shop.organization.id, &input.offer, None)
        .await?;
    let (made, changes) = checkout_links::create(input, &shop.organization, loaded, &clock::at())
        .map_err(|refusal| {
        Stop::failed(format!(
            "the demo's checkout link is not valid: {refusal:?}"
        ))
    })?;
    store.commit(changes).await?;
    Ok(Some(made.link))
}

async fn create_shop(store: &Store, key: &SecretKey) -> Result<Shop, Stop> {
    let ctx = clock::at();
    let (owner, mut changes) = people::create(OWNER, &ctx);
    let (organization, made) = organizations::create(ORGANIZATION, SLUG, &owner, &ctx);
    changes.and(made);
    let (_, token, made) = tokens::create(
        organization.id,
        TOKEN_NAME.into(),
        Scope::ALL.to_vec(),
        None,
        key,
        &ctx,
    );
    changes.and(made);
    let mut products = Vec::new();
    for (i, product) in PRODUCTS.into_iter().enumerate() {
        // A millisecond apart, so that lists by age have them in this order.
        let age = SignedDuration::from_millis((PRODUCTS.len() - i) as i64);
        let ctx = DecisionContext::new(ctx.now - age, SystemClock.seed());
        let (offered, made) = products::create(
            input(product),
            &organization,
            &ProductReferences::default(),
            &Subscribers::nobody(organization.id),
            &ctx,
        )
        .map_err(|refusal| {
            Stop::failed(format!("the demo's products are not valid: {refusal:?}"))
        })?;
        changes.and(made);
        products.push(offer(&offered));
    }
    store.commit(changes).await?;
    Ok(Shop {
        organization,
        token,
        products,
        checkout_link: None,
        renewed: None,
    })
}

fn input((name, description, cents, monthly): (&str, &str, i64, bool)) -> ProductCreate {
    let price = PriceCreate {
        amount: PriceAmount::Fixed {
            price_amount: cents,
        },
        currency: Currency::USD,
        tax_behavior: None,
    };
    ProductCreate {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        visibility: Visibility::Public,
        prices: vec![PriceEntry::New(price)],
        metadata: Metadata::default(),
        organization_id: None,
        recurring: monthly.then_some((Interval::Month, 1)),
        trial: None,
        meter_cycle: None,
        medias: Vec::new(),
        attached_custom_fields: Vec::new(),
    }
}

/// The active ones of these products in their order; if none is left, the three oldest.
async fn on_sale(
    store: &Store,
    organization: &Organization,
    wanted: &[Uuid],
) -> Result<Vec<OnSale>, Stop> {
    let mut found = Vec::new();
    if !wanted.is_empty() {
        found = store.offered(organization.id, wanted).await?;
        found.retain(|offered| !offered.product.is_archived);
        found.sort_by_key(|offered| wanted.iter().position(|id| *id == offered.product.id));
    }
    if found.is_empty() {
        let oldest = List::of::<Product>(organization.id)
            .eq("is_archived", false)
            .order("created_at", Order::Asc)
            .order("id", Order::Asc);
        let (rows, _) = store
            .page::<Product>(oldest, 1, PRODUCTS.len() as u32)
            .await?;
        let ids: Vec<_> = rows.iter().map(|product| product.id).collect();
        if !ids.is_empty() {
            found = store.offered(organization.id, &ids).await?;
            found.sort_by_key(|offered| ids.iter().position(|id| *id == offered.product.id));
        }
    }
    Ok(found.iter().map(offer).collect())
}

fn offer(offered: &ProductWithPrices) -> OnSale {
    OnSale {
        id: offered.product.id,
        name: offered.product.name.clone(),
        price_id: offered.active().next().map(|price| price.id),
    }
}

fn save_notes(path: &Path, notes: &Notes) -> Result<(), Stop> {
    let text = serde_json::to_string_pretty(notes).map_err(Stop::failed)?;
    files::write_private(path, &format!("{text}\n"))
}
