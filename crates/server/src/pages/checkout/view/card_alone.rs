//! Pages whose form is a card and nothing else: what the templates of the card part ask of them.

use std::borrow::Cow;

use super::super::fields::{Field, FieldErrors, Need, TextField};
use super::{ElementField, PageContext, Payment};

/// A page whose form is a card and nothing else.
pub(in crate::pages) trait CardAlone {
    /// Language and theme.
    fn page_context(&self) -> PageContext;
    /// The card fields.
    fn payment(&self) -> &Payment;
    /// The errors of single fields.
    fn errors(&self) -> &FieldErrors;
    /// The error of the page as a whole.
    fn error(&self) -> Option<&str>;

    /// True where the card is entered into fields of ours: the sandbox's.
    fn takes_card(&self) -> bool {
        *self.payment() == Payment::Sandbox
    }

    /// The card's owner shows elsewhere.
    fn asks_name(&self) -> bool {
        false
    }

    /// Nothing is tried.
    fn offers_no_trial(&self) -> bool {
        false
    }

    /// The processor's own card field, where it has one.
    fn element(&self) -> Option<&ElementField> {
        match self.payment() {
            Payment::Element(field) => Some(field),
            Payment::NotNeeded | Payment::Sandbox => None,
        }
    }

    /// The fields that are wrong, in their order, with their labels.
    fn wrong_fields(&self) -> Vec<(&'static str, Cow<'static, str>)> {
        let fields = self.errors().fields();
        fields
            .map(|field| (field.anchor(), self.label(field)))
            .collect()
    }

    /// The label of a field.
    fn label(&self, field: Field) -> Cow<'static, str> {
        self.page_context().say(match field {
            Field::CardExpiry => "card-expiry",
            Field::CardCvc => "card-cvc",
            _ => "card-number",
        })
    }

    /// A card field, which is never filled by us.
    fn text(&self, field: Field) -> TextField<'_> {
        let first = self.errors().first().filter(|_| self.error().is_none());
        TextField {
            page_context: self.page_context(),
            field,
            of: None,
            on_card: false,
            label: self.label(field),
            value: "",
            need: Need::Required,
            error: self.errors().get(field),
            focus: first == Some(field),
            locked: false,
            hint: None,
            prefix: None,
        }
    }
}
