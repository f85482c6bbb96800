//! A server's folder: its key, its store, and making both. Several programs may have it open at once.
//! Not what is served from it (`serve`) and not what a coordinator does with it (`console`).

use crate::host::now;
use crate::workspace::{parent, sync_folder};
use domain::unit::UnitTree;
use protocol::{Code, Failure};
use serde::Serialize;
use serve::{Credential, is_good, make_ca, make_leaf};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::{Key, Role, Setting, Store, StoreError};
use sync::CaPin;
use zeroize::Zeroizing;

/// The key `init` makes where none is given.
pub(crate) const KEY_FILE: &str = "server.key";
/// The CA's certificate, for people to look at and hand on; devices take it from the handshake.
pub(crate) const CA_FILE: &str = "ca.pem";
/// Names a server answers to besides those given.
const HOSTS_ALWAYS: [&str; 2] = ["localhost", "127.0.0.1"];

/// What `init` made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    pub data: PathBuf,
    /// Where the database's key lies. Whoever has it and the folder reads everything: keep a copy elsewhere,
    /// and for a server that stands open keep the file itself elsewhere too.
    pub key_file: PathBuf,
    pub ca_file: PathBuf,
    /// SHA-256 of the CA's public key, 64 hex digits: given to each device with its code.
    pub ca_pin: String,
    pub hosts: Vec<String>,
}

/// A failure of the store in the words of the edge.
pub fn failed(error: StoreError) -> Failure {
    Failure::from(error)
}

/// Makes a server's folder: encrypted store, keys, private CA, the server's certificate. A folder that holds a
/// server is left as it is; one whose making was interrupted is completed.
pub fn init(data: &Path, key_file: Option<&Path>, hosts: &[String]) -> Result<Made, Failure> {
    let hosts = all_hosts(hosts);
    let now = now()?;
    // Asked first, so that a wrong name leaves nothing behind.
    let ca = make_ca(now)?;
    let leaf = make_leaf(&ca, &hosts, now)?;
    fs::create_dir_all(data).map_err(|e| io_failure(&e, Code::FileUnwritable))?;
    let key_path = key_file.map_or_else(|| data.join(KEY_FILE), Path::to_owned);
    let key = read_or_make_key(&key_path)?;
    let mut store = match Store::create(data, &key, Role::Server) {
        Err(StoreError::Exists) => {
            let store = Store::open(data, &key).map_err(failed)?;
            let is_whole = store.setting(Setting::CaPem).map_err(failed)?.is_some();
            if is_whole {
                return Err(Failure::new(Code::DatabaseExists));
            }
            store
        }
        created => created.map_err(failed)?,
    };
    let district = UnitTree::builtin().district().ok_or(Failure::new(Code::Internal))?;
    let lines = hosts.join("\n");
    let settings: [(Setting, &[u8]); 6] = [
        (Setting::District, district.code.0.as_bytes()),
        (Setting::Hosts, lines.as_bytes()),
        (Setting::CaKeyPem, ca.key_pem.as_bytes()),
        (Setting::TlsCertificatePem, leaf.certificate_pem.as_bytes()),
        (Setting::TlsKeyPem, leaf.key_pem.as_bytes()),
        (Setting::CaPem, ca.certificate_pem.as_bytes()),
    ];
    store.set_settings(&settings).map_err(failed)?;
    let ca_file = data.join(CA_FILE);
    write_ca(&ca_file, &ca.certificate_pem)?;
    let pin = pin_of(&ca.certificate_pem)?;
    Ok(Made { data: data.to_owned(), key_file: key_path, ca_file, ca_pin: pin.to_string(), hosts })
}

/// Opens a server's store.
pub fn open(data: &Path, key_file: Option<&Path>) -> Result<(Store, Key), Failure> {
    let key_path = key_file.map_or_else(|| data.join(KEY_FILE), Path::to_owned);
    if key_file.is_none() && !key_path.exists() && !data.join("health.db").exists() {
        return Err(Failure::new(Code::DatabaseMissing));
    }
    let key = read_key(&key_path)?;
    let store = Store::open(data, &key).map_err(failed)?;
    match store.role() {
        Role::Server => Ok((store, key)),
        // A device's folder given as a server's.
        Role::Device => Err(Failure::new(Code::DatabaseMissing)),
    }
}

/// What a server shows in the handshake.
pub struct Identity {
    pub ca_pem: String,
    pub leaf: Credential,
}

/// The certificates in use; the server's own is made anew when it would soon end.
pub fn identity(store: &mut Store) -> Result<Identity, Failure> {
    let ca = Credential {
        certificate_pem: text(store, Setting::CaPem)?,
        key_pem: text(store, Setting::CaKeyPem)?,
    };
    let hosts: Vec<String> = text(store, Setting::Hosts)?.lines().map(str::to_owned).collect();
    let leaf = Credential {
        certificate_pem: text(store, Setting::TlsCertificatePem)?,
        key_pem: text(store, Setting::TlsKeyPem)?,
    };
    let now = now()?;
    if is_good(&ca.certificate_pem, &leaf, &hosts, now) {
        return Ok(Identity { ca_pem: ca.certificate_pem, leaf });
    }
    let leaf = make_leaf(&ca, &hosts, now)?;
    store
        .set_settings(&[
            (Setting::TlsCertificatePem, leaf.certificate_pem.as_bytes()),
            (Setting::TlsKeyPem, leaf.key_pem.as_bytes()),
        ])
        .map_err(failed)?;
    Ok(Identity { ca_pem: ca.certificate_pem, leaf })
}

/// The pin of the CA in use.
pub fn ca_pin(store: &Store) -> Result<CaPin, Failure> {
    pin_of(&text(store, Setting::CaPem)?)
}

fn pin_of(pem: &str) -> Result<CaPin, Failure> {
    CaPin::of_pem(pem).map_err(|_| Failure::new(Code::Internal))
}

/// A setting that `init` makes; without it the folder is not a whole server's.
pub fn text(store: &Store, key: Setting) -> Result<String, Failure> {
    let found = store.setting_text(key).map_err(failed)?;
    found.ok_or(Failure::new(Code::DatabaseMissing))
}

fn all_hosts(given: &[String]) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    let always = HOSTS_ALWAYS.iter().map(|host| (*host).to_owned());
    for host in given.iter().map(|host| host.trim().to_owned()).chain(always) {
        if !host.is_empty() && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

pub(crate) fn read_key(path: &Path) -> Result<Key, Failure> {
    let bytes = fs::read(path).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| Failure::new(Code::KeyFileUnreadable))?;
    let key = std::str::from_utf8(&bytes).ok().and_then(Key::from_hex);
    key.ok_or(Failure::new(Code::KeyFileInvalid))
}

/// The key in the file; where there is no such file, a new key is put there for its owner alone to read.
fn read_or_make_key(path: &Path) -> Result<Key, Failure> {
    if path.exists() {
        return read_key(path);
    }
    let key = Key::generate().map_err(failed)?;
    match write_key(path, &key) {
        Ok(()) => Ok(key),
        // Another program was first.
        Err(_) if path.exists() => read_key(path),
        Err(failure) => Err(failure),
    }
}

/// Puts a key into a new file, for its owner alone to read.
pub(crate) fn write_key(path: &Path, key: &Key) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|e| io_failure(&e, Code::KeyFileUnreadable))?;
    let hex = key.to_hex();
    let written = file
        .write_all(hex.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        // Its name too: a database whose key went with the power is lost.
        .and_then(|()| sync_folder(&parent(path)));
    written.map_err(|error| {
        // Half a key opens nothing; the cause is told.
        let _ = fs::remove_file(path);
        io_failure(&error, Code::FileUnwritable)
    })
}

/// Puts the private CA's certificate, which everybody may read, into a file.
pub(crate) fn write_ca(path: &Path, pem: &str) -> Result<(), Failure> {
    let written = fs::File::create(path).and_then(|mut file| {
        file.write_all(pem.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| io_failure(&error, Code::FileUnwritable))
}

/// A full disk is named as such, and so is a file that may grow no further.
pub(crate) fn io_failure(error: &std::io::Error, otherwise: Code) -> Failure {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let is_full = matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge);
    Failure::new(if is_full { Code::DiskFull } else { otherwise })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::UnixTime;
    use std::time::Duration;

    #[test]
    fn a_certificate_that_would_soon_end_is_made_anew_at_start_and_then_stays() {
        let folder = tempfile::tempdir().unwrap();
        init(folder.path(), None, &["health.example.cn".to_owned()]).unwrap();
        let (mut store, _) = open(folder.path(), None).unwrap();
        let first = identity(&mut store).unwrap();
        assert_eq!(identity(&mut store).unwrap().leaf.key_pem, first.leaf.key_pem);
        let ca = Credential {
            certificate_pem: text(&store, Setting::CaPem).unwrap(),
            key_pem: text(&store, Setting::CaKeyPem).unwrap(),
        };
        let day = Duration::from_secs(86_400);
        let then = Duration::from_secs(now().unwrap().as_secs()) - day * 700;
        let old = make_leaf(&ca, &first_hosts(&store), UnixTime::since_unix_epoch(then)).unwrap();
        store
            .set_settings(&[
                (Setting::TlsCertificatePem, old.certificate_pem.as_bytes()),
                (Setting::TlsKeyPem, old.key_pem.as_bytes()),
            ])
            .unwrap();
        let renewed = identity(&mut store).unwrap();
        assert_ne!(renewed.leaf.key_pem, old.key_pem);
        assert_eq!(renewed.ca_pem, first.ca_pem);
        assert_eq!(identity(&mut store).unwrap().leaf.key_pem, renewed.leaf.key_pem);
    }

    fn first_hosts(store: &Store) -> Vec<String> {
        text(store, Setting::Hosts).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_making_that_was_interrupted_is_completed() {
        let folder = tempfile::tempdir().unwrap();
        let key_path = folder.path().join(KEY_FILE);
        let key = read_or_make_key(&key_path).unwrap();
        drop(Store::create(folder.path(), &key, Role::Server).unwrap());
        // Half a server is not served.
        assert_eq!(
            open(folder.path(), None).and_then(|(mut s, _)| identity(&mut s).map(drop)),
            Err(Failure::new(Code::DatabaseMissing))
        );
        init(folder.path(), None, &[]).unwrap();
        let (mut store, _) = open(folder.path(), None).unwrap();
        identity(&mut store).unwrap();
    }

    #[test]
    fn names_are_taken_once_and_the_machine_itself_is_always_one() {
        let check = |given: &[&str], hosts: &[&str]| {
            let given: Vec<String> = given.iter().map(|host| (*host).to_owned()).collect();
            assert_eq!(all_hosts(&given), hosts);
        };
        check(&[], &["localhost", "127.0.0.1"]);
        check(
            &["10.0.0.5", " localhost ", "", "10.0.0.5"],
            &["10.0.0.5", "localhost", "127.0.0.1"],
        );
    }
}
