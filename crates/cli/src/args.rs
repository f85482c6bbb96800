//! The command line's words. Only parsing: what a command does is `field`'s and `server`'s.

mod carry;
mod conclude;
mod confirm;
mod consent;
mod find;
mod hub;
mod lab;
mod out;
mod result;
mod round;
mod tasks;

pub use carry::*;
pub use conclude::*;
pub use confirm::{ConfirmCommand, ConfirmOf};
pub use consent::*;
pub use find::*;
pub use hub::*;
pub use lab::*;
pub use out::*;
pub use result::*;
pub use round::*;
pub use tasks::*;

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(
    name = "jkkc",
    version,
    about = "健康快车：没有屏幕也能做的一切",
    disable_help_subcommand = true
)]
pub struct Cli {
    /// One JSON object on standard output; progress goes to standard error.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The central server: set up, look at
    #[command(subcommand)]
    Server(ServerCommand),
    /// Run the central server until it is stopped
    Serve(Serve),
    /// Devices: enrol this one, list those of a server, name their units
    #[command(subcommand)]
    Device(DeviceCommand),
    /// A hall without a network: this device as its hub, or joined to one
    #[command(subcommand)]
    Hub(HubCommand),
    /// Entries kept but not applied, with their reasons
    #[command(subcommand)]
    Held(HeldCommand),
    /// Villages and schools
    #[command(subcommand)]
    Unit(UnitCommand),
    /// Stops of a round: over, or open again
    #[command(subcommand)]
    Stop(StopCommand),
    /// Rounds
    #[command(subcommand)]
    Round(RoundCommand),
    /// People with a login
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// People who examine
    #[command(subcommand)]
    Examiner(ExaminerCommand),
    /// The field app's screens
    #[command(subcommand)]
    Field(FieldCommand),
    /// Rosters from the offices
    #[command(subcommand)]
    Roster(RosterCommand),
    /// One-time codes for devices
    #[command(subcommand)]
    Enrol(EnrolCommand),
    /// Tubes and laboratories
    #[command(subcommand)]
    Lab(LabCommand),
    /// 总检: what a doctor signs
    #[command(subcommand)]
    Conclude(ConcludeCommand),
    /// 检查者确认: what was typed for an examiner, confirmed under their own account
    #[command(subcommand)]
    Confirm(ConfirmCommand),
    /// 知情同意: the slips of a school's pupils
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// 随访: what is to be done about findings, and what has been
    #[command(subcommand)]
    Tasks(TasksCommand),
    /// Record a measurements file on a device, offline
    Record(Record),
    /// One person
    #[command(subcommand)]
    Person(PersonCommand),
    /// Put a result right
    #[command(subcommand)]
    Result(ResultCommand),
    /// Bring a device's work to its server and fetch what is new
    Sync(Sync),
    /// Work carried to the server as a file, where there is no network
    #[command(subcommand)]
    Carry(CarryCommand),
    /// Did everything that the 日结单 says arrive? Ends with 0 only where all of it did
    Proof(ProofOf),
    /// What is 已保存, 已上传, 已备份 on a device
    Status(HomeOnly),
    /// Find people by ID number or its tail, 学籍号, name, pinyin, initials or phone
    Find(Find),
    /// Workbooks, lists and the brief
    Export(Export),
    /// Paper of a stop as PDF: day sheet, guide sheets, labels
    #[command(subcommand)]
    Print(PrintCommand),
    /// Reports for people as PDF
    #[command(subcommand)]
    Report(ReportCommand),
    /// Check data against itself
    Verify(Place),
}

/// A device's folder.
#[derive(Debug, Args)]
pub struct HomeOnly {
    #[arg(long, value_name = "DIR")]
    pub home: PathBuf,
    /// 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Sync {
    #[command(flatten)]
    pub home: HomeOnly,
    /// Try again until the server has all of this device's work
    #[arg(long, conflicts_with = "watch")]
    pub until_done: bool,
    /// Go on until stopped: own work as it is recorded, others' as it comes
    #[arg(long)]
    pub watch: bool,
}

/// A server's folder.
#[derive(Debug, Args)]
pub struct DataOnly {
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// 64 hexadecimal digits; without it the key kept in the server's folder
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

/// A device's or a server's folder.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("place").required(true).args(["home", "data"]))]
pub struct Place {
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum ServerCommand {
    /// Make the server's folder: encrypted store, private CA, keys
    Init {
        #[command(flatten)]
        data: DataOnly,
        /// Names and addresses the server is reached by
        #[arg(long = "host", value_name = "NAME|IP")]
        hosts: Vec<String>,
    },
    /// What the server holds and which devices it heard from
    Status(DataOnly),
    /// Copy, check and seal all data into one file, also while the server runs
    Backup {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Public keys the file is sealed to (age1...); any one of their private keys opens it
        #[arg(long = "recipient", value_name = "KEY", num_args = 1..)]
        recipients: Vec<String>,
        /// Public keys, a line each
        #[arg(long = "recipients", value_name = "FILE")]
        recipients_file: Option<PathBuf>,
    },
    /// Make a pair of keys for backups; prints the public one
    BackupKeygen {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Set the organisation's recovery key, which opens every device enrolled from now on
    Recovery {
        #[command(flatten)]
        data: DataOnly,
        /// A public key (age1...), made like a backup's
        #[arg(long, value_name = "KEY")]
        recipient: String,
    },
    /// Restore a backup into an empty folder
    Restore {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The private key
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
        /// Although entries that were backed up are not in it
        #[arg(long)]
        accept_loss: bool,
    },
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub data: DataOnly,
    /// Port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// Enrol this device with a one-time code
    Enrol {
        #[command(flatten)]
        home: HomeOnly,
        #[arg(long, value_name = "URL")]
        server: String,
        #[arg(long)]
        code: String,
        /// The fingerprint of the server's CA, given with the code
        #[arg(long, value_name = "PIN")]
        ca_pin: String,
        /// What people call this device
        #[arg(long, default_value = "")]
        name: String,
    },
    /// The devices of a server
    List(DataOnly),
    /// Let a device in again that a restored server has forgotten
    Agree {
        #[command(flatten)]
        data: DataOnly,
        /// As `device list` shows it
        #[arg(long, value_name = "ID")]
        device: String,
    },
    /// Revoke a device (on the server): it may hand over, what it hands over is held, and it is given nothing
    Revoke {
        #[command(flatten)]
        data: DataOnly,
        /// The device's id from `device list`
        #[arg(long, value_name = "ID")]
        device: String,
    },
    /// Name the units a device works in anew (on the server); it obeys from its next sync
    Scope {
        #[command(flatten)]
        data: DataOnly,
        /// The device's id from `device list`
        #[arg(long, value_name = "ID")]
        device: String,
        #[arg(long, value_name = "CODE,...", value_delimiter = ',', required = true)]
        units: Vec<String>,
    },
    /// Let go of closed stops' data that is backed up (a sync does it by itself)
    Drop(HomeOnly),
    /// Who can open this device with a password
    Slots(HomeOnly),
    /// Check an account's password (read from standard input)
    Unlock {
        #[command(flatten)]
        home: HomeOnly,
        #[arg(long)]
        account: String,
    },
    /// Put an operator's account on this device by a one-time code; the password is read from standard input
    Account {
        #[command(flatten)]
        home: HomeOnly,
        /// As `operator code` gave it
        #[arg(long)]
        code: String,
    },
    /// Give an account a new password (read from standard input) by the organisation's recovery key
    Recover {
        #[command(flatten)]
        home: HomeOnly,
        #[arg(long)]
        account: String,
        /// The recovery key's private half
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum FieldCommand {
    /// Serve the field app to a browser on this machine
    Serve(FieldServe),
}

#[derive(Debug, Args)]
pub struct FieldServe {
    #[command(flatten)]
    pub home: HomeOnly,
    /// A loopback address; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// The folder with the built screens; without it the folder `ui` beside this program
    #[arg(long, value_name = "DIR")]
    pub ui: Option<PathBuf>,
    /// Where other devices and tablets come to once the hall is opened on the screen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:8443")]
    pub hall: SocketAddr,
    /// For training, a file of made-up ID cards in place of a reader. A line a card: `姓名,性别,出生日期,住址,身份证号码`; a line
    /// `无卡`, `读不出` or `断开` is that failure. Each 读身份证 takes the next line, after the last the first
    #[arg(long, value_name = "FILE")]
    pub simulated_reader: Option<PathBuf>,
    /// Who works, where --key-file opens the device instead of a password
    #[arg(long, value_name = "ACCOUNT")]
    pub operator: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum HeldCommand {
    List(Place),
    /// Decide about one held entry (on the server)
    Resolve {
        #[command(flatten)]
        place: Place,
        /// `writer:seq:hash` from the list
        entry: String,
        /// Apply the entry after all
        #[arg(long, conflicts_with = "discard", required_unless_present = "discard")]
        apply: bool,
        /// Leave it out for good (it is kept, never applied)
        #[arg(long)]
        discard: bool,
        #[arg(long, default_value = "")]
        note: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum NewUnitKind {
    School,
}

#[derive(Debug, Subcommand)]
pub enum UnitCommand {
    /// Add a school under a township
    Add {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long)]
        kind: NewUnitKind,
        #[arg(long)]
        name: String,
        /// The township's 9 digits
        #[arg(long, value_name = "TOWNCODE")]
        under: String,
    },
    List(DataOnly),
    /// Say where to call about a unit, and who follows up there; an empty text takes it away
    Set {
        #[command(flatten)]
        place: Place,
        /// On a device: the account of a coordinator or a township worker
        #[arg(long, value_name = "ACCOUNT", requires = "home")]
        operator: Option<String>,
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// Printed on reports and slips
        #[arg(long, required_unless_present = "doctor")]
        phone: Option<String>,
        /// The village's or school's doctor: an account, or the name of somebody without one
        #[arg(long, value_name = "ACCOUNT")]
        doctor: Option<String>,
    },
    /// Retire a unit: no new work there, its code is never given again
    Retire {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// Where the work goes on
        #[arg(long, value_name = "CODE")]
        successor: Option<String>,
        /// It was retired by mistake
        #[arg(long, conflicts_with = "successor")]
        undo: bool,
    },
}

/// Which stop.
#[derive(Debug, Args)]
pub struct StopOf {
    #[command(flatten)]
    pub data: DataOnly,
    #[arg(long)]
    pub round: String,
    #[arg(long, value_name = "CODE")]
    pub unit: String,
}

#[derive(Debug, Subcommand)]
pub enum StopCommand {
    /// The work there is done: its data leaves devices once it is backed up
    Close(StopOf),
    /// Open it again: devices fetch its data with the next sync
    Open(StopOf),
}

#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    Add {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long)]
        name: String,
        /// What is typed to sign in; without it the name
        #[arg(long)]
        account: Option<String>,
        #[arg(long, default_value = "recorder")]
        role: String,
        /// Units of its own, each with all below it; without it it works wherever its device does
        #[arg(long, value_delimiter = ',', value_name = "CODE")]
        units: Vec<String>,
    },
    /// Every account, its role and its units
    List {
        #[command(flatten)]
        data: DataOnly,
    },
    /// Give an account units of its own, in place of those it had
    Units {
        #[command(flatten)]
        data: DataOnly,
        /// The account
        #[arg(long, value_name = "ACCOUNT")]
        operator: String,
        /// A township, villages, schools; each with all below it
        #[arg(
            long,
            value_delimiter = ',',
            value_name = "CODE",
            required_unless_present = "everywhere"
        )]
        units: Vec<String>,
        /// No units of its own any more: wherever its device works
        #[arg(long, conflicts_with = "units")]
        everywhere: bool,
    },
    /// A one-time code by which an operator's account is put on a device
    Code {
        #[command(flatten)]
        data: DataOnly,
        /// The account
        #[arg(long, value_name = "ACCOUNT")]
        operator: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ExaminerCommand {
    Add {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "")]
        title: String,
        /// The account they work under. Without it the one of the same name, where only one has it
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
    },
    /// Say under which account an examiner works: what was dictated is confirmed there
    Account {
        #[command(flatten)]
        data: DataOnly,
        /// The examiner's name or id
        #[arg(long, value_name = "NAME")]
        examiner: String,
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum RosterCommand {
    /// Take in rosters as the offices send them (.xlsx, .xls, .csv)
    Import {
        #[command(flatten)]
        place: Place,
        #[arg(long)]
        round: String,
        /// The unit of the files, where they do not name it themselves
        #[arg(long, value_name = "CODE")]
        unit: Option<String>,
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum EnrolCommand {
    /// A one-time code for a device that works in these units
    Create {
        #[command(flatten)]
        data: DataOnly,
        #[arg(long, value_name = "CODE,...", value_delimiter = ',', required = true)]
        units: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct Record {
    #[command(flatten)]
    pub home: HomeOnly,
    #[arg(long)]
    pub round: String,
    /// A CSV with columns kind, unit, id_number, name, sex, birth, exam_date and item keys
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Only this station's items; without it all stations'
    #[arg(long)]
    pub station: Option<String>,
    /// The stop, where the people's home units do not tell it
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    /// Account or id
    #[arg(long)]
    pub operator: Option<String>,
    /// Name or id
    #[arg(long)]
    pub examiner: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Everything about one person, every value ever
    Show {
        #[command(flatten)]
        home: HomeOnly,
        /// A person's id, ID number, 学籍号 or any text that finds exactly one
        person: String,
    },
    /// Register someone who is on no roster
    Register {
        #[command(flatten)]
        home: HomeOnly,
        #[arg(long)]
        round: String,
        /// The stop
        #[arg(long, value_name = "CODE")]
        unit: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        id_number: Option<String>,
        #[arg(long)]
        sex: Option<String>,
        #[arg(long)]
        birth: Option<String>,
        #[arg(long)]
        phone: Option<String>,
        /// Home: a unit's code, or words for a place outside the district
        #[arg(long, value_name = "CODE|WORDS")]
        home_unit: Option<String>,
        #[arg(long)]
        pupil: bool,
        #[arg(long)]
        operator: Option<String>,
    },
}
