//! `jkkc`: everything without a screen. Words in, one answer out. What commands do is `field`'s (a
//! device's `--home`) and `server`'s (`--data`); here they are called and their answers printed.

mod args;
mod carry;
mod central;
mod conclude;
mod confirm;
mod consent;
mod device;
mod hub;
mod lab;
mod pairing;
mod paper;
mod place;
mod progress;
mod report;
mod round;
mod say;
mod screens;
mod tasks;
mod template;

use args::{Cli, Command, DeviceCommand, FieldCommand};
use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use protocol::Failure;
use say::Said;
use std::process::ExitCode;

fn main() -> ExitCode {
    let json_wanted = std::env::args().any(|a| a == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error, json_wanted),
    };
    match run(&cli) {
        Ok(said) => {
            said.print(cli.json);
            if said.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(failure) => {
            say::print_failure(&failure, cli.json);
            ExitCode::FAILURE
        }
    }
}

/// Help and version are answers; anything else is a failure with its sentence and how the command is written.
/// What was typed is not said again: it may be a name or a number.
fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        print!("{error}");
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        eprint!("{error}");
    }
    let ours = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    // An option unknown here is as typed, but for a value glued to it; a word that is no option may be anything.
    let options = ours(ContextKind::InvalidArg);
    let options = options.iter().filter_map(|text| text.split('=').next());
    for option in options.filter(|text| text.starts_with("--") || text.starts_with('<')) {
        eprintln!("参数：{option}");
    }
    let values = ours(ContextKind::ValidValue);
    if !values.is_empty() {
        eprintln!("可用的值：{}", values.join("、"));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        eprintln!("{usage}");
    }
    say::print_failure(&Failure::new(protocol::Code::UsageInvalid), json);
    ExitCode::FAILURE
}

fn run(cli: &Cli) -> Result<Said, Failure> {
    match &cli.command {
        Command::Server(command) => central::server(command),
        Command::Serve(serve) => central::serve(serve, cli.json),
        Command::Device(DeviceCommand::List(data)) => central::device_list(data),
        Command::Device(DeviceCommand::Agree { data, device }) => {
            central::device_agree(data, device)
        }
        Command::Device(DeviceCommand::Revoke { data, device }) => {
            central::device_revoke(data, device)
        }
        Command::Device(DeviceCommand::Scope { data, device, units }) => {
            central::device_scope(data, device, units)
        }
        Command::Device(DeviceCommand::Enrol { home, server, code, ca_pin, name }) => {
            device::enrol(home, server, code, ca_pin, name)
        }
        Command::Device(DeviceCommand::Slots(home)) => device::slots(home),
        Command::Device(DeviceCommand::Unlock { home, account }) => device::unlock(home, account),
        Command::Device(DeviceCommand::Account { home, code }) => device::account(home, code),
        Command::Device(DeviceCommand::Recover { home, account, identity }) => {
            device::recover(home, account, identity)
        }
        Command::Field(FieldCommand::Serve(serve)) => screens::serve(serve, cli.json),
        Command::Hub(command) => hub::run(command, cli.json),
        Command::Held(command) => place::held(command),
        Command::Unit(command) => central::unit(command),
        Command::Device(DeviceCommand::Drop(home)) => device::let_go(home),
        Command::Stop(command) => central::stop(command),
        Command::Round(command) => round::round(command),
        Command::Operator(command) => central::operator(command),
        Command::Examiner(command) => central::examiner(command),
        Command::Roster(command) => place::roster(command),
        Command::Enrol(command) => central::enrol(command),
        Command::Lab(command) => lab::lab(command),
        Command::Conclude(command) => conclude::conclude(command),
        Command::Confirm(command) => confirm::confirm(command),
        Command::Consent(command) => consent::consent(command),
        Command::Tasks(command) => tasks::tasks(command),
        Command::Record(record) => device::record(record),
        Command::Person(command) => device::person(command),
        Command::Result(command) => device::result(command),
        Command::Sync(sync) => device::sync(sync),
        Command::Carry(command) => carry::carry(command),
        Command::Proof(of) => carry::proof(of),
        Command::Status(home) => device::status(home),
        Command::Find(find) => device::find(find),
        Command::Export(export) => place::export(export),
        Command::Print(command) => paper::print(command),
        Command::Report(command) => report::report(command),
        Command::Verify(place) => place::verify(place),
    }
}
