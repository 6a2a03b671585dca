//! The languages of the pages that buyers see: which one is spoken, its words (`locales/*.ftl`, Fluent), and how
//! it writes numbers and dates (`locales/cldr/*.tsv`).

mod cldr;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

pub(super) use cldr::Cldr;

/// A value that a message takes by name.
pub type Value<'a> = FluentValue<'a>;

/// Declares the languages once: variant, tag and files cannot fall apart.
macro_rules! locales {
    ($($variant:ident $tag:literal),+ $(,)?) => {
        /// A language that the pages speak.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is named by its tag")]
        pub enum Locale {
            #[default]
            $($variant,)+
        }

        impl Locale {
            /// All of them.
            pub const ALL: &[Locale] = &[$(Locale::$variant),+];

            /// The BCP-47 tag, for `lang` attributes.
            #[must_use]
            pub fn tag(self) -> &'static str {
                match self {
                    $(Locale::$variant => $tag,)+
                }
            }

            fn words(self) -> &'static str {
                match self {
                    $(Locale::$variant => include_str!(concat!("../../../../locales/", $tag, ".ftl")),)+
                }
            }

            fn table(self) -> &'static str {
                match self {
                    $(Locale::$variant => include_str!(concat!("../../../../locales/cldr/", $tag, ".tsv")),)+
                }
            }
        }
    };
}

locales! {
    En "en",
    De "de",
    Es "es",
    Fr "fr",
    Hu "hu",
    It "it",
    Ja "ja",
    Ko "ko",
    Nl "nl",
    Pl "pl",
    Pt "pt",
    PtPt "pt-PT",
    Sv "sv",
    Tr "tr",
}

/// One language, made when it is first spoken.
struct Spoken {
    bundle: FluentBundle<FluentResource>,
    cldr: Cldr,
}

static SPOKEN: [OnceLock<Spoken>; Locale::ALL.len()] =
    [const { OnceLock::new() }; Locale::ALL.len()];

impl Spoken {
    fn learn(locale: Locale) -> Self {
        let tag = locale.tag().parse().expect("the tags are valid");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks keep text of another direction together; where all runs one way they are only clutter.
        bundle.set_use_isolating(locale.is_rtl());
        bundle
            .add_builtins()
            .expect("nothing of these names is there yet");
        let words = FluentResource::try_new(locale.words().to_owned())
            .expect("a test reads every file of words");
        bundle
            .add_resource(words)
            .expect("a test looks for words said twice");
        Self {
            bundle,
            cldr: Cldr::read(locale.table()),
        }
    }
}

impl Locale {
    fn spoken(self) -> &'static Spoken {
        SPOKEN[self as usize].get_or_init(|| Spoken::learn(self))
    }

    /// Its way to write money, dates and countries.
    pub(super) fn cldr(self) -> &'static Cldr {
        &self.spoken().cldr
    }

    /// Its name of a country, ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(self, code: &str) -> Option<&'static str> {
        let mut countries = self.cldr().countries().iter();
        countries
            .find(|(known, _)| *known == code)
            .map(|(_, name)| *name)
    }

    /// True where it runs from right to left.
    #[must_use]
    pub fn is_rtl(self) -> bool {
        let language = self.tag().split('-').next();
        matches!(language, Some("ar" | "fa" | "he" | "ur"))
    }

    /// The `dir` attribute.
    #[must_use]
    pub fn dir(self) -> &'static str {
        if self.is_rtl() { "rtl" } else { "ltr" }
    }

    /// A message without values.
    #[must_use]
    pub fn say(self, id: &str) -> Cow<'static, str> {
        self.message(id, None)
    }

    /// A message with its values.
    #[must_use]
    pub fn with<const N: usize>(self, id: &str, values: [(&'static str, Value<'_>); N]) -> String {
        let args: FluentArgs<'_> = values.into_iter().collect();
        self.message(id, Some(&args)).into_owned()
    }

    /// The words, else the English ones: half a sentence is worse than a foreign one.
    fn message(self, id: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let bundle = &self.spoken().bundle;
        let pattern = bundle.get_message(id).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            debug_assert!(false, "{} has no words for {id}", self.tag());
            return match self {
                Locale::En => Cow::Owned(id.to_owned()),
                _ => Locale::En.message(id, args),
            };
        };
        let mut errors = Vec::new();
        let words = bundle.format_pattern(pattern, args, &mut errors);
        debug_assert!(errors.is_empty(), "{} {id}: {errors:?}", self.tag());
        Cow::Owned(words.into_owned())
    }

    /// The language of a tag: its own, else the one that readers of its region would take (CLDR's parents).
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.replace('_', "-").to_ascii_lowercase();
        let mut parts = tag.split('-');
        let language = parts.next()?;
        // After a script, which is four letters long.
        let region = parts.find(|part| part.len() == 2 || part.len() == 3);
        if language == "pt" && region.is_some_and(|region| region != "br") {
            return Some(Locale::PtPt);
        }
        Self::ALL
            .iter()
            .copied()
            .find(|locale| locale.tag() == language)
    }

    /// The best of a browser's `Accept-Language`.
    #[must_use]
    pub fn of_browser(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, Self)> = header
            .split(',')
            .filter_map(|entry| {
                let mut parts = entry.split(';').map(str::trim);
                let locale = Self::of_tag(parts.next()?)?;
                let weight = parts.find_map(|p| p.strip_prefix("q=")?.trim().parse().ok());
                Some((weight.unwrap_or(1.0), locale))
            })
            .filter(|(weight, _)| *weight > 0.0)
            .collect();
        // Stable: of two with the same weight the first stays first.
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, locale)| *locale)
    }
}
