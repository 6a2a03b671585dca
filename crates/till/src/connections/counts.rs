//! Counts of connections by network.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard},
};

type CountByNetwork = HashMap<IpAddr, usize>;

/// The open connections of each network.
#[derive(Debug, Clone)]
pub(super) struct ConnectionCounts {
    most: Option<usize>,
    counts: Arc<Mutex<CountByNetwork>>,
}

/// The count of one connection, given back when it is dropped.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    of: Option<(ConnectionCounts, IpAddr)>,
}

impl ConnectionCounts {
    /// At most so many for each network; none: any number.
    pub(super) fn new(most: Option<usize>) -> Self {
        Self {
            most,
            counts: Arc::default(),
        }
    }

    fn counts(&self) -> MutexGuard<'_, CountByNetwork> {
        self.counts.lock().expect("no code panics under this lock")
    }

    /// Counts a connection from an address, unless its network has as many as it may.
    pub(super) fn take(&self, from: IpAddr) -> Option<ConnectionPermit> {
        let Some(most) = self.most else {
            return Some(ConnectionPermit { of: None });
        };
        let network = network(from);
        let mut counts = self.counts();
        let count = counts.entry(network).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(counts);
        let of = Some((self.clone(), network));
        Some(ConnectionPermit { of })
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let Some((per_network, network)) = self.of.take() else {
            return;
        };
        let mut counts = per_network.counts();
        if let Some(count) = counts.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&network);
            }
        }
    }
}

/// A network: whoever has one IPv6 address has its whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let bits = v6.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_has_so_many_connections_and_may_open_others_when_they_close() {
        let per_network = ConnectionCounts::new(Some(2));
        let from = |text: &str| per_network.take(text.parse().unwrap());
        let first = from("2001:db8::1").unwrap();
        let second = from("2001:db8::ffff:1").unwrap();
        assert!(from("2001:db8::2").is_none(), "one /64 is one network");
        let other = from("2001:db8:0:1::1").unwrap();
        let v4 = (
            from("192.0.2.1").unwrap(),
            from("::ffff:192.0.2.1").unwrap(),
        );
        assert!(from("192.0.2.1").is_none());
        assert!(from("192.0.2.2").is_some());
        drop(first);
        assert!(from("2001:db8::2").is_some());
        drop((second, other, v4));
        assert!(per_network.counts().is_empty());
    }

    #[test]
    fn without_a_bound_every_connection_is_taken() {
        let per_network = ConnectionCounts::new(None);
        let address = "192.0.2.1".parse().unwrap();
        let all: Vec<_> = (0..2_000).map(|_| per_network.take(address)).collect();
        assert!(all.iter().all(Option::is_some));
    }
}
