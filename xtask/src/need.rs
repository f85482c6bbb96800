//! What the commands need on a Debian machine, and how it gets there: as root by apt-get, otherwise by
//! the exact line to type. Not a package manager: it looks, names what is missing, and installs only that.

use std::path::Path;
use std::process::{Command, Stdio};

/// A tool, how to see that it is there, and the Debian package it comes in.
struct Need {
    tool: &'static str,
    what_for: &'static str,
    package: &'static str,
    is_here: fn() -> bool,
}

const BUILD: &[Need] = &[
    Need {
        tool: "cc",
        what_for: "编译加密数据库",
        package: "build-essential",
        is_here: || answers("cc", &["--version"]),
    },
    Need {
        tool: "pkg-config",
        what_for: "找到 OpenSSL",
        package: "pkg-config",
        is_here: || answers("pkg-config", &["--version"]),
    },
    Need {
        tool: "OpenSSL 头文件",
        what_for: "数据库加密",
        package: "libssl-dev",
        is_here: || answers("pkg-config", &["--exists", "openssl"]),
    },
];

const TEST: &[Need] = &[
    Need {
        tool: "python3 openpyxl",
        what_for: "把导出的工作簿读回来核对",
        package: "python3-openpyxl",
        is_here: || answers("/usr/bin/python3", &["-c", "import openpyxl"]),
    },
    Need {
        tool: "soffice",
        what_for: "用办公软件打开工作簿核对",
        package: "libreoffice-calc-nogui",
        is_here: || on_path("soffice"),
    },
    Need {
        tool: "中文字体",
        what_for: "打印版里的汉字",
        package: "fonts-noto-cjk",
        is_here: || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists(),
    },
    Need {
        tool: "pdftotext",
        what_for: "读回打印版核对",
        package: "poppler-utils",
        is_here: || on_path("pdftotext"),
    },
    Need {
        tool: "zbarimg",
        what_for: "扫一扫打印出来的条码和二维码",
        package: "zbar-tools",
        is_here: || on_path("zbarimg"),
    },
    Need {
        tool: "ip",
        what_for: "让一个大厅的电脑和平板各在自己的网络里，拔线再插上",
        package: "iproute2",
        is_here: || answers("ip", &["-V"]),
    },
    Need {
        tool: "pgrep",
        what_for: "停掉不肯结束的测试程序，说明它停在哪里",
        package: "procps",
        is_here: || on_path("pgrep"),
    },
];

const SCREENS: &[Need] = &[
    Need { tool: "node", what_for: "构建界面", package: "nodejs", is_here: || on_path("node") },
    Need {
        tool: "npm", what_for: "取得界面的依赖", package: "npm", is_here: || on_path("npm")
    },
];

const BROWSER: &[Need] = &[
    Need {
        tool: "chromium",
        what_for: "在真实浏览器里操作界面",
        package: "chromium",
        is_here: || on_path("chromium"),
    },
    Need {
        tool: "faketime",
        what_for: "试一台时钟停在 1970 年的设备",
        package: "faketime",
        is_here: || on_path("faketime"),
    },
];

const WINDOW: &[Need] = &[Need {
    tool: "WebKitGTK 头文件",
    what_for: "编译窗口程序",
    package: "libwebkit2gtk-4.1-dev",
    is_here: || answers("pkg-config", &["--exists", "webkit2gtk-4.1"]),
}];

/// What the real window is tested with where there is no desktop.
const WINDOW_TEST: &[Need] = &[
    Need {
        tool: "Xvfb",
        what_for: "没有显示器时显示窗口",
        package: "xvfb",
        is_here: || on_path("Xvfb"),
    },
    Need {
        tool: "WebKitWebDriver",
        what_for: "操作真实窗口",
        package: "webkit2gtk-driver",
        is_here: || on_path("WebKitWebDriver"),
    },
    Need {
        tool: "dbus-daemon",
        what_for: "第二次启动时找到已打开的窗口",
        package: "dbus-daemon",
        is_here: || on_path("dbus-daemon"),
    },
    Need {
        tool: "nm",
        what_for: "核对程序没有导出数据库的符号",
        package: "binutils",
        is_here: || on_path("nm"),
    },
    Need {
        tool: "xdotool",
        what_for: "像人一样改窗口大小、填保存对话框",
        package: "xdotool",
        is_here: || on_path("xdotool"),
    },
];

/// What building the window's program needs.
pub fn for_window() -> Result<(), String> {
    provide(&BUILD.iter().chain(SCREENS).chain(WINDOW).collect::<Vec<_>>())
}

/// What building needs.
pub fn for_build() -> Result<(), String> {
    provide(&BUILD.iter().collect::<Vec<_>>())
}

/// What building the screens needs.
pub fn for_screens() -> Result<(), String> {
    provide(&SCREENS.iter().collect::<Vec<_>>())
}

/// What the screens need in a real browser.
pub fn for_browser() -> Result<(), String> {
    provide(&SCREENS.iter().chain(BROWSER).collect::<Vec<_>>())
}

/// What building and every test need.
pub fn for_tests() -> Result<(), String> {
    let window = WINDOW.iter().chain(WINDOW_TEST);
    provide(&BUILD.iter().chain(TEST).chain(SCREENS).chain(window).collect::<Vec<_>>())?;
    let lacking: Vec<&str> = [("rustfmt", "fmt"), ("clippy", "clippy")]
        .iter()
        .filter(|(_, word)| !answers("cargo", &[word, "--version"]))
        .map(|(component, _)| *component)
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    Err(format!(
        "缺少 Rust 组件。请运行下面一行后重试：\n  rustup component add {}",
        lacking.join(" ")
    ))
}

fn provide(needs: &[&Need]) -> Result<(), String> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    println!("这台机器还缺少：");
    for need in &missing {
        println!("  {}（{}），软件包 {}", need.tool, need.what_for, need.package);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let line = install_line(&packages);
    if !is_root() {
        return Err(format!("缺少的软件需要管理员安装。请运行下面一行后重试：\n  {line}"));
    }
    println!("将用 apt-get 安装：{}", packages.join(" "));
    apt_get(&["update"])?;
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(&packages);
    apt_get(&words)?;
    match self::missing(needs).first() {
        None => Ok(()),
        Some(need) => {
            Err(format!("装好后仍找不到 {}。请检查 PATH，或手工运行：\n  {line}", need.tool))
        }
    }
}

fn missing<'a>(needs: &[&'a Need]) -> Vec<&'a Need> {
    needs.iter().copied().filter(|need| !(need.is_here)()).collect()
}

/// The line a person without root types; root's own run does the same.
fn install_line(packages: &[&str]) -> String {
    format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    )
}

fn apt_get(words: &[&str]) -> Result<(), String> {
    let status = Command::new("apt-get")
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .map_err(|_| "找不到 apt-get。请在 Debian 12 上运行，或手工安装上面的软件。".to_owned())?;
    if status.success() {
        return Ok(());
    }
    Err(format!("apt-get {} 没有成功。请看上面的输出，处理后重试。", words[0]))
}

fn answers(program: &str, words: &[&str]) -> bool {
    Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Need = Need { tool: "a", what_for: "", package: "pa", is_here: || true };
    const GONE: Need = Need { tool: "b", what_for: "", package: "pb", is_here: || false };

    #[test]
    fn only_what_is_missing_is_asked_for() {
        let found: Vec<&str> = missing(&[&HERE, &GONE]).iter().map(|need| need.package).collect();
        assert_eq!(found, ["pb"]);
        assert!(missing(&[&HERE]).is_empty());
    }

    #[test]
    fn the_line_to_type_is_whole() {
        assert_eq!(
            install_line(&["pkg-config", "libssl-dev"]),
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends pkg-config libssl-dev"
        );
    }

    #[test]
    fn a_tool_that_does_not_exist_is_noticed() {
        assert!(!answers("no-such-program-anywhere", &["--version"]));
        assert!(!on_path("no-such-program-anywhere"));
        assert!(on_path("sh"));
    }
}
