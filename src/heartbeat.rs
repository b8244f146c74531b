//! Signs of life for watchers outside: a call to a monitor, and systemd's watchdog.
//!
//! A program that is down cannot say so. So it says the opposite every minute, and only while
//! the auditor finds nothing: whoever waits for the sign is alarmed by its absence.

use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use url::Url;

use crate::config::Watch;
use crate::domain::fault::Finding;
use crate::outgoing;

/// How long the monitor may take.
const ANSWER: Duration = Duration::from_secs(15);

/// What is said to the outside.
#[derive(Debug)]
pub struct Sign {
    monitor: Option<Url>,
    has_said_ready: bool,
}

impl Sign {
    /// To whom these settings say.
    #[must_use]
    pub fn new(watch: &Watch) -> Self {
        Self { monitor: watch.heartbeat.clone(), has_said_ready: false }
    }

    /// Gives the signs that the findings of a round allow: none to the monitor while there is
    /// any; none to the watchdog while there is one that a new start may mend.
    pub async fn give(&mut self, findings: &[Finding]) {
        if !self.has_said_ready {
            self.has_said_ready = true;
            notify("READY=1");
        }
        if !findings.iter().any(|finding| finding.fault.may_be_mended_by_a_new_start()) {
            notify("WATCHDOG=1");
        }
        let Some(monitor) = self.monitor.as_ref().filter(|_| findings.is_empty()) else { return };
        match tokio::time::timeout(ANSWER, call(monitor)).await {
            Ok(Ok(())) => {}
            // The address is a secret and stays out of the log.
            Ok(Err(error)) => tracing::warn!(error, "the heartbeat was not taken"),
            Err(_) => tracing::warn!("the heartbeat was not answered in time"),
        }
    }
}

/// One GET, whose answer only has to be a good one.
async fn call(monitor: &Url) -> Result<(), String> {
    let request = Request::get("/").body(Full::default()).map_err(|error| error.to_string())?;
    let status = outgoing::send(monitor, request).await?;
    if status.is_success() { Ok(()) } else { Err(format!("the monitor answered {status}")) }
}

/// Says something to systemd, if it started us and listens. A lost word loses nothing: the
/// next one comes in a minute.
#[cfg(unix)]
fn notify(word: &str) {
    use std::os::unix::net::UnixDatagram;
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Ok(socket) = UnixDatagram::unbound() {
        let _ = send(&socket, &path, word);
    }
}

/// Sends to a socket in the file system, or to an abstract one, whose name begins with `@`.
#[cfg(unix)]
fn send(
    socket: &std::os::unix::net::UnixDatagram,
    path: &std::ffi::OsStr,
    word: &str,
) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::ffi::OsStrExt;
        if let Some(name) = path.as_bytes().strip_prefix(b"@") {
            let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
            return socket.send_to_addr(word.as_bytes(), &address).map(|_| ());
        }
    }
    socket.send_to(word.as_bytes(), path).map(|_| ())
}

#[cfg(not(unix))]
fn notify(_: &str) {}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::domain::fault::Fault;

    /// Answers every call with a status and passes on what was asked.
    async fn monitor(status: &'static str) -> (Watch, tokio::sync::mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ping/secret?a=b", listener.local_addr().unwrap());
        let (sender, asked) = tokio::sync::mpsc::channel(8);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let read = stream.read(&mut request).await.unwrap();
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
                let text = String::from_utf8_lossy(&request[..read]).into_owned();
                sender.send(text).await.unwrap();
            }
        });
        let watch = Watch { heartbeat: Some(url.parse().unwrap()), ..Watch::default() };
        (watch, asked)
    }

    #[tokio::test]
    async fn the_monitor_is_called_only_while_nothing_is_wrong() {
        let (watch, mut asked) = monitor("200 OK").await;
        let mut sign = Sign::new(&watch);
        sign.give(&[Finding::one(Fault::BackupOld)]).await;
        assert!(asked.try_recv().is_err(), "called although something is wrong");
        sign.give(&[]).await;
        let request = asked.recv().await.unwrap();
        assert!(request.starts_with("GET /ping/secret?a=b HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("host: 127.0.0.1:"), "{request}");
    }

    #[tokio::test]
    async fn an_answer_that_is_no_good_one_is_an_error_and_a_monitor_that_is_gone_too() {
        let (watch, _asked) = monitor("500 Internal Server Error").await;
        let said = call(watch.heartbeat.as_ref().unwrap()).await.unwrap_err();
        assert!(said.contains("500"), "{said}");
        let gone: Url = "http://127.0.0.1:1/".parse().unwrap();
        assert!(call(&gone).await.is_err());
    }

    #[cfg(unix)]
    #[test]
    fn systemd_hears_a_word_at_its_socket() {
        use std::os::unix::net::UnixDatagram;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let hears = UnixDatagram::bind(&path).unwrap();
        send(&UnixDatagram::unbound().unwrap(), path.as_os_str(), "WATCHDOG=1").unwrap();
        let mut word = [0; 64];
        let length = hears.recv(&mut word).unwrap();
        assert_eq!(&word[..length], b"WATCHDOG=1");
    }
}
