use till_core::{
    checkout_links::{LinkWithProducts, Loaded},
    kernel::{
        records::{CheckoutLink, Discount, Organization},
        urls::{LINK_PREFIX, SHORT_LINK},
        values::Value,
    },
};
use till_wire::checkouts::Offer;
use uuid::Uuid;

use crate::{Query, Result, Store, columns};

/// Links with their organizations, found by what is bound.
fn link_where(found: &str, bound: &str) -> Query {
    let sql = format!(
        "select {}, {} from checkout_links l join organizations o on o.id = l.organization_id where {found}",
        columns::<CheckoutLink>("l"),
        columns::<Organization>("o"),
    );
    Query::raw(sql, vec![Value::Text(bound.to_owned())]).keyed()
}

impl Store {
    /// A link of the organization by id, unless deleted.
    pub async fn checkout_link(
        &self,
        organization_id: Uuid,
        id: Uuid,
    ) -> Result<Option<CheckoutLink>> {
        self.own(organization_id, id, "and deleted_at is null")
            .await
    }

    /// A link by its client secret, deleted or not, with its organization.
    pub async fn checkout_link_by_secret(
        &self,
        secret: &str,
    ) -> Result<Option<(CheckoutLink, Organization)>> {
        self.one(link_where("l.client_secret = $1", secret)).await
    }

    /// A link by the beginning of its client secret, as its short address names it, deleted or not, with its
    /// organization. None where several begin so.
    pub async fn checkout_link_by_short_name(
        &self,
        name: &str,
    ) -> Result<Option<(CheckoutLink, Organization)>> {
        let begins = format!(
            "substr(l.client_secret, 1, {}) = $1",
            LINK_PREFIX.len() + SHORT_LINK
        );
        let query = link_where(&begins, &format!("{LINK_PREFIX}{name}"));
        let mut found = self.all(query).await?;
        Ok(found.pop().filter(|_| found.is_empty()))
    }

    /// The products and discounts that links show: as many reads for all as for a single one.
    pub async fn linked(
        &self,
        organization_id: Uuid,
        links: Vec<CheckoutLink>,
    ) -> Result<Vec<LinkWithProducts>> {
        let mut products: Vec<Uuid> = links.iter().flat_map(|l| l.product_ids.0.clone()).collect();
        products.sort();
        products.dedup();
        let discounts: Vec<Uuid> = links.iter().filter_map(|l| l.discount_id).collect();
        let (offered, discounts) = tokio::try_join!(
            self.offered(organization_id, &products),
            self.owned::<Discount>(organization_id, &discounts),
        )?;
        let linked = |link: CheckoutLink| {
            let sold = offered
                .iter()
                .filter(|o| link.product_ids.contains(&o.product.id));
            let sold = sold.cloned().collect();
            let discount = discounts.iter().find(|d| Some(d.id) == link.discount_id);
            LinkWithProducts::new(link, sold, discount.cloned())
        };
        Ok(links.into_iter().map(linked).collect())
    }

    /// The rows that a new or changed link depends on.
    pub async fn linkable(
        &self,
        organization_id: Uuid,
        offer: &Offer,
        discount: Option<Uuid>,
    ) -> Result<Loaded> {
        let offered = async {
            match offer {
                Offer::Products(ids) => self.offered(organization_id, ids).await,
                Offer::Product(id) => self.offered(organization_id, &[*id]).await,
                Offer::Price(id) => self.offered_by_price(organization_id, *id).await,
            }
        };
        let discount = async {
            match discount {
                Some(id) => self.discount(organization_id, id).await,
                None => Ok(None),
            }
        };
        let (offered, discount) = tokio::try_join!(offered, discount)?;
        Ok(Loaded { offered, discount })
    }

    /// The discounts that a visit may use: by id and by code, of which either may be missing.
    pub async fn visit_discounts(
        &self,
        organization_id: Uuid,
        id: Option<Uuid>,
        code: Option<&str>,
    ) -> Result<Vec<Discount>> {
        let by_id = async {
            match id {
                Some(id) => self.discount(organization_id, id).await,
                None => Ok(None),
            }
        };
        let by_code = async {
            match code {
                Some(code) => self.discount_by_code(organization_id, code).await,
                None => Ok(None),
            }
        };
        let (by_id, by_code) = tokio::try_join!(by_id, by_code)?;
        Ok(by_id.into_iter().chain(by_code).collect())
    }
}
