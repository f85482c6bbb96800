//! A hall without a network: this device as its hub, or at another device's. Not what a hub answers (`call`).

commands_types! {
    /// What this device is to a hall.
    #[derive(Copy, Eq)]
    pub enum HubPhase {
        /// Works by itself.
        Alone,
        /// Others come here.
        Hub,
        /// Works with another device's hub.
        Guest,
    }

    #[derive(Eq)]
    pub struct HubView {
        pub phase: HubPhase,
        /// Why this device cannot be a hub now, with what to do about it; none = it can.
        pub hindrance: Option<String>,
        /// What went wrong last, with a next step.
        pub sentence: Option<String>,
        pub hub: Option<HubOpen>,
        pub joined: Option<HubJoined>,
    }

    /// A hub at work here.
    #[derive(Eq)]
    pub struct HubOpen {
        /// `https://ADDRESS:PORT`: what somebody types into a browser.
        pub url: String,
        /// A browser's one-time code, four times four signs; none = the screens' files are not here, and browsers cannot come.
        pub code: Option<String>,
        /// Seconds for which it is good.
        pub code_valid_s: u32,
        /// Address, fingerprint and code as a QR: rows of `#` (dark) and `.`; empty without a code.
        pub code_qr: Vec<String>,
        /// SHA-256 of the certificate as browsers print it, `AB:CD:...`.
        pub fingerprint: String,
        /// `ADDRESS:PORT/DEVICE`: what another device types or scans.
        pub join: String,
        pub join_qr: Vec<String>,
        pub guests: Vec<HubGuest>,
    }

    #[derive(Copy, Eq)]
    pub enum GuestKind { Device, Browser }

    /// Who has come. Nothing in it is a patient's.
    #[derive(Eq)]
    pub struct HubGuest {
        pub kind: GuestKind,
        /// A device's name; at a browser who is signed in, empty while its door is shut.
        pub name: String,
        /// Keys of the stations chosen there.
        pub stations: Vec<String>,
        pub connected: bool,
        /// Seconds since it was heard from.
        pub silent_s: u32,
        /// Entries the server is not known to have, as a device says; a browser keeps none.
        pub unsent: Option<u64>,
        /// A device's clock minus this one's, seconds; browsers work by this one's.
        pub clock_offset_s: Option<i64>,
    }

    /// The hub this device works with.
    #[derive(Eq)]
    pub struct HubJoined {
        /// `ADDRESS:PORT`.
        pub address: String,
        /// What people call that device, where it is known here.
        pub name: String,
        /// The last look went well.
        pub reached: bool,
        /// Entries given and taken since it was joined.
        pub given: u64,
        pub taken: u64,
        /// Streams of which neither side took the other's: they wait for the server.
        pub waiting: u64,
    }

    #[derive(Eq)]
    pub struct HubJoinAsk {
        /// As the hub's screen says it, typed or scanned: `ADDRESS:PORT/DEVICE`.
        pub text: String,
    }
}
