//! The front door for developers: `cargo xtask demo | test | ci | browser | package | codegen | bench | fuzz | soak`. Each command first looks for the tools
//! it needs and installs them or says how. Not part of what is shipped, and free of C code, so that it
//! starts on a machine that has nothing but Rust.

mod bench;
mod check;
mod demo;
mod fuzz;
mod need;
mod package;
mod programs;
mod run;
mod screens;
mod soak;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <命令>

  demo [--serve]  走完一天：建服务器、导入花名册、三台设备离线记录、同步、导出报表到 out/
                  有图形界面时，最后打开一号机的窗口
                  --serve 演示结束后让服务器继续运行
  test            全部检查：格式、clippy、所有测试、浏览器里的一天
  ci              test（浏览器里只走几天，不逐屏检查），再走一遍 demo
  browser         在真实浏览器里走一遍界面（需要几分钟）
  package         把窗口程序打成 Debian 安装包（.deb），放进 out/
                  --dev 用未优化的程序打包，只为试一试
  codegen         生成界面与程序共用的类型（ui/src/platform/api.ts）
  bench [--quick] 测量速度、字节数和存储量，写入 out/bench.json
                  --quick 只测少量数据，几分钟完成
  fuzz [--inputs N] [--seed S] [--only NAME]
                  用随机改动的输入试每个解码器，失败的输入写入 out/fuzz
  soak --seeds N [--from S]  模拟 N 次：丢失、重复、断电、恢复、克隆，逐次核对；不通过的种子逐个列出
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["demo"] => demo::run(demo::After::Stop, demo::Show::Window),
        ["demo", "--serve"] => demo::run(demo::After::Serve, demo::Show::Window),
        ["test"] => check::test(),
        ["ci"] => check::ci(),
        ["package"] => package::run(run::Profile::Shell),
        ["package", "--dev"] => package::run(run::Profile::Dev),
        ["browser"] => check::browser(),
        ["codegen"] => screens::codegen(),
        ["bench"] => bench::run(bench::Size::Full),
        ["fuzz", words @ ..] => fuzz::run(words),
        ["soak", more @ ..] => soak::run(more),
        ["bench", "--quick"] => bench::run(bench::Size::Quick),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("没有这个命令：{}\n\n{HELP}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("错误：{sentence}");
            ExitCode::FAILURE
        }
    }
}
