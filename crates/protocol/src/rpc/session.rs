//! Who may work here: the app's state, unlocking, accounts. Passwords come in and never go out.

commands_types! {
    /// Asks or answers nothing.
    #[derive(Default)]
    pub struct Nothing {}

    /// What this host can do beyond the screens; an absent capability's control is absent, not dead.
    #[derive(Default)]
    pub struct Capabilities {
        /// An ID card reader is attached (or simulated for training).
        pub id_card_reader: bool,
        /// What it gives is made up: a file stands for it.
        pub id_card_simulated: bool,
        /// The host can save a file where a person chooses; else the browser downloads it.
        pub save_files: bool,
        /// This is the device itself: files go in and out, accounts are made and syncs begun here. A hall's browser has none of
        /// it.
        pub at_device: bool,
        /// This host can open a hall and work with another's.
        pub hall: bool,
        /// `enrol` is possible here: no database yet.
        pub enrol: bool,
    }

    /// How far open the app is.
    #[derive(Copy, Eq)]
    pub enum Phase {
        /// No database here: the device is to be registered.
        Empty,
        /// A database, and nobody signed in.
        Locked,
        /// Somebody works.
        Open,
    }

    /// One person who can open this device.
    #[derive(Eq)]
    pub struct Slot {
        /// Opaque; for `unlock`.
        pub slot: String,
        /// The account, as the operator knows it.
        pub account: String,
        pub name: String,
        /// Seconds to wait before the next try counts; 0 = now.
        pub wait_s: u32,
    }

    /// Where the app stands.
    pub struct AppState {
        pub phase: Phase,
        pub device_name: String,
        pub slots: Vec<Slot>,
        /// Who works now.
        pub operator: Option<Slot>,
        pub capabilities: Capabilities,
        pub app_version: String,
        pub catalogue_version: u32,
        /// Minutes without a key after which the app locks itself.
        pub lock_after_min: u32,
        /// This device's clock, `YYYY-MM-DD HH:MM`.
        pub clock: String,
        /// A sentence where the clock is known to be wrong.
        pub clock_warning: Option<String>,
        /// A sentence where the key files are lost or damaged: no password opens what is here.
        pub key_lost: Option<String>,
        /// A sentence to show once to whoever works here: healed, restored, recovered.
        pub notice: Option<String>,
    }

    pub struct EnrolAsk {
        pub server_url: String,
        pub code: String,
        pub ca_pin: String,
        /// The first operator's one-time account code; none = a local account of this name, for training.
        pub account_code: Option<String>,
        pub account: String,
        pub password: String,
    }

    pub struct UnlockAsk {
        pub slot: String,
        pub password: String,
    }

    pub struct AccountAsk {
        /// The one-time code the coordinator gave.
        pub account_code: String,
        pub password: String,
    }

    pub struct PasswordAsk {
        pub old: String,
        pub new: String,
    }
}
