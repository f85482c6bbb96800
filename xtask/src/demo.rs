//! One day through, with the real program: an office's rosters in, a village's and a school's day recorded
//! on three devices while the server is off, synced, and the coordinator's reports out. It drives `jkkc` as
//! a person would and knows nothing of what is inside; what it checks, it reads from answers and files. At the end the
//! field app opens on one of the devices, where there is a display.

mod cast;
mod day;
mod folder;
mod jkkc;
mod tale;
mod window;

use crate::{need, run};
use day::Day;

/// What becomes of the server when the day is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Stop,
    Serve,
}

/// Whether the field app opens at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Where there is a display.
    Window,
    Nothing,
}

/// Steps shown to the person at the screen.
const STEPS: u32 = 10;

/// Counts the steps aloud.
struct Steps {
    done: u32,
}

impl Steps {
    fn next(&mut self, what: &str) {
        self.done += 1;
        println!("\n[{:>2}/{STEPS}] {what}", self.done);
    }
}

/// Goes through the day and says at the end where everything lies and what it means.
pub fn run(after: After, show: Show) -> Result<(), String> {
    let (told, time) = run::timed(|| whole_day(after, show));
    told?;
    println!("\n用时 {}。", run::spoken(time));
    Ok(())
}

fn whole_day(after: After, show: Show) -> Result<(), String> {
    let mut steps = Steps { done: 0 };
    println!("健康快车演示：一个村、一所学校的一天，从花名册到报表。数据是编的，网络只用本机。");

    steps.next("准备：检查编译要用的软件（cc、pkg-config、OpenSSL 头文件），缺的会先说明再安装");
    need::for_build()?;

    steps.next("编译程序 jkkc（第一次要几分钟）");
    let program = run::built("cli", "jkkc", run::Profile::Dev)?;
    let folder = folder::fresh(&run::root().join("demo"))?;
    println!("本次演示的数据放在 {}", folder.display());

    steps.next("建立中心服务器：加密数据库、本区自己的证书机构");
    let mut day = Day::begin(jkkc::Jkkc::new(program), folder)?;

    steps.next("新建轮次、学校、操作员、检查者");
    day.prepare()?;

    steps.next("导入乡镇和学校报来的花名册");
    day.import_rosters()?;

    steps.next("用一次性登记码登记三台设备，各自取回名单");
    day.enrol_devices()?;

    steps.next("关掉服务器：三台设备在没有网络的情况下记录全天");
    day.record_offline()?;

    steps.next("服务器恢复，三台设备同步（再同步一遍，互相取回对方的记录）");
    day.sync()?;

    steps.next("核对：数据库、记录链、汇总数，服务器和三台设备逐一检查");
    day.verify()?;

    steps.next("导出报表");
    let out = folder::out(&run::root().join("out"))?;
    day.export(&out)?;
    tale::end(&day, &out)?;
    window::open(&day, show)?;
    day.end(after)
}
