//! 单位电话和村医 on a screen: what is printed on the papers of each village and school, and saying it anew. Not a township's: that is the
//! server's.

commands_types! {
    /// What somebody said of one unit.
    #[derive(Eq)]
    pub struct ContactSpoken {
        /// In full: it is there to be called. Empty = nobody said.
        pub phone: String,
        /// By name; empty = nobody said.
        pub doctor: String,
        /// Their account, where they have one.
        pub account: String,
    }

    #[derive(Eq)]
    pub struct ContactRow {
        pub unit: String,
        /// 水洞底镇 慕隆村.
        pub label: String,
        pub said: ContactSpoken,
        /// The phone on its reports and slips: its own, else its township's.
        pub printed: String,
        /// What others said who did not know of it, until somebody says it anew.
        pub others: Vec<ContactSpoken>,
    }

    /// Somebody with an account who may follow up.
    #[derive(Eq)]
    pub struct ContactDoctor {
        pub account: String,
        pub name: String,
    }

    /// The villages and schools of this device and the account, today's first.
    #[derive(Eq)]
    pub struct ContactsView {
        pub may_set: bool,
        pub rows: Vec<ContactRow>,
        pub doctors: Vec<ContactDoctor>,
    }

    /// Both as they are to stand; empty takes it away.
    #[derive(Eq)]
    pub struct ContactSetAsk {
        pub unit: String,
        pub phone: String,
        /// An account, or the name of somebody who has none.
        pub doctor: String,
    }
}
