//! The day itself, step by step, as commands a person could type. Where things lie and what was counted
//! stays in `Day`; words for people are `tale`'s.

use super::After;
use super::cast::{self, DEVICES, Device};
use super::folder;
use super::jkkc::{Jkkc, Server, Words, count, text};
use crate::run;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

pub struct Day {
    jkkc: Jkkc,
    folder: PathBuf,
    server: Option<Server>,
    address: String,
    round: String,
    school: String,
    /// Everything sent and received in the last two syncs of all devices.
    pub last_sync: Exchanged,
}

/// What syncs moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exchanged {
    pub pushed: u64,
    pub pulled: u64,
    pub held: u64,
    pub bytes: u64,
}

impl Day {
    pub fn begin(jkkc: Jkkc, folder: PathBuf) -> Result<Day, String> {
        let mut day = Day {
            jkkc,
            folder,
            server: None,
            address: "127.0.0.1:0".to_owned(),
            round: String::new(),
            school: String::new(),
            last_sync: Exchanged::default(),
        };
        write_key(&day.key_file("server"))?;
        let init = day.of_server("server init").with("--host", "127.0.0.1");
        day.jkkc.ask(&init)?;
        day.serve()?;
        println!("服务器在 {}", day.url());
        Ok(day)
    }

    pub fn prepare(&mut self) -> Result<(), String> {
        let [name, from, to] = cast::ROUND;
        let create = self.of_server("round create").with("--name", name);
        let answer = self.jkkc.ask(&create.with("--from", from).with("--to", to))?;
        self.round = text(&answer, "round")?.to_owned();
        let add = self.of_server("unit add --kind school").with("--name", cast::SCHOOL);
        let answer = self.jkkc.ask(&add.with("--under", cast::SCHOOL_TOWNSHIP))?;
        self.school = text(&answer, "unit")?.to_owned();
        for (account, name, role) in cast::OPERATORS {
            let add = self.of_server("operator add").with("--account", account);
            self.jkkc.ask(&add.with("--name", name).with("--role", role))?;
        }
        for name in cast::examiners() {
            self.jkkc.ask(&self.of_server("examiner add").with("--name", name))?;
        }
        println!("{name}（{from} 至 {to}），{}，{} 名操作员", cast::SCHOOL, cast::OPERATORS.len());
        Ok(())
    }

    pub fn import_rosters(&self) -> Result<(), String> {
        let import = || self.of_server("roster import").with("--round", &self.round);
        let residents = self.received("residents.xlsx", "乡镇花名册.xlsx")?;
        let residents = self.jkkc.ask(&import().and(residents))?;
        let pupils = self.received("students.xlsx", "学校花名册.xlsx")?;
        let pupils = import().with("--unit", &self.school).and(pupils);
        let pupils = self.jkkc.ask(&pupils)?;
        for (name, answer) in [("乡镇", &residents), ("学校", &pupils)] {
            println!(
                "{name}花名册：{} 行，新列入 {} 人，重复合并 {} 行，需要报送单位核对 {} 处",
                count(answer, "rows")?,
                count(answer, "accepted")?,
                count(answer, "merged")?,
                count(answer, "problems")?,
            );
            if let Some(path) = answer["problem_workbook"].as_str() {
                println!("  问题表：{path}");
            }
        }
        Ok(())
    }

    /// A sample as a file that came in: what import writes beside it stays with the demo.
    fn received(&self, sample_name: &str, name: &str) -> Result<PathBuf, String> {
        let path = self.folder.join(name);
        fs::copy(sample(sample_name), &path).map_err(|_| {
            "示例花名册读不了或写不了。请检查 tests/samples 和磁盘空间。".to_owned()
        })?;
        Ok(path)
    }

    pub fn enrol_devices(&self) -> Result<(), String> {
        let units = format!("{},{}", cast::VILLAGE, self.school);
        for device in &DEVICES {
            write_key(&self.key_file(device.name))?;
            let create = self.of_server("enrol create").with("--units", &units);
            let ticket = self.jkkc.ask(&create)?;
            let enrol = self
                .of_device("device enrol", device)
                .with("--server", self.url())
                .with("--code", text(&ticket, "code")?)
                .with("--ca-pin", text(&ticket, "ca_pin")?)
                .with("--name", device.name);
            self.jkkc.ask(&enrol)?;
            let moved = self.sync_one(device)?;
            println!("{}：已登记，取回 {} 条记录", device.name, moved.pulled);
        }
        self.give_password(&DEVICES[0])
    }

    /// A device's operator gets a slot of its own, so that the field app opens there by a password.
    fn give_password(&self, device: &Device) -> Result<(), String> {
        let code = self.of_server("operator code").with("--operator", device.operator);
        let ticket = self.jkkc.ask(&code)?;
        let account = self.of_device("device account", device);
        let account = account.with("--code", text(&ticket, "code")?);
        self.jkkc.ask_with(&account, &format!("{}\n", cast::PASSWORD))?;
        println!("{}：{} 可以用密码打开窗口", device.name, device.operator);
        Ok(())
    }

    /// The folder of the device whose app is shown at the end.
    pub fn home(&self) -> PathBuf {
        self.folder.join(DEVICES[0].name)
    }

    /// This run's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server is off: whatever is recorded now is on the devices alone.
    pub fn record_offline(&mut self) -> Result<(), String> {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        let stops = [
            ("慕隆村", slice(&self.folder, "village.csv", |unit| unit == cast::VILLAGE)?),
            ("学校", slice(&self.folder, "school.csv", |unit| unit.starts_with(cast::SCHOOL))?),
        ];
        for device in &DEVICES {
            let mut parts = Vec::new();
            for (stop, file) in &stops {
                let (people, results, registered) = self.record_stop(device, file)?;
                let mut part = format!("{stop} {people} 人次、{results} 项结果");
                if registered > 0 {
                    part += &format!("（名单外登记 {registered} 人）");
                }
                parts.push(part);
            }
            println!("{}：{}", device.name, parts.join("；"));
        }
        Ok(())
    }

    fn record_stop(&self, device: &Device, file: &Path) -> Result<(u64, u64, u64), String> {
        let mut sum = (0, 0, 0);
        for (station, examiner) in device.stations {
            let record = self
                .of_device("record", device)
                .with("--round", &self.round)
                .with("--from", file)
                .with("--station", station)
                .with("--operator", device.operator)
                .with("--examiner", examiner);
            let answer = self.jkkc.ask(&record)?;
            sum.0 += count(&answer, "people")?;
            sum.1 += count(&answer, "results")?;
            sum.2 += count(&answer, "registered")?;
        }
        Ok(sum)
    }

    /// Everyone gives, then everyone takes what the others gave; a third time finds nothing left to do.
    pub fn sync(&mut self) -> Result<(), String> {
        self.serve()?;
        for turn in ["上传", "互取"] {
            for device in &DEVICES {
                let moved = self.sync_one(device)?;
                println!(
                    "{turn} {}：上传 {} 条，取回 {} 条，{} KB",
                    device.name,
                    moved.pushed,
                    moved.pulled,
                    moved.bytes.div_ceil(1024)
                );
            }
        }
        for device in &DEVICES {
            let moved = self.sync_one(device)?;
            self.last_sync.pushed += moved.pushed;
            self.last_sync.pulled += moved.pulled;
            self.last_sync.held += moved.held;
        }
        Ok(())
    }

    fn sync_one(&self, device: &Device) -> Result<Exchanged, String> {
        let answer = self.jkkc.ask(&self.of_device("sync", device))?;
        Ok(Exchanged {
            pushed: count(&answer, "pushed")?,
            pulled: count(&answer, "pulled")?,
            held: count(&answer, "held")?,
            bytes: count(&answer, "bytes_up")? + count(&answer, "bytes_down")?,
        })
    }

    pub fn verify(&self) -> Result<(), String> {
        self.jkkc.ask(&self.of_server("verify"))?;
        println!("服务器：没有问题");
        for device in &DEVICES {
            self.jkkc.ask(&self.of_device("verify", device))?;
            println!("{}：没有问题", device.name);
        }
        Ok(())
    }

    /// The coordinator's reports, names and ID numbers masked.
    pub fn export(&self, out: &Path) -> Result<(), String> {
        let [results, findings, coverage, coverage_csv, brief] = folder::REPORTS;
        for (what, format, name) in [
            ("results", "xlsx", results),
            ("findings", "csv", findings),
            ("coverage", "xlsx", coverage),
            ("coverage", "csv", coverage_csv),
            ("brief", "txt", brief),
        ] {
            let export = self
                .of_server(&format!("export {what}"))
                .with("--round", &self.round)
                .with("--format", format)
                .with("--out", out.join(name));
            self.jkkc.ask(&export)?;
        }
        Ok(())
    }

    /// Stops the server, or leaves it and says how to stop it.
    pub fn end(mut self, after: After) -> Result<(), String> {
        let Some(server) = self.server.take() else { return Ok(()) };
        match after {
            After::Stop => server.stop(),
            After::Serve => {
                let url = server.url.clone();
                if let Some(pid) = server.release() {
                    folder::note(&self.folder, folder::Left::Server, pid)?;
                    println!("\n服务器继续运行：{url}\n停止它：kill {pid}");
                }
            }
        }
        Ok(())
    }

    fn serve(&mut self) -> Result<(), String> {
        let words = self.of_server("serve").with("--listen", &self.address);
        let server = self.jkkc.serve(&words, &self.folder.join("server.log"))?;
        // The port the system gave once is asked for again: devices know the server by it.
        self.address = server.address().to_owned();
        self.server = Some(server);
        Ok(())
    }

    fn url(&self) -> &str {
        self.server.as_ref().map_or("", |server| &server.url)
    }

    fn of_server(&self, command: &str) -> Words {
        Words::new(command)
            .with("--data", self.folder.join("server"))
            .with("--key-file", self.key_file("server"))
    }

    fn of_device(&self, command: &str, device: &Device) -> Words {
        Words::new(command)
            .with("--home", self.folder.join(device.name))
            .with("--key-file", self.key_file(device.name))
    }

    fn key_file(&self, of: &str) -> PathBuf {
        self.folder.join(format!("{of}.key"))
    }
}

fn sample(name: &str) -> PathBuf {
    run::root().join("tests/samples").join(name)
}

/// 64 hexadecimal digits from the system's source of randomness.
fn write_key(path: &Path) -> Result<(), String> {
    let said = |_| "写不了密钥文件。请检查磁盘空间。".to_owned();
    let mut bytes = [0_u8; 32];
    fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes)).map_err(said)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(path, hex).map_err(said)
}

/// The measurements of one stop as a file of their own, as its stations would hand them over.
fn slice(folder: &Path, name: &str, is_there: fn(&str) -> bool) -> Result<PathBuf, String> {
    let said = |_| "示例测量数据读不了或写不了。请检查 tests/samples 和磁盘空间。".to_owned();
    let path = folder.join(name);
    let mut from = csv::Reader::from_path(sample("measurements.csv")).map_err(said)?;
    let mut to = csv::Writer::from_path(&path).map_err(said)?;
    let headings = from.headers().map_err(said)?.clone();
    let unit = headings.iter().position(|heading| heading == "unit").unwrap_or_default();
    to.write_record(&headings).map_err(said)?;
    for row in from.records() {
        let row = row.map_err(said)?;
        if row.get(unit).is_some_and(is_there) {
            to.write_record(&row).map_err(said)?;
        }
    }
    to.flush().map_err(|error| said(error.into()))?;
    Ok(path)
}
