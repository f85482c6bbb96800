//! The pure middle of the health screening: identity, units, the catalogue, what is plausible, what is
//! abnormal, what is due. No clock, no randomness, no file, no socket, no locale: `today`, ids and
//! the stop's day come in as arguments. Thresholds are data (`schema/catalogue`), never constants here.

pub mod arrival;
pub mod asked;
pub mod catalogue;
pub mod check;
pub mod class;
pub mod conclusion;
pub mod confirm;
pub mod consent;
pub mod contact;
pub mod delivery;
pub mod derived;
pub mod facts;
pub mod followup;
pub mod grade;
pub mod grammar;
pub mod identity;
pub mod ids;
pub mod lab;
pub mod label_code;
pub mod line;
pub mod order;
pub mod phrase;
pub mod range;
pub mod role;
pub mod roster;
pub mod rule;
pub mod slip;
pub mod standing;
pub mod state;
pub mod task;
pub mod tube;
pub mod unfinished;
pub mod unit;
pub mod value;
pub mod where_to;
