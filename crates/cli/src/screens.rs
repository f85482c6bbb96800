//! `jkkc field serve`: the field app's screens in a browser on this machine. The same commands as in the shell's
//! window, over HTTPS on loopback.

use crate::args::FieldServe;
use crate::say::Said;
use field::{Abilities, App, CardReader, HallAbility, SimulatedReader, SystemHost};
use protocol::rpc::{Answer, Command, RPC_BYTES_MAX};
use protocol::{Code, Failure};
use serde_json::json;
use server::{Answering, PageOrder, serve_page_until_stopped};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it is looked whether somebody is still there.
const IDLE_LOOK: Duration = Duration::from_secs(15);

/// Serves until stopped. With `--json` the one line is printed as soon as the address is bound.
pub fn serve(serve: &FieldServe, json: bool) -> Result<Said, Failure> {
    if !serve.listen.ip().is_loopback() {
        return Err(Failure::at(Code::UsageInvalid, "--listen"));
    }
    let ui = files(serve.ui.as_deref())?;
    let hall = HallAbility { listen: serve.hall, files: Box::new(hall_files(ui.clone())) };
    let card_reader = serve.simulated_reader.as_deref().map(simulated_reader).transpose()?;
    let abilities = Abilities { card_reader, hall: Some(hall), ..Abilities::default() };
    let mut app = App::new(&serve.home.home, Arc::new(SystemHost), abilities);
    if let Some(key_file) = &serve.home.key_file {
        app.open_with_key(field::read_key_file(key_file)?, serve.operator.as_deref())?;
    }
    let app = Arc::new(Mutex::new(app));
    lock_when_idle(app.clone());
    let order = PageOrder {
        files: &ui,
        listen: serve.listen,
        request_bytes_max: RPC_BYTES_MAX,
        handler: handler(app),
    };
    serve_page_until_stopped(&order, &|url| {
        if json {
            println!("{}", json!({ "url": url }));
        } else {
            println!("请在本机浏览器打开（地址只给自己用）：{url}");
        }
        let _ = std::io::Write::flush(&mut std::io::stdout());
    })?;
    Ok(Said::nothing())
}

/// A file that is not there when the program starts is a slip of who typed its name; later it is a reader unplugged.
fn simulated_reader(file: &Path) -> Result<Box<dyn CardReader>, Failure> {
    if !file.is_file() {
        return Err(Failure::at(Code::FileUnreadable, "--simulated-reader"));
    }
    Ok(Box::new(SimulatedReader::of_file(file)))
}

/// Closes the database and drops the key when nobody has been there for too long. The page hears of it with its next
/// command. Ends with the program.
fn lock_when_idle(app: Arc<Mutex<App>>) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(IDLE_LOOK);
            app.lock().unwrap_or_else(PoisonError::into_inner).lock_if_idle();
        }
    });
}

/// One command at a time: a screen waits for the one before.
fn handler(app: Arc<Mutex<App>>) -> Arc<Answering> {
    Arc::new(move |body: &[u8]| {
        let command: Command = serde_json::from_slice(body)
            .map_err(|_| failure(&Failure::new(Code::RequestMalformed)))?;
        let answered = done(&app, command).map_err(|error| failure(&error))?;
        serde_json::to_vec(&answered).map_err(|_| failure(&Failure::new(Code::Internal)))
    })
}

/// A screen that waits for news holds nobody up: the app is asked anew for every look.
fn done(app: &Mutex<App>, command: Command) -> Result<Answer, Failure> {
    let call = |command| app.lock().unwrap_or_else(PoisonError::into_inner).call(command);
    let Command::Watch(ask) = command else { return call(command) };
    let mut look = || match call(Command::Watch(ask.clone()))? {
        Answer::Watch(watched) => Ok(watched),
        _ => Err(Failure::new(Code::Internal)),
    };
    field::watch(&ask, &mut look).map(Answer::Watch)
}

fn failure(failure: &Failure) -> Vec<u8> {
    json!({ "code": failure.code.word(), "text": failure.zh() }).to_string().into_bytes()
}

/// The same files for a hall's browsers, read when it is opened; where they cannot be read, other devices alone can come.
fn hall_files(folder: PathBuf) -> impl Fn() -> Vec<(String, Vec<u8>)> + Send + Sync {
    move || {
        let files = serve::load_files(&folder).unwrap_or_default();
        files.into_iter().map(|(name, (_, bytes))| (name, bytes)).collect()
    }
}

/// Where the screens' files lie: as told, else beside this program.
pub fn files(told: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(told) = told {
        return Ok(told.to_owned());
    }
    let program = std::env::current_exe().map_err(|_| Failure::new(Code::FileUnreadable))?;
    let beside = program.parent().map(|folder| folder.join("ui"));
    beside.filter(|folder| folder.is_dir()).ok_or(Failure::at(Code::FileUnreadable, "--ui"))
}
