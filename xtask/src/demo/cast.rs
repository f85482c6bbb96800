//! Who and what takes part in the demo's day: the round, the stops, the devices with their stations and
//! people. Only data; all names are made up.

/// The round as the coordinator calls it, with its dates.
pub const ROUND: [&str; 3] = ["第四轮", "2026-09-01", "2026-12-31"];

/// The village of the day: 水洞底镇 慕隆村.
pub const VILLAGE: &str = "431302105205";
/// The school of the day, and the township it is added under (双江乡).
pub const SCHOOL: &str = "示例乡中心学校";
pub const SCHOOL_TOWNSHIP: &str = "431302204";

/// Operators as (account, name, role).
pub const OPERATORS: [(&str, &str, &str); 4] = [
    ("yanshi1", "演示录入员一", "recorder"),
    ("yanshi2", "演示录入员二", "recorder"),
    ("yanshi3", "演示录入员三", "recorder"),
    ("yanshi9", "演示协调员", "coordinator"),
];

/// One of the three devices: what it records, who types, who examines.
pub struct Device {
    pub name: &'static str,
    /// Station keys, with who examines there.
    pub stations: &'static [(&'static str, &'static str)],
    /// Account of whoever types.
    pub operator: &'static str,
}

/// Every station the sample measurements have columns for, each on one device.
pub const DEVICES: [Device; 3] = [
    Device {
        name: "一号机",
        stations: &[("register", "演示护士甲"), ("general", "演示护士甲"), ("bp", "演示护士乙")],
        operator: "yanshi1",
    },
    Device {
        name: "二号机",
        stations: &[("blood", "演示检验师"), ("urine", "演示检验师")],
        operator: "yanshi2",
    },
    Device { name: "三号机", stations: &[("vision", "演示视光师")], operator: "yanshi3" },
];

/// What the field app on the first device is opened with, as that device's operator. The demo prints it: its people are
/// made up.
pub const PASSWORD: &str = "yan-shi-jian-kang-kuai-che";

/// Everyone who examines, once.
pub fn examiners() -> Vec<&'static str> {
    let mut names: Vec<&str> =
        DEVICES.iter().flat_map(|device| device.stations).map(|(_, name)| *name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_station_is_on_one_device_only() {
        let mut keys: Vec<&str> =
            DEVICES.iter().flat_map(|device| device.stations).map(|(key, _)| *key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn whoever_types_has_an_account() {
        for device in &DEVICES {
            assert!(
                OPERATORS.iter().any(|(account, ..)| *account == device.operator),
                "{}",
                device.name
            );
        }
    }
}
