//! `jkkc hub`: a hall without a network. What a hub is and how one is joined is `field`'s.

use crate::args::{HomeOnly, HubCommand};
use crate::device::{key, open_home};
use crate::pairing::{Door, keep_door};
use crate::say::Said;
use crate::screens;
use field::{
    Goal, Hall, HubLink, Synced, SystemHost, Watch, Woken, hall_router, reached_at, read_hub,
    serve_hub_until_stopped,
};
use protocol::Failure;
use serde_json::json;
use serve::load_files;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub fn run(command: &HubCommand, json: bool) -> Result<Said, Failure> {
    match command {
        HubCommand::Certify { home, address } => certify(home, address),
        HubCommand::Serve { home, listen, ui } => serve(home, *listen, ui.as_deref(), json),
        HubCommand::Join { home, address, device, once } => join(home, address, device, *once),
    }
}

fn certify(home: &HomeOnly, addresses: &[Ipv4Addr]) -> Result<Said, Failure> {
    let is_new = open_home(home)?.renew_hub_certificate(addresses)?;
    let line = if is_new {
        "已取得开大厅用的证书。"
    } else {
        "开大厅用的证书有效，没有改动。"
    };
    Said::of(&json!({ "new": is_new }), vec![line.to_owned()])
}

/// With `--json` one line is printed as soon as the address is bound, and one for each pairing code.
fn serve(
    home: &HomeOnly,
    listen: SocketAddr,
    ui: Option<&Path>,
    json: bool,
) -> Result<Said, Failure> {
    let opened = open_home(home)?;
    sync_beside(home)?;
    let hall = Arc::new(Hall::new(&home.home, Arc::new(SystemHost)));
    let fingerprint = opened.certificate_fingerprint()?.unwrap_or_default();
    // Without the screens' files a hub answers devices alone.
    let files = match screens::files(ui) {
        Err(failure) if ui.is_some() => return Err(failure),
        found => found.ok().map(|folder| load_files(&folder)).transpose()?,
    };
    let page = files.map(|files| opened.hall_page(hall.clone(), files)).transpose()?;
    let takes_browsers = page.is_some();
    let beside = page.map(hall_router);
    serve_hub_until_stopped(opened, &key(home.key_file.as_deref())?, listen, beside, &|watch| {
        let state = watch.state();
        if json {
            println!("{}", json!(state));
        } else {
            println!("大厅已开。其他设备请加入：{} 设备编号 {}", state.address, state.device);
        }
        let _ = std::io::stdout().flush();
        if takes_browsers {
            hall.open();
            let url = format!("https://{}", reached_at(state.address));
            let door = Door { hall: hall.clone(), url, fingerprint: fingerprint.clone() };
            keep_door(door, json);
        }
    })?;
    hall.close();
    Ok(Said::nothing())
}

fn join(home: &HomeOnly, address: &str, device: &str, once: bool) -> Result<Said, Failure> {
    let mut link = HubLink::new(read_hub(address, device)?);
    let mut opened = open_home(home)?;
    if once {
        let synced = opened.sync_with_hub(&mut link)?;
        let line = format!("交给大厅 {} 条，取回 {} 条", synced.given, synced.taken);
        return Said::of(&synced, vec![line]);
    }
    sync_beside(home)?;
    let mut last = None;
    let mut tell = |looked: &Result<field::HubSynced, Failure>| {
        // Said once for each change, not twice a second.
        let line = match looked {
            Ok(_) => "已与大厅同步。".to_owned(),
            Err(failure) => failure.zh(),
        };
        if last.as_ref() != Some(&line) {
            eprintln!("{line}");
            last = Some(line);
        }
    };
    opened.keep_with_hub(&mut link, &mut tell, &mut |pause| {
        std::thread::sleep(pause);
        true
    });
    Ok(Said::nothing())
}

/// The server, whenever it is reached: in a thread of its own, so that nobody in the hall waits for it. Ends with the
/// program.
fn sync_beside(home: &HomeOnly) -> Result<(), Failure> {
    let mut opened = open_home(home)?;
    std::thread::spawn(move || {
        // What ends it is told by a sync that a person asks for.
        let _ = opened.keep_syncing(Goal::Never, &mut Beside);
    });
    Ok(())
}

struct Beside;

impl Watch for Beside {
    fn tell(&mut self, _: &Result<Synced, Failure>, _: Option<Duration>) {}

    fn wait(&mut self, next: Option<Duration>) -> Woken {
        let Some(next) = next else { return Woken::ToStop };
        std::thread::sleep(next);
        Woken::InTime
    }
}
