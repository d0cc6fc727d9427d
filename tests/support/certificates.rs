//! Certificates for tests, made with the `openssl` command in a directory that goes away with them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A certificate authority.
pub struct Authority {
    directory: tempfile::TempDir,
    /// The certificate of the authority that all others hang on.
    pub certificate: PathBuf,
    key: PathBuf,
    issued: AtomicUsize,
}

/// A certificate and its key, PEM files.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The certificate, with those between it and the authority behind it.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// What is special about a certificate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kind<'a> {
    /// Common name.
    pub name: &'a str,
    /// Subject alternative names as OpenSSL writes them (`DNS:localhost,IP:127.0.0.1`).
    pub alternative: Option<&'a str>,
    /// Extended key usage.
    pub usage: Option<&'a str>,
    /// It has expired.
    pub expired: bool,
    /// Password of the key.
    pub password: Option<&'a str>,
    /// Issued by an authority between.
    pub intermediate: Option<&'a Issued>,
    /// May issue others.
    pub authority: bool,
}

impl Authority {
    /// A new authority, trusted by nobody yet.
    pub fn new(name: &str) -> Authority {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (certificate, key) = (directory.path().join("ca.crt"), directory.path().join("ca.key"));
        let subject = format!("/CN={name}");
        openssl(
            directory.path(),
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "ca.key",
                "-out",
                "ca.crt",
                "-days",
                "30",
                "-subj",
                &subject,
            ],
        );
        Authority { directory, certificate, key, issued: AtomicUsize::new(1) }
    }

    /// Where its files are.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Issues a certificate; `file` is the name of its files.
    pub fn issue(&self, file: &str, kind: Kind<'_>) -> Issued {
        let directory = self.directory.path();
        let name = |suffix: &str| format!("{file}.{suffix}");
        let subject = format!("/CN={}", kind.name);
        let (key, request, extensions) = (name("key"), name("csr"), name("ext"));
        let mut make = vec!["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
        make.extend(["-keyout", &key, "-out", &request, "-subj", &subject]);
        let password = kind.password.map(|password| format!("pass:{password}"));
        match &password {
            Some(password) => make.extend(["-passout", password]),
            None => make.push("-nodes"),
        }
        openssl(directory, &make);

        let mut text = format!(
            "basicConstraints={}\n",
            if kind.authority { "critical,CA:TRUE" } else { "CA:FALSE" }
        );
        for (extension, value) in
            [("subjectAltName", kind.alternative), ("extendedKeyUsage", kind.usage)]
        {
            if let Some(value) = value {
                let _ = writeln!(text, "{extension}={value}");
            }
        }
        fs::write(directory.join(&extensions), text).expect("a file of extensions");
        let issuer = kind
            .intermediate
            .map_or((&self.certificate, &self.key), |issuer| (&issuer.certificate, &issuer.key));
        let (issuer, issuer_key) = (path(issuer.0), path(issuer.1));
        let certificate = name("crt");
        let serial = self.issued.fetch_add(1, Ordering::Relaxed).to_string();
        // One day before now, that is: a negative number of days.
        let days = if kind.expired { "-1" } else { "30" };
        openssl(
            directory,
            &[
                "x509",
                "-req",
                "-in",
                &request,
                "-CA",
                issuer,
                "-CAkey",
                issuer_key,
                "-set_serial",
                &serial,
                "-out",
                &certificate,
                "-days",
                days,
                "-extfile",
                &extensions,
            ],
        );
        let issued = Issued { certificate: directory.join(certificate), key: directory.join(key) };
        if let Some(between) = kind.intermediate {
            let mut chain = fs::read(&issued.certificate).expect("the certificate");
            chain.extend(fs::read(&between.certificate).expect("the one between"));
            fs::write(&issued.certificate, chain).expect("the chain");
        }
        issued
    }

    /// A directory with the authority's certificate under its hashed name.
    pub fn hashed_directory(&self) -> PathBuf {
        let hashed = self.directory.path().join("hashed");
        fs::create_dir_all(&hashed).expect("a directory");
        fs::copy(&self.certificate, hashed.join("ca.pem")).expect("a copy");
        openssl(&hashed, &["rehash", "."]);
        hashed
    }

    /// A stapled response, DER, about `subject`: `status` is a line of OpenSSL's index as far as the serial number, for
    /// instance `V\t400101000000Z\t` or `R\t400101000000Z\t240101000000Z,keyCompromise`.
    pub fn ocsp_response(&self, file: &str, subject: &Issued, status: &str) -> PathBuf {
        let directory = self.directory.path();
        let certificate = path(&subject.certificate);
        let serial = openssl(directory, &["x509", "-in", certificate, "-noout", "-serial"]);
        let serial = serial.trim().trim_start_matches("serial=");
        let (index, request, response) =
            (format!("{file}.index"), format!("{file}.req"), format!("{file}.der"));
        let text = match status {
            "" => String::new(), // knows nothing of it
            status => format!("{status}\t{serial}\tunknown\t/CN=subject\n"),
        };
        fs::write(directory.join(&index), text).expect("an index");
        let (own, key) = (path(&self.certificate), path(&self.key));
        openssl(
            directory,
            &["ocsp", "-issuer", own, "-cert", certificate, "-no_nonce", "-reqout", &request],
        );
        openssl(
            directory,
            &[
                "ocsp",
                "-index",
                &index,
                "-CA",
                own,
                "-rsigner",
                own,
                "-rkey",
                key,
                "-reqin",
                &request,
                "-respout",
                &response,
                "-ndays",
                "1",
                "-noverify",
            ],
        );
        directory.join(response)
    }
}

impl Issued {
    /// The certificate's path.
    pub fn certificate(&self) -> &str {
        path(&self.certificate)
    }

    /// The key's path.
    pub fn key(&self) -> &str {
        path(&self.key)
    }
}

/// The path as text.
pub fn path(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

/// Runs the command; what it prints.
fn openssl(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(directory).output();
    let output = output.expect("the openssl command: apt-get install openssl");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
