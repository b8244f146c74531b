//! Answers that stay open (server-sent events): how many, for how long, and their body.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Streams of one session at one time. Browsers open six connections to one server, which
/// all tabs share; with more streams no page could be loaded.
const PER_SESSION: usize = 3;
/// Events that a slow reader may leave waiting.
const WAITING: usize = 8;

/// The streams that are open.
#[derive(Debug, Default)]
pub struct Streams {
    open: Mutex<Open>,
    closing: CancellationToken,
}

#[derive(Debug, Default)]
struct Open {
    last: u64,
    of_session: HashMap<String, Vec<(u64, CancellationToken)>>,
}

impl Streams {
    /// A place for one more stream of a session. The session's oldest one gives way.
    #[must_use]
    pub fn begin(self: &Arc<Self>, session: &str) -> Place {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.last += 1;
        let number = open.last;
        let token = CancellationToken::new();
        let mine = open.of_session.entry(session.to_owned()).or_default();
        while mine.len() >= PER_SESSION {
            mine.remove(0).1.cancel();
        }
        mine.push((number, token.clone()));
        drop(open);
        Place { streams: Arc::clone(self), session: session.to_owned(), number, given_way: token }
    }

    /// The program stops: all streams end, so that it need not wait for them.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// How many streams are open.
    #[must_use]
    pub fn count(&self) -> usize {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.of_session.values().map(Vec::len).sum()
    }
}

/// The place of one stream, given back when it ends.
#[derive(Debug)]
pub struct Place {
    streams: Arc<Streams>,
    session: String,
    number: u64,
    given_way: CancellationToken,
}

impl Place {
    /// A newer stream of the session took the place.
    pub async fn given_way(&self) {
        self.given_way.cancelled().await;
    }

    /// The program stops.
    pub async fn closing(&self) {
        self.streams.closing.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = open.of_session.get_mut(&self.session) {
            mine.retain(|(number, _)| *number != self.number);
            if mine.is_empty() {
                open.of_session.remove(&self.session);
            }
        }
    }
}

/// The writing end of a stream of events.
#[derive(Debug)]
pub struct Events(mpsc::Sender<Bytes>);

impl Events {
    /// Sends an event; `false` when nobody reads any more. `data` must be one line.
    pub async fn send(&self, event: &str, data: &str) -> bool {
        self.0.send(Bytes::from(format!("event: {event}\ndata: {data}\n\n"))).await.is_ok()
    }

    /// Sends a line that means nothing, so that proxies keep the connection.
    pub async fn heartbeat(&self) -> bool {
        self.0.send(Bytes::from_static(b":\n\n")).await.is_ok()
    }

    /// Nobody reads any more.
    pub async fn gone(&self) {
        self.0.closed().await;
    }
}

struct Lines(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}

/// An answer that goes on for as long as its writing end is there.
#[must_use]
pub fn stream() -> (Events, Response) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let mut response = Body::new(Lines(receiver)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // nginx would gather the events otherwise.
    let buffering = HeaderName::from_static("x-accel-buffering");
    headers.insert(buffering, HeaderValue::from_static("no"));
    (Events(sender), response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_stream_of_a_session_gives_way() {
        let streams = Arc::new(Streams::default());
        let first = streams.begin("a");
        let rest: Vec<_> = (1..PER_SESSION).map(|_| streams.begin("a")).collect();
        let other = streams.begin("b");
        assert!(!first.given_way.is_cancelled());
        let newest = streams.begin("a");
        first.given_way().await;
        assert!(rest.iter().chain([&other, &newest]).all(|one| !one.given_way.is_cancelled()));
        drop(first);
        assert_eq!(streams.count(), PER_SESSION + 1);
        drop((rest, other, newest));
        assert_eq!(streams.count(), 0);
    }
}
