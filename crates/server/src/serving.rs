//! The central server over its folder: what it shows in the handshake, where it is reached, its routes over the bounded
//! accept loop of `serve`. What is answered is `routes`.

use crate::data;
use crate::routes::{App, Pool, router};
use protocol::{Code, Failure};
use serve::{Limits, Opening, server_config};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use store::{Key, Store, StoreError};
use tokio::net::TcpListener;

/// A server bound to its address, not yet answering.
pub struct Serving {
    serving: serve::Serving,
    url: String,
}

impl Serving {
    /// Opens the folder and binds the address; port 0 takes a free one.
    pub async fn bind(
        folder: &Path,
        key_file: Option<&Path>,
        listen: SocketAddr,
        limits: Limits,
    ) -> Result<Serving, Failure> {
        let (mut store, key) = data::open(folder, key_file)?;
        let identity = data::identity(&mut store)?;
        let config = server_config(&identity.ca_pem, &identity.leaf)?;
        let hosts = data::text(&store, store::Setting::Hosts)?;
        let listener = TcpListener::bind(listen).await;
        let listener = listener.map_err(|_| Failure::new(Code::AddressInUse))?;
        let bound = listener.local_addr().map_err(|_| Failure::new(Code::AddressInUse))?;
        let url = url_of(bound, hosts.lines());
        let signer = store.signing_key().map_err(data::failed)?;
        let pool = Pool::new(opening(folder, key), store, limits.readers_max, limits.queue);
        let router = router(Arc::new(App::new(pool, signer, limits)));
        Ok(Serving { serving: serve::Serving::over(listener, config, router, limits), url })
    }

    /// Where devices reach it: the address bound, or for a wildcard a name of the certificate.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Answers until `stop` ends; then requests in work get a bounded time to end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        self.serving.run(stop).await;
    }
}

fn opening(folder: &Path, key: Key) -> Opening<Store, StoreError> {
    let folder = folder.to_owned();
    Opening {
        open: Box::new(move || Store::open(&folder, &key)),
        busy: || StoreError::Busy,
        broken: || StoreError::Refused(Code::Internal),
    }
}

fn url_of<'h>(bound: SocketAddr, mut hosts: impl Iterator<Item = &'h str>) -> String {
    if bound.ip().is_unspecified() {
        // The first name given to `init`, else the first there always is.
        let host = hosts.next().unwrap_or("localhost");
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        return format!("https://{host}:{}", bound.port());
    }
    format!("https://{bound}")
}

/// Serves until the process is asked to stop (Ctrl+C, or the service manager's signal). `announce` hears the
/// address once it is bound.
pub fn serve_until_stopped(
    folder: &Path,
    key_file: Option<&Path>,
    listen: SocketAddr,
    announce: &dyn Fn(&str),
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|_| Failure::new(Code::Internal))?;
    runtime.block_on(async {
        let serving = Serving::bind(folder, key_file, listen, Limits::default()).await?;
        let stop = serve::stop_signal().map_err(|_| Failure::new(Code::Internal))?;
        announce(serving.url());
        serving.run(stop).await;
        Ok(())
    })
}
