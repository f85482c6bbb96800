//! The shell's real window on a display of its own (Xvfb), driven from outside through WebKitWebDriver as a person would:
//! what is seen, typed and pressed. No screen's meaning is known here, and nothing of the page's code.
//!
//! A machine that lacks the programs fails with the line that installs them.

use crate::program;
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What these stories need beside the program.
const INSTALL: &str = "sudo apt-get update && sudo apt-get install -y --no-install-recommends xvfb webkit2gtk-driver \
                       dbus-daemon binutils fonts-noto-cjk xdotool";
/// A busy machine takes its time; nothing here waits so long on a quiet one.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// A start takes a few seconds, and some more on a busy machine.
const START_PATIENCE: Duration = Duration::from_secs(45);
const STARTS_MAX: usize = 3;
/// Between two keys of a hand.
const HAND_PAUSE: Duration = Duration::from_millis(60);
/// A dialog that was answered goes away, or a moment later its words are given to it again.
const DIALOG_REST: Duration = Duration::from_secs(2);
const SCREEN: &str = "1280x800x24";

/// A display and a session's bus, as somebody who has logged in has them. Both end with it.
pub struct Desktop {
    display: String,
    bus: String,
    /// The person's own folder: what the window remembers between starts lies below it.
    person: PathBuf,
    children: Vec<Child>,
}

impl Desktop {
    pub fn begin(person: &Path) -> Desktop {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]);
        let (xvfb, number) = begun(xvfb);
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
        let (daemon, address) = begun(bus);
        Desktop {
            display: format!(":{number}"),
            bus: address,
            person: person.to_owned(),
            children: vec![xvfb, daemon],
        }
    }

    /// A program as it is started from this desktop.
    fn start(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if ["XDG_", "GTK_", "GDK_", "WAYLAND_"].iter().any(|head| name_text.starts_with(head)) {
                command.env_remove(name);
            }
        }
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", &self.person)
            .env("NO_AT_BRIDGE", "1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdin(Stdio::null());
        command
    }

    /// Starts the shell without anything that drives it, and hears it out.
    pub fn start_shell(&self, home: &Path, with_bus: bool) -> Output {
        let mut shell = self.start(program::shell());
        shell.env_remove("TAURI_WEBVIEW_AUTOMATION").arg("--home").arg(home);
        if !with_bus {
            shell.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        }
        shell.output().unwrap_or_else(|e| panic!("the shell: {e}"))
    }

    /// Asks a window to close, in the words of a window manager when its corner is pressed.
    fn ask_to_close(&self, window: u32) {
        use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask};
        let (display, _) = x11rb::connect(Some(&self.display)).unwrap();
        let atom = |name: &[u8]| display.intern_atom(false, name).unwrap().reply().unwrap().atom;
        let words = [atom(b"WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom(b"WM_PROTOCOLS"), words);
        display.send_event(false, window, EventMask::NO_EVENT, message).unwrap().check().unwrap();
    }

    /// What a hand does with mouse and keys, by `xdotool`; what it says. Cut off where it waits for what does not come.
    fn point(&self, words: &[&str]) -> String {
        let mut xdotool = self.start(Path::new("timeout"));
        xdotool.arg(PATIENCE.as_secs().to_string()).arg("xdotool");
        let said = xdotool.args(words).output().unwrap_or_else(|e| lacking(&xdotool, &e));
        assert_ne!(
            said.status.code(),
            Some(127),
            "no xdotool. Run this line, then again:\n  {INSTALL}"
        );
        String::from_utf8_lossy(&said.stdout).into_owned()
    }

    /// Gives the keys to a window; true when it has them. There is no window manager that would: a window that is only just
    /// being drawn does not take them, and `xdotool`'s own waiting for it has no end.
    fn focus(&self, window: &str) -> bool {
        self.point(&["windowfocus", window]);
        self.point(&["getwindowfocus", "-f"]).trim() == window
    }

    /// The whole display as a picture, where `WINDOW_PICTURES` names a folder for them (ImageMagick's `import`).
    pub fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("WINDOW_PICTURES") else { return };
        let mut import = self.start(Path::new("import"));
        let path = Path::new(&folder).join(format!("window-{name}.png"));
        let done = import.args(["-window", "root"]).arg(path).status();
        assert!(done.is_ok_and(|status| status.success()), "no picture: install imagemagick");
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in &mut self.children {
            end(child);
        }
    }
}

/// Starts what says one line when it is ready.
fn begun(mut command: Command) -> (Child, String) {
    let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.unwrap_or_else(|e| lacking(&command, &e));
    let out = child.stdout.take().unwrap_or_else(|| panic!("no output"));
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line).unwrap();
    assert!(!line.trim().is_empty(), "{:?} did not start", command.get_program());
    (child, line.trim().to_owned())
}

fn lacking(command: &Command, error: &std::io::Error) -> ! {
    panic!(
        "{:?} cannot be started ({error}). Run this line, then again:\n  {INSTALL}",
        command.get_program()
    )
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

/// The open window.
pub struct Window<'a> {
    desktop: &'a Desktop,
    client: Client,
    driver: Child,
    /// The shell's process.
    pub process: u32,
}

impl<'a> Window<'a> {
    /// Starts the shell on the device of this folder: again where it ended at once, as a person would. The bus may hold the name
    /// of a window that is just gone, and who starts then is taken for its second start.
    pub async fn open(desktop: &'a Desktop, home: &Path) -> Window<'a> {
        for _ in 0..STARTS_MAX {
            if let Some(window) = Window::start(desktop, home).await {
                return window;
            }
        }
        panic!("no window after {STARTS_MAX} starts");
    }

    async fn start(desktop: &'a Desktop, home: &Path) -> Option<Window<'a>> {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|bound| bound.local_addr()).unwrap().port();
        let mut driver = desktop.start(Path::new("WebKitWebDriver"));
        driver.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]);
        let started = driver.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut driver = started.unwrap_or_else(|e| lacking(&driver, &e));
        until("the driver answers", || TcpStream::connect(("127.0.0.1", port)).ok());
        let options = json!({ "binary": program::shell(), "args": ["--home", home, "--hall", "127.0.0.1:0"] });
        let capabilities =
            Capabilities::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let address = format!("http://127.0.0.1:{port}");
        let connecting = builder.capabilities(capabilities).connect(&address);
        // The driver itself waits without end for a program that has gone.
        let Ok(client) = tokio::time::timeout(START_PATIENCE, connecting).await else {
            end(&mut driver);
            process_of(home).into_iter().flat_map(family).for_each(kill_now);
            return None;
        };
        let client = client.unwrap_or_else(|e| panic!("no window: {e}"));
        let process = until("the shell runs", || process_of(home));
        Some(Window { desktop, client, driver, process })
    }

    /// Waits until something of this kind is on the page.
    pub async fn see(&self, css: &str) -> Element {
        self.wait(Locator::Css(css), css).await
    }

    /// Waits until these words stand on the page.
    pub async fn read(&self, words: &str) -> Element {
        let path = format!("//body//*[text()[contains(., '{words}')]]");
        self.wait(Locator::XPath(&path), words).await
    }

    /// Presses what bears these words.
    pub async fn press(&self, words: &str) {
        let path = format!("//button[contains(normalize-space(.), '{words}')]");
        let button = self.wait(Locator::XPath(&path), words).await;
        // What is fixed to the window's edge would take the press of what lies below it.
        let found = serde_json::to_value(&button).unwrap();
        self.script("arguments[0].scrollIntoView({ block: 'center' })", vec![found]).await;
        button.click().await.unwrap();
    }

    /// Types into the field of this label, in place of what stands there.
    pub async fn fill(&self, label: &str, text: &str) {
        let path = format!(
            "//input[@aria-label='{label}'] | //label[starts-with(normalize-space(.), '{label}')]/following::input[1]"
        );
        let field = self.wait(Locator::XPath(&path), label).await;
        field.clear().await.unwrap();
        // At a hand's pace: keys that come at once may be a scanner's, and the page lets them wait.
        for sign in text.chars() {
            field.send_keys(sign.encode_utf8(&mut [0; 4])).await.unwrap();
            tokio::time::sleep(HAND_PAUSE).await;
        }
    }

    async fn wait(&self, locator: Locator<'_>, what: &str) -> Element {
        let found =
            self.client.wait().at_most(PATIENCE).every(LOOK_AGAIN).for_element(locator).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{what} is not there ({error}): {}", self.text().await),
        }
    }

    /// All that can be read on the page.
    pub async fn text(&self) -> String {
        let text = self.script("return document.body.innerText", vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// A script that calls its last argument when it is done.
    pub async fn script_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        let said = self.client.execute_async(script, arguments).await;
        said.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// What a page's call to the host comes to: `{"answer": ...}` or `{"refused": ...}`.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Value {
        let script = "const done = arguments[2]; window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])\
                      .then((answer) => done({ answer }), (refused) => done({ refused }))";
        self.script_async(script, vec![json!(command), arguments]).await
    }

    /// The same without waiting for what comes of it.
    pub async fn tell(&self, command: &str, arguments: Value) {
        let script = "void window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])";
        // Where the command takes the page away, the driver says that it crashed.
        let _ = self.client.execute(script, vec![json!(command), arguments]).await;
    }

    /// One command of the screens, which has to go well.
    pub async fn call(&self, command: &str, ask: Value) -> Value {
        let arguments = json!({ "request": { "command": command, "ask": ask } });
        let done = self.invoke("rpc", arguments).await;
        assert!(done.get("answer").is_some(), "{command}: {done}");
        done["answer"].clone()
    }

    pub async fn address(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Asks the page until it gives something other than null or false.
    pub async fn until(&self, what: &str, script: &str) -> Value {
        let begun = Instant::now();
        loop {
            // While a page is being taken away there is none to ask.
            let said = self.client.execute(script, vec![]).await.unwrap_or_default();
            if !matches!(said, Value::Null | Value::Bool(false)) {
                return said;
            }
            assert!(begun.elapsed() < PATIENCE, "{what}: {}", self.text().await);
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub fn picture(&self, name: &str) {
        self.desktop.picture(name);
    }

    /// The page as it is drawn, as a PNG: what a camera sees.
    pub async fn drawn(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// Drawn to another size, as by its edge, in pixels; waits until the page has it.
    pub async fn resize(&self, width: u32, height: u32) {
        let [id] = self.ids().try_into().unwrap_or_else(|ids| panic!("one window: {ids:?}"));
        self.desktop.point(&["windowsize", &id, &width.to_string(), &height.to_string()]);
        self.until(
            "the size",
            &format!("return innerWidth === {width} && innerHeight === {height}"),
        )
        .await;
    }

    /// Waits for a dialog of the system beside the window, types a path into it and confirms: again, until the dialog is gone.
    pub fn save_as(&self, path: &Path) {
        let own = self.ids();
        let dialogs = || self.ids().into_iter().filter(|id| !own.contains(id)).collect::<Vec<_>>();
        until("a dialog", || (!dialogs().is_empty()).then_some(()));
        self.desktop.picture("save");
        until("the dialog takes its words and goes", || {
            if let Some(dialog) = dialogs().into_iter().find(|dialog| self.desktop.focus(dialog)) {
                self.desktop.point(&["key", "ctrl+a"]);
                self.desktop.point(&["type", "--delay", "20", &path.to_string_lossy()]);
                self.desktop.point(&["key", "Return"]);
                std::thread::sleep(DIALOG_REST);
                return dialogs().iter().all(|left| *left != dialog).then_some(());
            }
            dialogs().is_empty().then_some(())
        });
    }

    /// The program's windows on the display.
    fn ids(&self) -> Vec<String> {
        let process = self.process.to_string();
        let said = self.desktop.point(&["search", "--onlyvisible", "--pid", &process]);
        said.lines().map(str::to_owned).collect()
    }

    /// Closed by its corner, undriven: the program puts away what it keeps and ends by itself.
    pub fn leave(mut self) {
        let [id] = self.ids().try_into().unwrap_or_else(|ids| panic!("one window: {ids:?}"));
        self.desktop.ask_to_close(id.parse().unwrap());
        until("the program has ended", || (!is_running(self.process)).then_some(()));
        end(&mut self.driver);
    }

    /// The shell's process and those that draw its page, by id.
    pub fn processes(&self) -> Vec<u32> {
        family(self.process)
    }

    /// Of these, those that run the page's code.
    pub fn page_processes(&self) -> Vec<u32> {
        let is_page = |process: &u32| {
            let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            name.starts_with("WebKitWebProces") && is_running(*process)
        };
        self.processes().into_iter().filter(is_page).collect()
    }

    /// Waits until these are as wanted.
    pub async fn until_page_processes(&self, is_so: impl Fn(&Vec<u32>) -> bool) -> Vec<u32> {
        until("other processes", || Some(self.page_processes()).filter(|now| is_so(now)))
    }

    /// Prints what each of the processes takes, by its name.
    pub fn print_memory(&self) {
        for process in self.processes() {
            let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            println!("{:>4} MB {}", memory_bytes(&[process], None) >> 20, name.trim());
        }
    }

    pub fn is_running(&self) -> bool {
        is_running(self.process)
    }

    /// Killed in the middle of what it does; its page goes with it.
    pub async fn kill(mut self) {
        let family = self.processes();
        kill_now(self.process);
        until("the shell is gone", || (!is_running(self.process)).then_some(()));
        // A page whose window is gone ends by itself, but not at once.
        family.into_iter().filter(|process| is_running(*process)).for_each(kill_now);
        end(&mut self.driver);
    }

    /// Closed as a person does.
    pub async fn close(mut self) {
        // The driver ends the program with the session.
        let _ = self.client.clone().close().await;
        let gone = Instant::now();
        while is_running(self.process) && gone.elapsed() < PATIENCE {
            std::thread::sleep(LOOK_AGAIN);
        }
        end(&mut self.driver);
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        // A story that failed leaves its window behind.
        if is_running(self.process) {
            family(self.process).into_iter().for_each(kill_now);
        }
        end(&mut self.driver);
    }
}

/// Proportional memory of these processes together, bytes, without what is mapped of one file: what is shared counts once,
/// split among those who share it.
pub fn memory_bytes(processes: &[u32], without: Option<&Path>) -> u64 {
    let without = without.map(|file| file.to_string_lossy().into_owned());
    let mut kib = 0;
    for process in processes {
        let told = std::fs::read_to_string(format!("/proc/{process}/smaps")).unwrap_or_default();
        let mut counts = true;
        for line in told.lines() {
            if let Some(rest) = line.strip_prefix("Pss:") {
                let size: u64 = rest.trim().trim_end_matches(" kB").parse().unwrap_or_default();
                kib += if counts { size } else { 0 };
            } else if !line.split(' ').next().unwrap_or_default().ends_with(':') {
                counts = without.as_ref().is_none_or(|file| !line.ends_with(file.as_str()));
            }
        }
    }
    kib << 10
}

/// The shell that was started with this folder.
fn process_of(home: &Path) -> Option<u32> {
    let shell = program::shell().to_string_lossy().into_owned();
    let home = home.to_string_lossy().into_owned();
    processes().into_keys().find(|process| {
        let words = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        let words: Vec<_> = words.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        words.first().is_some_and(|word| *word == shell) && words.iter().any(|word| *word == home)
    })
}

/// A process and everything it started.
fn family(first: u32) -> Vec<u32> {
    let parents = processes();
    let mut family = vec![first];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(parents.iter().filter(|(_, of)| **of == parent).map(|(process, _)| *process));
        at += 1;
    }
    family
}

/// Every process with its parent.
fn processes() -> BTreeMap<u32, u32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let parent = |process: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name in brackets may hold anything: what follows it counts.
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
    };
    let ids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    ids.filter_map(|process| Some((process, parent(&process)?))).collect()
}

fn is_running(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Z: it has ended, and nobody has asked how.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn kill_now(process: u32) {
    // It may be gone already.
    let _ = Command::new("kill").args(["-9", &process.to_string()]).stderr(Stdio::null()).status();
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not in {PATIENCE:?}");
        std::thread::sleep(LOOK_AGAIN);
    }
}
