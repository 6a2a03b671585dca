//! Public and private network addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// True where an address is globally routable unicast, by the IANA special-purpose registries.
/// An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is as public as that one.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Network and prefix length of every block that is not public.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),       // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // carrier-grade NAT
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, cloud metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, broadcast
];

/// As above, within the one block of IPv6 that is global unicast, 2000::/3.
const SPECIAL_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo, benchmarks
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4
        .iter()
        .any(|(network, length)| (address.to_bits() ^ network.to_bits()) >> (32 - length) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96): the last 32 bits.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(embedded(high, low))
        }
        // 6to4: the 32 bits after the prefix.
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        [first, ..] => {
            first >> 13 == 1
                && !SPECIAL_V6.iter().any(|(network, length)| {
                    (address.to_bits() ^ network.to_bits()) >> (128 - length) == 0
                })
        }
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_globally_routable_addresses_are_public() {
        let public = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 \
            126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 \
            192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 \
            198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 \
            2606:4700::1 2001:4860:4860::8888 2001:200:: 2a00::1 3ffe::1 \
            ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1";
        for address in public.split_whitespace() {
            assert!(is_public(address.parse().unwrap()), "{address} is public");
        }
        let special = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.0 100.127.255.255 \
            127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.8 \
            192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.0 198.19.255.255 198.51.100.7 \
            203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 \
            :: ::1 ::7f00:1 ::8.8.8.8 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1 \
            2001:: 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1 2001:db8::1 3fff::1 \
            3fff:fff::1 100::1 5f00::1 4000::1 64:ff9b:1::1 \
            ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 \
            64:ff9b::127.0.0.1 64:ff9b::169.254.169.254 64:ff9b::0.0.0.0 64:ff9b:1::10.0.0.1 64:ff9b:1:ffff::8.8.8.8 \
            2002:7f00:1::1 2002:a00:1:: 2002:c0a8:101::1 2002:a9fe:a9fe:: 2002:e000:1:: 2002:ffff:ffff:: \
            ::ffff:0.0.0.0 ::ffff:192.168.1.1 ::ffff:172.16.0.1 ::ffff:100.64.0.1 ::ffff:224.0.0.1 \
            ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 ::127.0.0.1 ::10.0.0.1 ::169.254.169.254 \
            2001:0:a00:1:8000:ffff:80ff:fffe 2001:db8:ffff::1 fe80::1:2:3:4 febf::1 fdff:ffff::1 fc00:: \
            ff01::1 ff02::fb 0:0:0:0:0:0:0:0 1::1 1fff::1 e000::1";
        for address in special.split_whitespace() {
            assert!(
                !is_public(address.parse().unwrap()),
                "{address} is not public"
            );
        }
    }
}
