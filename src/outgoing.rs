//! One request to a server outside, over TLS where the address says so.
//!
//! No redirect is followed, no cookie kept, no connection reused. Callers set the deadline.

use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use url::{Host, Position, Url};

/// Whether an address may be called: over TLS, or without it on this machine only. It may hold
/// no user and password, which would stand in the way of saying where they are kept.
#[must_use]
pub fn is_allowed(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let is_bare = url.username().is_empty() && url.password().is_none();
    is_bare && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

/// Sends a request to an address, whose path it gets, and answers with the status.
pub async fn send(url: &Url, request: Request<Full<Bytes>>) -> Result<StatusCode, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let host = url.host_str().ok_or("the address has no host")?;
    let port = url.port_or_known_default().ok_or("the address has no port")?;
    // An IPv6 address stands in brackets in an address only.
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((name, port)).await.map_err(|error| text(&error))?;
    if url.scheme() != "https" {
        return ask(url, request, stream).await;
    }
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| text(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = ServerName::try_from(name.to_owned()).map_err(|error| text(&error))?;
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(server, stream).await.map_err(|error| text(&error))?;
    ask(url, request, stream).await
}

async fn ask(
    url: &Url,
    mut request: Request<Full<Bytes>>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<StatusCode, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let path = &url[Position::BeforePath..Position::AfterQuery];
    *request.uri_mut() = path.parse::<Uri>().map_err(|error| text(&error))?;
    let authority = url.authority().rsplit('@').next().unwrap_or_default().to_owned();
    let authority = authority.parse().map_err(|_| "the address has no usable host".to_owned())?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, authority);
    headers.insert(header::USER_AGENT, header::HeaderValue::from_static("afterwatch"));
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| text(&error))?;
    let answer = async { sender.send_request(request).await.map_err(|error| text(&error)) };
    tokio::pin!(connection);
    tokio::pin!(answer);
    let answer = tokio::select! {
        answer = &mut answer => answer?,
        ended = &mut connection => match ended {
            Ok(()) => answer.await?,
            Err(error) => return Err(text(&error)),
        },
    };
    Ok(answer.status())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_this_machine_is_called() {
        for (url, expected) in [
            ("https://gateway.example/sms", true),
            ("https://203.0.113.7:8443/", true),
            ("http://127.0.0.1:8081/sms", true),
            ("http://localhost/", true),
            ("http://[::1]:9000/", true),
            ("http://gateway.example/sms", false),
            ("http://localhost.example/", false),
            ("http://203.0.113.7/", false),
            ("http://0.0.0.0/", false),
            ("https://name:word@gateway.example/", false),
            ("ftp://127.0.0.1/", false),
            ("file:///etc/hosts", false),
        ] {
            assert_eq!(is_allowed(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
