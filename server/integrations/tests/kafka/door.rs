//! A door before a broker of librdkafka's cluster, which itself speaks clear text and lets everybody in: the door speaks TLS,
//! asks for certificates, and for name and password (SASL). What it lets through it passes on, request by request.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod, SslVerifyMode};
use openssl::symm::Cipher;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::scram::{Exchange, Verdict};

const SASL_HANDSHAKE: u16 = 17;
const API_VERSIONS: u16 = 18;
const SASL_AUTHENTICATE: u16 = 36;

/// No error, and nothing to say about it.
const WELCOME: &[u8] = &[0, 0, 0xff, 0xff];
/// The error that stands for a mechanism that a broker does not offer.
const NOT_OFFERED: u16 = 33;
/// The error that stands for wrong credentials, and twelve letters about it.
const STRANGER: &[u8] = b"\0\x3a\0\x0cwho are you?";

/// A key and a certificate that it signed itself.
pub struct Identity {
    key: PKey<Private>,
    certificate: X509,
}

impl Identity {
    /// One for an address, at any time.
    pub fn of(address: &str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "A broker").unwrap();
        let name = name.build();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder.set_not_before(&Asn1Time::from_unix(0).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::from_str("99991231235959Z").unwrap()).unwrap();
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        let names = SubjectAlternativeName::new().ip(address).build(&builder.x509v3_context(None, None)).unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self { key, certificate: builder.build() }
    }

    /// The certificate in PEM.
    pub fn certificate(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }

    /// The key in PEM.
    pub fn key(&self) -> String {
        String::from_utf8(self.key.private_key_to_pem_pkcs8().unwrap()).unwrap()
    }

    /// The key in PEM, opened by a password alone.
    pub fn sealed_key(&self, password: &str) -> String {
        let sealed = self.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), password.as_bytes());
        String::from_utf8(sealed.unwrap()).unwrap()
    }

    /// Who lets in whoever believes it, and has the certificate of this guest where one is given.
    fn acceptor(&self, guest: Option<&Self>) -> SslAcceptor {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        builder.set_private_key(&self.key).unwrap();
        builder.set_certificate(&self.certificate).unwrap();
        if let Some(guest) = guest {
            builder.cert_store_mut().add_cert(guest.certificate.clone()).unwrap();
            builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        }
        builder.build()
    }
}

/// What became of somebody at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The certificate was believed, and so was that of who came where one was asked for.
    Believed,
    /// One of them was not, or not shown, and the connection ended.
    Disbelieved,
    /// Name and password were right.
    Known,
    /// They were not.
    Unknown,
}

/// What a door asks for.
#[derive(Clone, Copy, Default)]
pub struct Asks<'a> {
    /// It speaks TLS and shows this.
    pub identity: Option<&'a Identity>,
    /// It asks for this certificate, where it speaks TLS.
    pub guest: Option<&'a Identity>,
    /// It asks for this name and password.
    pub known: Option<&'a Exchange>,
}

/// A door that stays open until the test ends.
pub struct Door {
    /// Where it is, as `host:port`.
    pub address: String,
    /// Who came, in order.
    pub met: UnboundedReceiver<Met>,
}

impl Door {
    /// Opens one before the `broker` at `host:port`.
    pub fn open(broker: &str, asks: Asks<'_>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let port = broker.rsplit_once(':').unwrap().1.parse().unwrap();
        let (tell, met) = unbounded_channel();
        let keeper = Keeper {
            broker: broker.to_owned(),
            theirs: place(port),
            ours: place(address.port()),
            known: asks.known.cloned(),
            tell,
        };
        let acceptor = asks.identity.map(|identity| identity.acceptor(asks.guest));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (keeper, acceptor) = (keeper.clone(), acceptor.clone());
                thread::spawn(move || keeper.receive(client, acceptor.as_ref()));
            }
        });
        Self { address: address.to_string(), met }
    }
}

/// A broker's place as answers name it: the host and the port in four bytes.
fn place(port: u16) -> Vec<u8> {
    [&b"127.0.0.1"[..], &u32::from(port).to_be_bytes()].concat()
}

#[derive(Clone)]
struct Keeper {
    broker: String,
    theirs: Vec<u8>,
    ours: Vec<u8>,
    known: Option<Exchange>,
    tell: UnboundedSender<Met>,
}

impl Keeper {
    fn receive(&self, client: TcpStream, acceptor: Option<&SslAcceptor>) {
        let Some(acceptor) = acceptor else {
            let _ = self.pass(client);
            return;
        };
        let Ok(client) = acceptor.accept(client) else {
            let _ = self.tell.send(Met::Disbelieved);
            return;
        };
        let _ = self.tell.send(Met::Believed);
        let _ = self.pass(client);
    }

    /// Passes requests on until somebody goes, each only once the one before was answered.
    fn pass(&self, mut client: impl Read + Write) -> Result<()> {
        let mut broker = TcpStream::connect(&self.broker)?;
        let mut exchange_of = self.known.clone();
        let mut is_in = exchange_of.is_none();
        loop {
            let request = frame(&mut client)?;
            let answer = match u16::from_be_bytes([request[0], request[1]]) {
                SASL_HANDSHAKE => offering(&request, exchange_of.as_ref().unwrap()),
                SASL_AUTHENTICATE => {
                    let verdict = exchange_of.as_mut().unwrap().answer(message_of(&request));
                    is_in = matches!(verdict, Verdict::Known(_));
                    self.tell(&verdict);
                    match verdict {
                        Verdict::GoOn(text) | Verdict::Known(text) => {
                            let length = u32::try_from(text.len()).unwrap().to_be_bytes();
                            [&request[4..8], WELCOME, &length, text.as_slice()].concat()
                        }
                        Verdict::Unknown => [&request[4..8], STRANGER, &[0; 4]].concat(),
                    }
                }
                API_VERSIONS => self.asking_for_names(&request, exchange(&mut broker, &request)?),
                _ if is_in => self.leading_here(exchange(&mut broker, &request)?),
                _ => return Err(Error::from(ErrorKind::PermissionDenied)),
            };
            send(&mut client, &answer)?;
        }
    }

    fn tell(&self, verdict: &Verdict) {
        let met = match verdict {
            Verdict::GoOn(_) => return,
            Verdict::Known(_) => Met::Known,
            Verdict::Unknown => Met::Unknown,
        };
        let _ = self.tell.send(met);
    }

    /// Adds to what a broker says it can do that it takes names and passwords. The newest form of the question it refuses.
    fn asking_for_names(&self, request: &[u8], answer: Vec<u8>) -> Vec<u8> {
        if self.known.is_none() || request[3] > 2 {
            return answer;
        }
        let count = u32::from_be_bytes([answer[6], answer[7], answer[8], answer[9]]) + 2;
        let taken = [0_u8, 17, 0, 0, 0, 1, 0, 36, 0, 0, 0, 0];
        [&answer[..6], &count.to_be_bytes(), &taken, &answer[10..]].concat()
    }

    /// The answer with the door's place for the broker's, so that nobody is led past the door.
    fn leading_here(&self, mut answer: Vec<u8>) -> Vec<u8> {
        while let Some(at) = answer.windows(self.theirs.len()).position(|part| part == self.theirs) {
            answer[at..at + self.ours.len()].copy_from_slice(&self.ours);
        }
        answer
    }
}

/// The one mechanism that is offered, as an answer to somebody who wants one; an error where that is another.
fn offering(request: &[u8], exchange: &Exchange) -> Vec<u8> {
    let name = exchange.mechanism().as_bytes();
    let error = if request.ends_with(name) { 0 } else { NOT_OFFERED };
    let length = u16::try_from(name.len()).unwrap();
    [&request[4..8], &error.to_be_bytes(), &[0, 0, 0, 1], &length.to_be_bytes(), name].concat()
}

/// What somebody says who signs in: it follows on the request's head, which ends with the name of the program, and on its length.
fn message_of(request: &[u8]) -> &[u8] {
    let program = usize::from(u16::from_be_bytes([request[8], request[9]]));
    &request[10 + program + 4..]
}

fn exchange(broker: &mut TcpStream, request: &[u8]) -> Result<Vec<u8>> {
    send(broker, request)?;
    frame(broker)
}

/// Reads a request or an answer, before which its length stands.
fn frame(from: &mut impl Read) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut frame = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
    from.read_exact(&mut frame)?;
    Ok(frame)
}

fn send(to: &mut impl Write, frame: &[u8]) -> Result<()> {
    let length = u32::try_from(frame.len()).unwrap();
    to.write_all(&[&length.to_be_bytes()[..], frame].concat())?;
    to.flush()
}
