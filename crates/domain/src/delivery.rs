//! A final report on its way into somebody's hand (发放): who holds which version. Pure: reports are named by whatever a
//! caller names signatures by. Not whether a report is final, nor who may hand one out (`role`).

/// What is said of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DeliveryAct {
    /// It left the printer.
    Printed = 1,
    /// Somebody signed that they have it.
    Received = 2,
    /// What it replaces was said by mistake.
    Withdrawn = 3,
}

impl DeliveryAct {
    pub const ALL: [DeliveryAct; 3] =
        [DeliveryAct::Printed, DeliveryAct::Received, DeliveryAct::Withdrawn];

    pub fn of_number(number: u32) -> Option<DeliveryAct> {
        DeliveryAct::ALL.into_iter().find(|act| *act as u32 == number)
    }
}

/// How one person stands to their report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandState {
    /// Nothing is final, and nobody holds anything.
    NotFinal,
    /// Final, and nobody has it.
    NotGiven,
    /// The version that stands is in a hand.
    Given,
    /// Only an older one is, and the one that stands is still to be given.
    HoldsOld,
    /// Only an older one is, and nobody has signed what stands now.
    HoldsOldNotFinal,
}

impl HandState {
    pub const ALL: [HandState; 5] = [
        HandState::NotFinal,
        HandState::NotGiven,
        HandState::Given,
        HandState::HoldsOld,
        HandState::HoldsOldNotFinal,
    ];

    pub fn zh(self) -> &'static str {
        match self {
            HandState::NotFinal => "未签发",
            HandState::NotGiven => "待发放",
            HandState::Given => "已发放",
            HandState::HoldsOld => "旧版在手，待换发",
            HandState::HoldsOldNotFinal => "旧版在手，新版未签发",
        }
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            HandState::NotFinal => "not_final",
            HandState::NotGiven => "not_given",
            HandState::Given => "given",
            HandState::HoldsOld => "holds_old",
            HandState::HoldsOldNotFinal => "holds_old_not_final",
        }
    }

    /// A final report is still to be handed over.
    pub fn is_due(self) -> bool {
        match self {
            HandState::NotGiven | HandState::HoldsOld => true,
            HandState::NotFinal | HandState::Given | HandState::HoldsOldNotFinal => false,
        }
    }
}

/// `standing` names the report that is final now; `received` those somebody signed for, in any order.
pub fn hand_state<R: PartialEq>(standing: Option<&R>, received: &[R]) -> HandState {
    match (standing, received.is_empty()) {
        (None, true) => HandState::NotFinal,
        (None, false) => HandState::HoldsOldNotFinal,
        (Some(_), true) => HandState::NotGiven,
        (Some(standing), false) if received.contains(standing) => HandState::Given,
        (Some(_), false) => HandState::HoldsOld,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_holds_another_version_than_the_one_that_stands_holds_an_old_one() {
        let check = |standing: Option<u32>, received: &[u32], expected: HandState| {
            assert_eq!(hand_state(standing.as_ref(), received), expected);
        };
        check(None, &[], HandState::NotFinal);
        check(Some(1), &[], HandState::NotGiven);
        check(Some(1), &[1], HandState::Given);
        check(Some(2), &[1], HandState::HoldsOld);
        check(Some(2), &[1, 2], HandState::Given);
        check(Some(2), &[2, 1], HandState::Given);
        check(None, &[1], HandState::HoldsOldNotFinal);
        assert!(HandState::HoldsOld.is_due() && HandState::NotGiven.is_due());
        // Control: whoever has what stands is given nothing again.
        assert!(!HandState::Given.is_due() && !HandState::HoldsOldNotFinal.is_due());
    }

    #[test]
    fn acts_are_read_from_their_numbers() {
        for act in DeliveryAct::ALL {
            assert_eq!(DeliveryAct::of_number(act as u32), Some(act));
        }
        assert_eq!((DeliveryAct::of_number(0), DeliveryAct::of_number(4)), (None, None));
    }
}
