//! Closed word lists: one declaration gives the enum, its text form, serde and the schema.

/// Declares an enum whose variants are fixed words on the wire.
#[macro_export]
macro_rules! words {
    ($(#[doc = $words:literal])* $vis:vis enum $name:ident { $($(#[doc = $meaning:literal])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $words])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        $vis enum $name { $($(#[doc = $meaning])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(()) }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::Schema> {
                $crate::words::schema(&[$($words),*], &[$(($word, &[$($meaning),*])),+])
            }
        }
        impl $crate::utoipa::ToSchema for $name {}
        impl $crate::input::Words for $name {
            const ALL: &'static [Self] = Self::ALL;
            fn word(self) -> &'static str { self.as_str() }
        }
    };
}

/// The schema of a closed word list: `lines` are those of its documentation, and each word has its own.
pub fn schema(
    lines: &[&str],
    words: &[(&str, &[&str])],
) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
    let meanings = words
        .iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(word, lines)| format!("- `{word}`: {}", joined(lines)));
    let description: Vec<String> = [joined(lines), String::new()]
        .into_iter()
        .chain(meanings)
        .collect();
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .description(Some(description.join("\n").trim()))
        .enum_values(Some(words.iter().map(|(word, _)| *word)))
        .into()
}

/// The lines of a documentation comment as one text.
pub(crate) fn joined(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}
