//! Files that are taken away: streamed, so that a large one needs no more memory than a small one.

use std::io::{self, BufWriter, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::{Semaphore, mpsc};

use super::summary::{Address, wish};
use super::{Access, App, PageError, Route, Signed};
use crate::domain::{Codelist, Permission};
use crate::export::selection::Selection;
use crate::export::{self, ExportError, File, Order, Style};

/// Files written at one time: two keep one reader free for the pages.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Bytes handed on at one time, and how many of them may wait.
const CHUNK: usize = 64 * 1024;
const WAITING: usize = 4;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/exports/{file}", Access::Staff(Permission::Export), take)]
}

async fn take(
    State(app): State<App>,
    signed: Signed,
    Path(file): Path<String>,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, PageError> {
    let Query(address) = address.map_err(|_| PageError::Unreadable)?;
    // The audit trail has a permission of its own and is taken on the command line.
    let file = match File::from_code(file.strip_suffix(".csv").unwrap_or(&file)) {
        Some(file) if file != File::Audit => file,
        _ => return Err(PageError::NotFound),
    };
    let wish = wish(&address).map_err(|_| PageError::Unreadable)?;
    let (scope, now) = (signed.scope.clone(), app.now());
    let selection = app
        .db
        .read(move |conn| Selection::settle(conn, &scope, wish, now))
        .await?
        .ok_or(PageError::NotFound)?;
    let style = Style { bom: address.bom == "1", identified: address.identified == "1" };
    let named = |site| signed.may(Permission::ViewContact, site);
    if style.identified && !selection.sites.iter().all(|site| named(site.id)) {
        return Err(PageError::Forbidden);
    }
    let permit = AT_ONCE.try_acquire().map_err(|_| PageError::Busy)?;
    let (order, actor) = (Order::new(file, selection, style), signed.actor());
    let name = order.file_name();
    let (who, what) = (actor.clone(), order.clone());
    app.db.write(move |conn| export::begin(conn, now, &who, &what)).await?;
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let db = app.db.clone();
    tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(CHUNK, Sender(sender.clone()));
        let outcome = export::write_and_end(&db, now, &actor, &order, &mut out);
        let outcome = outcome.and_then(|_| Ok(out.flush()?));
        if let Err(error) = outcome {
            tracing::error!(error = &error as &dyn std::error::Error, "an export broke off");
            // Nobody is there to be told when the other side has gone.
            let _ = sender.blocking_send(Err(error));
        }
        drop(permit);
    });
    // A file that cannot even begin is a page that says so, not half a download.
    let first = match receiver.recv().await {
        Some(Ok(first)) => Some(first),
        Some(Err(error)) => return Err(PageError::internal(error)),
        None => None,
    };
    let mut response = Body::new(Chunks { first, receiver }).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let disposition = format!("attachment; filename=\"{name}\"");
    let disposition = HeaderValue::from_str(&disposition).map_err(PageError::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

type Chunk = Result<Bytes, ExportError>;

/// Hands what is written to the connection, and waits while that is slow.
struct Sender(mpsc::Sender<Chunk>);

impl Write for Sender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .blocking_send(Ok(Bytes::copy_from_slice(bytes)))
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The body of the answer.
struct Chunks {
    first: Option<Bytes>,
    receiver: mpsc::Receiver<Chunk>,
}

impl hyper::body::Body for Chunks {
    type Data = Bytes;
    type Error = ExportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ExportError>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.receiver.poll_recv(cx).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
