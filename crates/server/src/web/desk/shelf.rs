//! The pages under Products: one tab each. A feature adds its own here, and uses [`shell`] for its list.

use super::shell::{Area, Shell, Way};
use crate::extract::{Access, Desk, scope};

/// A page under Products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named like its page")]
pub enum Shelf {
    Products,
    Discounts,
    Benefits,
    Meters,
    CustomFields,
    CheckoutLinks,
}

/// Around a list under Products, with the tabs of those that the person may read.
pub fn shell<A: Access>(desk: &Desk<A>, here: Shelf) -> Shell {
    let mut tabs = Vec::new();
    let mut tab = |shelf: Shelf, words: &str, path: &str, may: bool| {
        if may {
            tabs.push(Way::tab(words, desk.path(path), shelf == here));
        }
    };
    let products = desk.may::<scope::ProductsRead>().is_ok();
    tab(Shelf::Products, "Products", "/products", products);
    let discounts = desk.may::<scope::DiscountsRead>().is_ok();
    tab(
        Shelf::Discounts,
        "Discounts",
        "/products/discounts",
        discounts,
    );
    let benefits = desk.may::<scope::BenefitsRead>().is_ok();
    tab(Shelf::Benefits, "Benefits", "/products/benefits", benefits);
    let meters = desk.may::<scope::MetersRead>().is_ok();
    tab(Shelf::Meters, "Meters", "/products/meters", meters);
    let fields = desk.may::<scope::CustomFieldsRead>().is_ok();
    tab(
        Shelf::CustomFields,
        "Custom fields",
        "/products/custom-fields",
        fields,
    );
    let links = desk.may::<scope::CheckoutLinksRead>().is_ok();
    tab(
        Shelf::CheckoutLinks,
        "Checkout links",
        "/products/checkout-links",
        links,
    );
    Shell::new(desk, Area::Products, "Products").tabs(tabs)
}

/// Around the page of one thing under Products, with the way back to its list.
pub fn inner<A: Access>(desk: &Desk<A>, list: &str, path: &str, title: impl Into<String>) -> Shell {
    Shell::new(desk, Area::Products, title).back(list, desk.path(path))
}
