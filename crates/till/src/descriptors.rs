//! The limit of open files, which bounds connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{config::ServerSettings, connections::Bounds};

/// Files that are kept for the database, uploads and what is called, beside connections.
const RESERVED: u64 = 128;
/// Connections at most, however many files there may be: each takes some 20 KiB.
const MOST: u64 = 50_000;
/// Connections to the metrics' address at most.
const OPERATOR: usize = 64;
/// Connections from one address, where nothing else is set.
const PER_ADDRESS: u32 = 512;

/// Raises the limit of open files as far as this process may; how many there may be now.
pub fn raise_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Connections in all, where so many files may be open.
pub fn connections(files: u64) -> usize {
    let reserved = RESERVED.min(files / 2);
    (files - reserved).min(MOST) as usize
}

/// Connections to the address for buyers and programs.
pub fn bounds(settings: &ServerSettings, files: u64) -> Bounds {
    Bounds {
        per_network: per_address(settings).map(|count| count as usize),
        total: connections(files),
    }
}

/// Connections from one address, if they are bounded. Behind a proxy all come from its address, so there it is the proxy
/// that bounds them.
pub fn per_address(settings: &ServerSettings) -> Option<u32> {
    let usual = match settings.client_ip_header {
        Some(_) => 0,
        None => PER_ADDRESS,
    };
    let count = settings.max_connections_per_address.unwrap_or(usual);
    (count > 0).then_some(count)
}

/// Connections to the address for the operator's monitoring.
pub fn operator() -> Bounds {
    Bounds {
        per_network: None,
        total: OPERATOR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::server_settings;

    #[test]
    fn some_files_are_left_for_the_rest_of_the_program() {
        assert_eq!(connections(1_024), 896);
        assert_eq!(connections(100), 50);
        assert_eq!(connections(u64::MAX), 50_000);
    }

    #[test]
    fn connections_of_an_address_are_bounded_except_behind_a_proxy() {
        let per_address = |args: &[&str]| per_address(&server_settings(args));
        let behind = ["--client-ip-header", "X-Forwarded-For"];
        let own = ["--max-connections-per-address", "7"];
        assert_eq!(per_address(&[]), Some(512));
        assert_eq!(per_address(&behind), None);
        assert_eq!(per_address(&own), Some(7));
        assert_eq!(per_address(&[behind, own].concat()), Some(7));
        assert_eq!(per_address(&["--max-connections-per-address", "0"]), None);
    }

    #[test]
    fn the_limit_of_open_files_is_raised_as_far_as_it_may_be() {
        let raised = raise_limit();
        let maximum = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
        assert_eq!(raised, maximum);
    }
}
