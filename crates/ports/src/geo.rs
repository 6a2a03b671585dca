//! The country of a network address.

use std::{net::IpAddr, path::Path};

use till_wire::country::Country;

/// Tells the country of a network address. Held as `Arc<dyn Geo>`; answers from memory.
pub trait Geo: Send + Sync {
    /// The country, where it is known; private addresses have none.
    fn country(&self, address: IpAddr) -> Option<Country>;
}

/// Knows nothing: no database is configured.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoGeo;

impl Geo for NoGeo {
    fn country(&self, _: IpAddr) -> Option<Country> {
        None
    }
}

/// A file in the MaxMind DB format with countries, such as GeoLite2-Country or DB-IP's.
pub struct Database(maxminddb::Reader<Vec<u8>>);

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

/// The file is not there, or is no such database.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GeoError(#[from] maxminddb::MaxMindDbError);

impl Database {
    /// Reads the whole file into memory.
    pub fn open(file: &Path) -> Result<Self, GeoError> {
        Ok(Self(maxminddb::Reader::open_readfile(file)?))
    }
}

impl Geo for Database {
    fn country(&self, address: IpAddr) -> Option<Country> {
        let address = address.to_canonical();
        let path = maxminddb::path!["country", "iso_code"];
        // A file that turns out to be damaged tells as little as one that lacks the address.
        let code: Option<&str> = self.0.lookup(address).ok()?.decode_path(&path).ok()?;
        Country::parse_stored(code?).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn text(text: &str) -> Vec<u8> {
        let length = u8::try_from(text.len()).unwrap();
        let mut bytes = match length {
            0..29 => vec![0x40 | length],
            _ => vec![0x40 | 29, length - 29],
        };
        bytes.extend(text.as_bytes());
        bytes
    }

    fn number(kind: u8, value: u32) -> Vec<u8> {
        let mut bytes = match kind {
            5..8 => vec![(kind << 5) | 4],
            extended => vec![4, extended - 7],
        };
        bytes.extend(value.to_be_bytes());
        bytes
    }

    fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = vec![0xe0 | u8::try_from(pairs.len()).unwrap()];
        for (key, value) in pairs {
            bytes.extend(text(key));
            bytes.extend(value);
        }
        bytes
    }

    /// IPv4 addresses of which the first bit is 1 are in France, the others nowhere.
    fn half_france() -> Vec<u8> {
        let no_data = 1_u32;
        let first_record = no_data + 16;
        let mut bytes = Vec::new();
        for record in [no_data, first_record] {
            bytes.extend(&record.to_be_bytes()[1..]);
        }
        bytes.extend([0; 16]);
        bytes.extend(map(&[("country", map(&[("iso_code", text("FR"))]))]));
        bytes.extend(b"\xab\xcd\xefMaxMind.com");
        let short = |value: u16| {
            let mut bytes = vec![0xa2];
            bytes.extend(value.to_be_bytes());
            bytes
        };
        bytes.extend(map(&[
            ("binary_format_major_version", short(2)),
            ("binary_format_minor_version", short(0)),
            ("build_epoch", vec![0x04, 0x02, 0x68, 0, 0, 0]),
            ("database_type", text("Test-Country")),
            ("description", map(&[])),
            ("ip_version", short(4)),
            ("languages", vec![0x00, 0x04]),
            ("node_count", number(6, 1)),
            ("record_size", short(24)),
        ]));
        bytes
    }

    #[test]
    fn countries_are_read_from_a_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&half_france()).unwrap();
        let database = Database::open(file.path()).unwrap();
        let country = |address: &str| database.country(address.parse().unwrap());
        assert_eq!(country("193.0.2.1"), Country::parse_stored("FR").ok());
        assert_eq!(country("::ffff:193.0.2.1"), country("193.0.2.1"));
        assert_eq!(country("10.0.0.1"), None);
        assert_eq!(country("2001:db8::1"), None);
    }

    #[test]
    fn what_is_no_database_is_refused_at_the_start() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"<html>").unwrap();
        assert!(Database::open(file.path()).is_err());
        assert!(Database::open(Path::new("/nowhere.mmdb")).is_err());
    }
}
