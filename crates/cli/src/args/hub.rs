//! The words of `jkkc hub`. Not what they do (`crate::hub`).

use super::HomeOnly;
use clap::Subcommand;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum HubCommand {
    /// Ask the server for this device's certificate as a hub, while there is a network
    Certify {
        #[command(flatten)]
        home: HomeOnly,
        /// Private IPv4 addresses to be named beside this machine's own
        #[arg(long, value_name = "IPV4")]
        address: Vec<Ipv4Addr>,
    },
    /// Answer the other devices until stopped
    Serve {
        #[command(flatten)]
        home: HomeOnly,
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:8443")]
        listen: SocketAddr,
        /// The folder with the built screens, for tablets and phones; without it the folder `ui` beside this program
        #[arg(long, value_name = "DIR")]
        ui: Option<PathBuf>,
    },
    /// Work with a hub until stopped, and with the server whenever it is reached
    Join {
        #[command(flatten)]
        home: HomeOnly,
        #[arg(long, value_name = "ADDRESS:PORT")]
        address: String,
        /// The hub's device id, 32 hexadecimal digits
        #[arg(long, value_name = "ID")]
        device: String,
        /// Look once and end
        #[arg(long)]
        once: bool,
    },
}
