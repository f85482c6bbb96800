//! An operator's account put on this device: the server says once, by a one-time code, whose it is.

use crate::home::{Home, failed};
use crate::slots::Worker;
use crate::synchronise::called;
use domain::ids::OperatorId;
use protocol::call::AccountRequest;
use protocol::{Code, Failure, PROTOCOL_VERSION};
use store::Setting;

impl Home {
    /// Asks the server whose account a code is for, and keeps the organisation's recovery key as told.
    pub fn account_of_code(&mut self, code: &str) -> Result<Worker, Failure> {
        let mut https = self.https()?;
        let request = AccountRequest { protocol: PROTOCOL_VERSION, code: code.trim().to_owned() };
        let root = self.store.server_public_key().map_err(failed)?;
        let root = root.ok_or(Failure::new(Code::NotEnrolled))?;
        let answer = https.account(&request, &root);
        let answer = answer.map_err(|error| of_account(called(error, self.host.unix_ms())))?;
        if answer.operator == 0 || answer.account.is_empty() {
            return Err(Failure::new(Code::ServerAnswerUnknown));
        }
        let recipient = answer.recovery_recipient.as_bytes();
        self.store.set_setting(Setting::RecoveryRecipient, recipient).map_err(failed)?;
        Ok(Worker {
            slot: String::new(),
            account: answer.account,
            name: answer.name,
            operator: Some(OperatorId(answer.operator)),
        })
    }

    /// The organisation's recovery key, where the server told one.
    pub fn recovery_recipient(&self) -> Result<Option<String>, Failure> {
        let told = self.store.setting_text(Setting::RecoveryRecipient).map_err(failed)?;
        Ok(told.filter(|recipient| !recipient.is_empty()))
    }
}

/// The server has one word for codes that let a device in and for those that name an account; people hold two slips.
fn of_account(failure: Failure) -> Failure {
    match failure.code {
        Code::CodeInvalid => Failure::new(Code::AccountCodeInvalid),
        Code::CodeExpired => Failure::new(Code::AccountCodeExpired),
        Code::CodeUsed => Failure::new(Code::AccountCodeUsed),
        _ => failure,
    }
}
