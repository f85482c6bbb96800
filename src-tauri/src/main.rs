//! Starts the shell of the desktop. All of it is in the library, which a phone starts by itself.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    health_express::run();
}
