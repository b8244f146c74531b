//! The listening side: connections, their limits, and stopping.
//!
//! hyper's HTTP/1 server is driven directly, because `axum::serve` waits for ever for a
//! request that never comes: a silent or dripping connection is closed here.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use super::limits::Peer;

/// How long running requests may take once the program was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long to wait when the system gives no more connections (too many open files).
const EXHAUSTED: Duration = Duration::from_millis(200);
/// Most bytes of a request's head.
const HEAD: usize = 32 * 1024;

/// What one server allows.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Connections at one time.
    pub connections: usize,
    /// Connections of one address; this machine and trusted proxies speak for many.
    pub per_address: usize,
    /// How long the head of a request, or the next request, may take.
    pub head: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { connections: 4_000, per_address: 100, head: Duration::from_secs(10) }
    }
}

/// Serves until told to stop; then lets running requests end, for at most ten seconds.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    trusted_proxies: Vec<IpAddr>,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let addresses = Addresses::default();
    let trusted = Arc::new(trusted_proxies);
    let connections = TaskTracker::new();
    loop {
        let (stream, from) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let proxy = trusted.contains(&from.ip().to_canonical());
        let counted = !proxy && !from.ip().to_canonical().is_loopback();
        let caller = Peer(from.ip()).caller();
        let Some(seat) =
            addresses.seat(caller, if counted { limits.per_address } else { usize::MAX })
        else {
            continue;
        };
        let (place, stream) = stream;
        let (router, stop, trusted) = (router.clone(), stop.clone(), Arc::clone(&trusted));
        let head = limits.head;
        connections.spawn(async move {
            speak(stream, from, router, head, trusted, stop).await;
            drop((seat, place));
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
        tracing::warn!("some connections did not end in time and were cut");
    }
}

type Accepted = (tokio::sync::OwnedSemaphorePermit, TcpStream);

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (Accepted, SocketAddr) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            // Never closed; waiting is the safe answer if it were.
            std::future::pending::<()>().await;
            continue;
        };
        match listener.accept().await {
            Ok((stream, from)) => return ((place, stream), from),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection could be accepted");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

/// Answers the requests of one connection.
async fn speak(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    head: Duration,
    trusted: Arc<Vec<IpAddr>>,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let peer = peer(&request, from.ip(), &trusted);
        request.extensions_mut().insert(peer);
        let mut router = router.clone();
        async move { router.call(request).await.map_err(|never: Infallible| never) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // What fails here is the other side's connection: nothing to tell anybody.
    let stopped = tokio::select! {
        _ = connection.as_mut() => false,
        () = stop.cancelled() => true,
    };
    if stopped {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// Who is calling: the connection's other end, or whom a trusted proxy speaks for. The last
/// entry is the one that the proxy itself wrote.
fn peer<B>(request: &Request<B>, from: IpAddr, trusted: &[IpAddr]) -> Peer {
    let from = from.to_canonical();
    if !trusted.contains(&from) {
        return Peer(from);
    }
    let forwarded = request.headers().get_all("x-forwarded-for").iter();
    let last = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|entry| entry.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .rfind(|address| !trusted.contains(address));
    Peer(last.unwrap_or(from))
}

/// Connections by address.
#[derive(Clone, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Addresses {
    fn seat(&self, of: IpAddr, most: usize) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(of).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat { addresses: self.clone(), of })
    }
}

/// One connection of an address, given back when it ends.
struct Seat {
    addresses: Addresses,
    of: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_about_others() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let request =
            |value: &str| Request::builder().header("x-forwarded-for", value).body(()).unwrap();
        for (forwarded, trusted, expected) in [
            ("203.0.113.9", &[][..], "10.0.0.1"),
            ("203.0.113.9", &[proxy], "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9", &[proxy], "203.0.113.9"),
            ("203.0.113.9, 10.0.0.1", &[proxy], "203.0.113.9"),
            ("nonsense", &[proxy], "10.0.0.1"),
            ("", &[proxy], "10.0.0.1"),
        ] {
            let found = peer(&request(forwarded), proxy, trusted);
            assert_eq!(found, Peer(expected.parse().unwrap()), "{forwarded}");
        }
    }

    #[test]
    fn an_address_has_so_many_seats_and_gives_them_back() {
        let addresses = Addresses::default();
        let of: IpAddr = "203.0.113.9".parse().unwrap();
        let first = addresses.seat(of, 2);
        let second = addresses.seat(of, 2);
        assert!(first.is_some() && second.is_some() && addresses.seat(of, 2).is_none());
        drop(first);
        assert!(addresses.seat(of, 2).is_some());
        drop(second);
        assert!(addresses.0.lock().unwrap().is_empty());
    }
}
