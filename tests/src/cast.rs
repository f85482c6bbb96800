//! Who and what takes part in the stories: the round, the stops, the stations with their devices and people.
//! Only data; all names are made up.

/// Name, first and last day of the round.
pub const ROUND: [&str; 3] = ["第四轮", "2026-09-01", "2026-12-31"];

/// 水洞底镇 慕隆村, and its sheet of the office's roster.
pub const VILLAGE: &str = "431302105205";
pub const VILLAGE_SHEET: &str = "慕隆村";
/// 双江乡 新庄村, of which the devices know nothing.
pub const OTHER_VILLAGE: &str = "431302204207";
/// 杉山镇 同安村.
pub const THIRD_VILLAGE: &str = "431302100224";

/// The school as the samples call it, and the township it is added under.
pub const SCHOOL: &str = "示例乡中心学校";
pub const SCHOOL_TOWNSHIP: &str = "431302204";

/// Account, name, role.
pub const OPERATORS: [[&str; 3]; 3] = [
    ["lu1", "录入员一", "recorder"],
    ["lu2", "录入员二", "recorder"],
    ["lu3", "录入员三", "recorder"],
];

/// A station on a device: its key and who examines there.
pub type Place = (&'static str, &'static str);

/// A device: name, who types there, its stations.
pub struct Seat {
    pub name: &'static str,
    pub operator: &'static str,
    pub stations: &'static [Place],
}

/// Every station that the samples have results of, each on one device.
pub const SEATS: [Seat; 3] = [
    Seat {
        name: "一号机",
        operator: "lu1",
        stations: &[("register", "护士甲"), ("general", "护士甲"), ("bp", "护士乙")],
    },
    Seat {
        name: "二号机", operator: "lu2", stations: &[("blood", "检验师"), ("urine", "检验师")]
    },
    Seat { name: "三号机", operator: "lu3", stations: &[("vision", "视光师")] },
];

pub const EXAMINERS: [&str; 4] = ["护士甲", "护士乙", "检验师", "视光师"];
