//! Taking an address first, and answering on it later: its port is known before anything starts, and
//! nobody connects before everything has.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use tokio::net::{TcpListener, TcpSocket};

use crate::stop::Stop;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// An address that is ours, on which nothing listens yet.
#[derive(Debug)]
pub struct Bound {
    socket: TcpSocket,
    /// The address, with the port that was given or found.
    pub address: SocketAddr,
}

impl Bound {
    /// Takes the address.
    pub fn take(wanted: SocketAddr) -> Result<Self, Stop> {
        let take = || {
            let socket = if wanted.is_ipv4() {
                TcpSocket::new_v4()?
            } else {
                TcpSocket::new_v6()?
            };
            // Else a restart would have to wait for the old connections to be forgotten.
            socket.set_reuseaddr(true)?;
            socket.bind(wanted)?;
            let address = socket.local_addr()?;
            Ok(Self { socket, address })
        };
        take().map_err(|error| refused(wanted, &error))
    }

    /// Lets others connect.
    pub fn listen(self) -> Result<TcpListener, Stop> {
        self.socket
            .listen(BACKLOG)
            .map_err(|error| refused(self.address, &error))
    }

    /// The address at which a program on this machine reaches it, without a trailing slash.
    pub fn url(&self) -> String {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }
}

fn refused(wanted: SocketAddr, error: &std::io::Error) -> Stop {
    let (ip, port) = (wanted.ip(), wanted.port());
    Stop::failed(match error.kind() {
        ErrorKind::AddrInUse => format!(
            "port {port} is in use by another program: stop that one, or choose another port with --listen {} (port 0 picks a free one).",
            SocketAddr::new(ip, 0)
        ),
        ErrorKind::PermissionDenied => format!(
            "this user is not allowed to listen on port {port}: choose a port above 1023 with --listen {}, and let a proxy listen on port {port}.",
            SocketAddr::new(ip, 8080)
        ),
        ErrorKind::AddrNotAvailable => {
            format!(
                "this machine has no address {ip}: use --listen 127.0.0.1:{port}, or 0.0.0.0:{port} for all of its addresses."
            )
        }
        _ => format!("cannot listen on {wanted}: {error}."),
    })
}
