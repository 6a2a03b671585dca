//! The organization's looks on its letters.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, Type},
};

use crate::{
    input::{Context, text_of},
    request::*,
};

/// Characters of a colour.
const COLOR: usize = 7;
const PATTERN: &str = "^#[0-9a-f]{6}$";

/// Looks of the organization's letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BrandSettings {
    /// Colour of letters, as `#` and six hexadecimal digits; null for Till's own.
    pub color: Option<String>,
}

impl BrandSettings {
    /// As an organization's PATCH gives them.
    pub(crate) fn shape() -> impl Reader<Value = Self> {
        object! {
            /// Looks of the organization's letters.
            BrandSettings {
                /// Colour of letters, as `#` and six hexadecimal digits; Till's own if left out.
                color = optional(color()),
            }
        }
    }
}

fn color() -> impl Reader<Value = String> {
    let read = |value: &Value, cx: &mut Context| {
        let color = text_of(COLOR, COLOR, true)(value, cx)?.to_ascii_lowercase();
        if is_color(&color) {
            return Some(color);
        }
        cx.bound(
            "string_pattern_mismatch",
            "Give a colour as # and six hexadecimal digits",
            value,
            "pattern",
            PATTERN,
        )
    };
    Blankable(read_by(read, || {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(COLOR))
            .max_length(Some(COLOR))
            .pattern(Some("^#[0-9A-Fa-f]{6}$"))
            .into()
    }))
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == COLOR - 1
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
