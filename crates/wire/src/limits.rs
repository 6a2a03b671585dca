//! Bounds of what a request may carry. A reader and the schema of its field name the same constant, so that the
//! served document shows what is enforced.
//!
//! Bounds of requests. Where the published schema has one, ours is the same. Where it has none, ours is chosen by
//! use, well above it. Bounds are for requests alone: what was stored before one existed is still read, and what only
//! looks something up takes longer texts than what stores it.

/// Text on one line, in characters: names, labels, address lines, and keys that are looked up.
pub const LINE: usize = 2_048;

/// Text for people on many lines, in characters: descriptions and notes.
pub const PROSE: usize = 65_536;

/// A key that is stored and indexed, in characters. PostgreSQL keeps at most 2,704 bytes of an index row, and a
/// character has up to four.
pub const KEY: usize = 512;

/// The answer to one custom field, in characters.
pub const ANSWER: usize = 10_000;

/// The prefix of license keys, in characters: a key is stored and indexed, and some characters become three when
/// they are capitalized.
pub const KEY_PREFIX: usize = 128;
/// Bytes of the conditions of an activation, and of its data, as JSON, at most.
pub const ACTIVATION_METADATA: usize = 4_096;
/// Activations of one license key at once. Polar has no such limit; a single answer shows all of them.
pub const ACTIVATIONS: i64 = 1_000;

/// A person's name, in characters, as the published schema has it.
pub const PERSON_NAME: usize = 256;

/// An e-mail address, in characters (RFC 5321).
pub const EMAIL: usize = 254;

/// A URL, in characters, as the published schema has it.
pub const URL: usize = 2_083;

/// A language tag, in characters.
pub const LOCALE: usize = 128;

/// A media type, in characters: two names of at most 127 and the slash between them (RFC 6838).
pub const MEDIA_TYPE: usize = 255;

/// A tax id as typed, in characters.
pub const TAX_ID: usize = 256;

/// A discount's code, in characters.
pub const CODE: usize = 256;

/// Keys of free data.
pub const METADATA_KEYS: usize = 50;
/// A key of free data, in characters.
pub const METADATA_KEY: usize = 40;
/// A text in free data, in characters.
pub const METADATA_TEXT: usize = 500;

/// Products that one session or link offers.
pub const CHOICES: usize = 100;
/// Products that a discount is restricted to.
pub const DISCOUNTED: usize = 1_000;
/// Prices of a product: one per currency, and several metered ones.
pub const PRICES: usize = 250;
/// Prices of one session alone, of all its products together.
pub const AD_HOC_PRICES: usize = 1_000;
/// Tiers of a price.
pub const TIERS: usize = 100;
/// Pictures of a product.
pub const MEDIAS: usize = 100;
/// Benefits of a product.
pub const BENEFITS: usize = 200;
/// Files of a benefit.
pub const FILES: usize = 500;
/// People invited to a channel.
pub const INVITEES: usize = 100;
/// Custom fields of a product.
pub const FIELDS: usize = 100;
/// Answers to custom fields in one request. Those to fields that are not asked are dropped.
pub const ANSWERS: usize = 200;
/// Options of a select field; above the number of time zones.
pub const OPTIONS: usize = 1_000;
/// Events that an endpoint names.
pub const EVENTS: usize = 100;
/// Links to social pages.
pub const SOCIALS: usize = 50;
/// Hosts that may embed the checkout.
pub const EMBED_HOSTS: usize = 100;
/// Characters of all embed hosts together: they go into one header of every page, and proxies take about 8 KiB
/// of headers.
pub const EMBED_HOSTS_TOTAL: usize = 4_096;
/// Registrations for a tax.
pub const REGISTRATIONS: usize = 200;

/// An amount of money, in minor units; as the published schema has it for discounts. Each currency's own limit
/// lies below.
pub const AMOUNT: i64 = 999_999_999_999;

/// The largest number of 32 bits, the published bound of most counts.
pub const INT32: i64 = i32::MAX as i64;
/// The least number of 32 bits.
pub const INT32_LEAST: i64 = i32::MIN as i64;

/// Seats of a session or a link.
pub const SEATS: i64 = 10_000;

/// Members of a customer: each is an event when the customer is deleted.
pub const MEMBERS: i64 = 1_000;
/// Keys of the free data on a seat, at most.
pub const SEAT_METADATA_KEYS: usize = 10;
/// Bytes of the free data on a seat as JSON, at most.
pub const SEAT_METADATA: usize = 1_024;

/// Intervals of a trial.
pub const TRIAL_INTERVALS: i64 = 1_000;
/// Intervals of a period, and months of a discount.
pub const INTERVALS: i64 = 999;

/// Values of one filter in a query string: as many as a page has rows.
pub const FILTER_VALUES: usize = 100;
/// Keys of free data to filter by: each is looked for in every row that the other filters leave.
pub const FILTER_KEYS: usize = 10;
/// Pages of a list.
pub const PAGES: i64 = u32::MAX as i64;

/// Events of usage in one request.
pub const USAGE_EVENTS: usize = 1_000;
/// The name of a usage event, in characters, as the published schema has it.
pub const USAGE_NAME: usize = 128;
/// A key of a usage event's metadata, in characters. The published document says 40, but programs that write longer
/// ones are used to be taken.
pub const USAGE_KEY: usize = 128;
/// The metadata of one usage event as JSON text, in bytes.
pub const USAGE_BYTES: usize = 262_144;
/// The path of a property in a usage event's metadata, in characters, as the published schema has it.
pub const USAGE_SELECTOR: usize = 256;
/// Tokens of a language model in one event: what a double keeps exactly.
pub const TOKENS: i64 = 9_007_199_254_740_991;
