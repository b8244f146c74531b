//! A mail server is believed to be who it says it is only with a certificate that is known.

use std::sync::Arc;

use afterwatch::mail::{Outcome, SmtpSettings, Transport};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

use crate::post::{DEADLINE, Post};
use crate::smtp_sink::Sink;

/// A server's own certificate for 127.0.0.1, signed by nobody else.
struct SelfSigned {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// One element of a certificate: its kind, how long it is, what is in it.
fn element(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut element = vec![kind];
    match u8::try_from(length) {
        Ok(short) if short < 128 => element.push(short),
        Ok(long) => element.extend([0x81, long]),
        Err(_) => {
            element.push(0x82);
            element.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    element.extend(content);
    element
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// Bits of which there are a whole number of bytes.
fn bits(content: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], content].concat())
}

impl SelfSigned {
    fn new() -> Self {
        const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
        const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &random).unwrap();
        let oid = |bytes: &[u8]| element(0x06, bytes);
        let common_name = sequence(&[&oid(COMMON_NAME), &element(0x0c, b"mail server of a test")]);
        let name = sequence(&[&element(0x31, &common_name)]);
        let validity =
            sequence(&[&element(0x17, b"200101000000Z"), &element(0x17, b"491231235959Z")]);
        let public_key = sequence(&[
            &sequence(&[&oid(EC_PUBLIC_KEY), &oid(P256)]),
            &bits(pair.public_key().as_ref()),
        ]);
        let address = sequence(&[&element(0x87, &[127, 0, 0, 1])]);
        let names = sequence(&[&oid(SUBJECT_ALT_NAME), &element(0x04, &address)]);
        let algorithm = sequence(&[&oid(ECDSA_WITH_SHA256)]);
        let version_3 = element(0xa0, &element(0x02, &[2]));
        let to_sign = sequence(&[
            &version_3,
            &element(0x02, &[1]),
            &algorithm,
            &name,
            &validity,
            &name,
            &public_key,
            &element(0xa3, &sequence(&[&names])),
        ]);
        let signature = pair.sign(&random, &to_sign).unwrap();
        let certificate = sequence(&[&to_sign, &algorithm, &bits(signature.as_ref())]);
        Self { certificate, key: key.as_ref().to_vec() }
    }

    fn acceptor(&self) -> TlsAcceptor {
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(self.certificate.clone())],
                PrivatePkcs8KeyDer::from(self.key.clone()).into(),
            )
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    /// As an administrator names it.
    fn pem(&self) -> Vec<u8> {
        let body = BASE64_STANDARD.encode(&self.certificate);
        let mut lines = vec!["-----BEGIN CERTIFICATE-----"];
        lines.extend(body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()));
        lines.extend(["-----END CERTIFICATE-----", ""]);
        lines.join("\n").into_bytes()
    }
}

/// A transport to a server that the administrator has named so.
fn transport(sink: &Sink, tls: &str, named: Option<&SelfSigned>) -> Transport {
    let mut settings = SmtpSettings::new(format!("{}?tls={tls}", sink.url()));
    settings.deadline = DEADLINE * 10;
    settings.root_certificate = named.map(SelfSigned::pem);
    Transport::smtp(&settings).unwrap()
}

#[tokio::test]
async fn a_certificate_that_the_administrator_has_not_named_is_refused_and_nothing_is_said() {
    let (certificate, another) = (SelfSigned::new(), SelfSigned::new());
    for (tls, named) in [("required", None), ("opportunistic", None), ("required", Some(&another))]
    {
        let sink = Sink::encrypting(certificate.acceptor()).await;
        let post = Post::new(transport(&sink, tls, named)).await;
        let id = post.owe(post.prompt()).await.unwrap();
        assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Postponed(id)], "{tls}");
        assert_eq!((sink.connections(), sink.asked()), (1, 0), "{tls}");
        assert!(sink.mails().is_empty(), "{tls}");
        let detail = post.details(id).await.remove(0).unwrap();
        assert!(detail.contains("certificate"), "{tls}: {detail}");
    }
}

#[tokio::test]
async fn a_certificate_that_the_administrator_has_named_is_believed() {
    for tls in ["required", "opportunistic"] {
        let certificate = SelfSigned::new();
        let sink = Sink::encrypting(certificate.acceptor()).await;
        let post = Post::new(transport(&sink, tls, Some(&certificate))).await;
        let id = post.owe(post.prompt()).await.unwrap();
        assert_eq!(post.worker.drain().await.unwrap(), [Outcome::Accepted(id)], "{tls}");
        assert_eq!((sink.mails().len(), sink.asked()), (1, 1), "{tls}");
    }
}
