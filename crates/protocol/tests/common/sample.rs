//! The entries behind the frozen samples: of each kind one with every field set and the smallest,
//! and one more where fields came later.
//! People, numbers and phones are made up.

use protocol::fact::*;
use protocol::{Clock, Entry, Header};

/// Name of the sample's file and what it says.
pub fn samples() -> Vec<(String, Entry)> {
    let mut samples = Vec::new();
    for kind in Kind::ALL {
        let name = name(kind);
        samples.push((name.to_owned(), Entry { header: full_header(kind), fact: full(kind) }));
        let header = Header { kind: kind as u32, ..Header::default() };
        samples.push((format!("{name}_least"), Entry { header, fact: least(kind) }));
        if let Some(fact) = later(kind) {
            let header = Header { kind: kind as u32, policy: 7, ..Header::default() };
            samples.push((format!("{name}_2"), Entry { header, fact }));
        }
        if let Some(fact) = latest(kind) {
            let header = Header { kind: kind as u32, policy: 7, ..Header::default() };
            samples.push((format!("{name}_3"), Entry { header, fact }));
        }
        if let Some(fact) = newest(kind) {
            let header = Header { kind: kind as u32, policy: 7, ..Header::default() };
            samples.push((format!("{name}_4"), Entry { header, fact }));
        }
        if let Some(fact) = itemised(kind) {
            let header = Header { kind: kind as u32, policy: 7, ..Header::default() };
            samples.push((format!("{name}_5"), Entry { header, fact }));
        }
    }
    samples
}

/// With the field that was added after the fourth samples were frozen: the item that a finding rests on.
fn itemised(kind: Kind) -> Option<Fact> {
    let Fact::Conclusion(fact) = least(kind) else { return None };
    let findings = followed().into_iter().take(1);
    let findings = findings.map(|one| ConcludedFact { item: 300, ..one }).collect();
    Some(Fact::Conclusion(ConclusionFact { findings, ..fact }))
}

/// With the fields that were added after the third samples were frozen: the range as printed, an account's units, what a doctor says to
/// do, and how they graded what is left to them.
fn newest(kind: Kind) -> Option<Fact> {
    let fact = match least(kind) {
        Fact::Save(fact) => fact,
        Fact::Conclusion(fact) => {
            return Some(Fact::Conclusion(ConclusionFact { findings: followed(), ..fact }));
        }
        Fact::Operator(fact) => {
            let units = vec!["431302105".into(), "431302204S01".into()];
            return Some(Fact::Operator(OperatorFact { units, ..fact }));
        }
        _ => return None,
    };
    let lab = lab();
    let line = lab.lines.first().cloned()?;
    let lines = vec![LabLineFact { range: "3.9-6.1".into(), ..line }];
    Some(Fact::Save(SaveFact { lab: Some(LabFact { lines, ..lab }), ..fact }))
}

fn followed() -> Vec<ConcludedFact> {
    let graded = ConcludedFact {
        rule: "department".into(),
        code: "abnormal_unspecified".into(),
        level: 2,
        answer: AnswerKind::Reworded as u32,
        text: "心电图异常".into(),
        action: "县医院心内科".into(),
        graded_level: 3,
        graded_due_days: Some(3),
        ..ConcludedFact::default()
    };
    let own = ConcludedFact {
        level: 2,
        answer: AnswerKind::Added as u32,
        text: "腹部包块".into(),
        due_days: Some(7),
        action: "县医院外科".into(),
        ..ConcludedFact::default()
    };
    vec![graded, own]
}

/// With the fields that were added after the second samples were frozen.
fn latest(kind: Kind) -> Option<Fact> {
    let fact = match least(kind) {
        Fact::Save(fact) => fact,
        Fact::Unit(fact) => {
            return Some(Fact::Unit(UnitFact { contacts: vec![reference(1)], ..fact }));
        }
        Fact::Step(fact) => {
            let minor = vec!["grade2".into()];
            let of = SaidOfFact { minor, names_minor: true, ..SaidOfFact::default() };
            return Some(Fact::Step(StepFact { of: Some(of), ..fact }));
        }
        _ => return None,
    };
    let line = |low: Option<&str>, high: Option<&str>, said: &str| LabLineFact {
        item: 2,
        low: low.map(str::to_owned),
        high: high.map(str::to_owned),
        said: said.into(),
        is_low_open: low.is_some(),
        is_high_open: high.is_some(),
        range: String::new(),
    };
    let lines = vec![line(None, Some("5.2"), "5.2 <5.2"), line(Some("1.04"), None, "1.04 >1.04")];
    Some(Fact::Save(SaveFact { lab: Some(LabFact { lines, ..lab() }), ..fact }))
}

/// With the fields that were added after the first samples were frozen.
fn later(kind: Kind) -> Option<Fact> {
    match full(kind) {
        Fact::Held(fact) => Some(Fact::Held(HeldFact {
            reason: "outside_units".into(),
            unit: "431302105205".into(),
            ..fact
        })),
        Fact::Lifted(fact) => {
            Some(Fact::Lifted(LiftedFact { unit: "431302105205".into(), ..fact }))
        }
        Fact::Enrolment(fact) => Some(Fact::Enrolment(EnrolmentFact {
            units: Vec::new(),
            revoked: true,
            known: vec![StreamPlace {
                unit: "431302105205".into(),
                writer: vec![0xa1; 16],
                seq: 1001,
            }],
            ..fact
        })),
        Fact::Save(fact) => Some(Fact::Save(SaveFact { lab: Some(lab()), ..fact })),
        Fact::Round(fact) => Some(Fact::Round(RoundFact {
            catalogue: 3,
            levels: Vec::new(),
            unpaid_items: vec![23, 300],
            unpaid_packages: vec!["elderly_65".into(), "diabetes".into()],
            ..fact
        })),
        Fact::Examiner(fact) => {
            Some(Fact::Examiner(ExaminerFact { operator: 0x1112_1314_1516_1718, ..fact }))
        }
        Fact::Unit(fact) => Some(Fact::Unit(UnitFact {
            phone: "0738-8310000".into(),
            doctor: "丙某".into(),
            doctor_operator: 0x1112_1314_1516_1718,
            ..fact
        })),
        Fact::Step(fact) => {
            let lines = vec!["eye_glaucoma".into(), "abnormal_unspecified#221".into()];
            Some(Fact::Step(StepFact {
                of: Some(SaidOfFact { lines, ..SaidOfFact::default() }),
                ..fact
            }))
        }
        Fact::Operator(_)
        | Fact::Stop(_)
        | Fact::Retirement(_)
        | Fact::Roster(_)
        | Fact::Withdrawal(_)
        | Fact::Registration(_)
        | Fact::Correction(_)
        | Fact::Void(_)
        | Fact::Tube(_)
        | Fact::Conclusion(_)
        | Fact::Consent(_)
        | Fact::Issue(_)
        | Fact::Arrival(_)
        | Fact::Confirmation(_)
        | Fact::Delivery(_)
        | Fact::Laboratory(_)
        | Fact::Contact(_) => None,
    }
}

/// The kind's word in file names and in the schema's enum.
pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Unit => "unit",
        Kind::Round => "round",
        Kind::Operator => "operator",
        Kind::Examiner => "examiner",
        Kind::Enrolment => "enrolment",
        Kind::Held => "held",
        Kind::Lifted => "lifted",
        Kind::Stop => "stop",
        Kind::Retirement => "retirement",
        Kind::Roster => "roster",
        Kind::Withdrawal => "withdrawal",
        Kind::Registration => "registration",
        Kind::Correction => "correction",
        Kind::Save => "save",
        Kind::Void => "void",
        Kind::Tube => "tube",
        Kind::Conclusion => "conclusion",
        Kind::Consent => "consent",
        Kind::Step => "step",
        Kind::Issue => "issue",
        Kind::Arrival => "arrival",
        Kind::Confirmation => "confirmation",
        Kind::Delivery => "delivery",
        Kind::Laboratory => "laboratory",
        Kind::Contact => "contact",
    }
}

pub fn full_header(kind: Kind) -> Header {
    Header {
        kind: kind as u32,
        person: (0x10..0x20).collect(),
        round: 0x0102_0304_0506_0708,
        day: Some(9_753), // 2026-09-14
        operator: 0x1112_1314_1516_1718,
        examiner: 0x2122_2324_2526_2728,
        station: 300,
        policy: 7,
        worst_level: 3,
        clock: Some(Clock { unix_ms: 1_789_372_800_123, boot: 5, tick_ms: 86_400_000 }),
    }
}

fn least(kind: Kind) -> Fact {
    match kind {
        Kind::Unit => Fact::Unit(UnitFact::default()),
        Kind::Round => Fact::Round(RoundFact::default()),
        Kind::Operator => Fact::Operator(OperatorFact::default()),
        Kind::Examiner => Fact::Examiner(ExaminerFact::default()),
        Kind::Enrolment => Fact::Enrolment(EnrolmentFact::default()),
        Kind::Held => Fact::Held(HeldFact::default()),
        Kind::Lifted => Fact::Lifted(LiftedFact::default()),
        Kind::Stop => Fact::Stop(StopFact::default()),
        Kind::Retirement => Fact::Retirement(RetirementFact::default()),
        Kind::Roster => Fact::Roster(RosterFact::default()),
        Kind::Withdrawal => Fact::Withdrawal(WithdrawalFact::default()),
        Kind::Registration => Fact::Registration(RegistrationFact::default()),
        Kind::Correction => Fact::Correction(CorrectionFact::default()),
        Kind::Save => Fact::Save(SaveFact::default()),
        Kind::Void => Fact::Void(VoidFact::default()),
        Kind::Tube => Fact::Tube(TubeFact::default()),
        Kind::Conclusion => Fact::Conclusion(ConclusionFact::default()),
        Kind::Consent => Fact::Consent(ConsentFact::default()),
        Kind::Step => Fact::Step(StepFact::default()),
        Kind::Issue => Fact::Issue(IssueFact::default()),
        Kind::Arrival => Fact::Arrival(ArrivalFact::default()),
        Kind::Confirmation => Fact::Confirmation(ConfirmationFact::default()),
        Kind::Delivery => Fact::Delivery(DeliveryFact::default()),
        Kind::Laboratory => Fact::Laboratory(LaboratoryFact::default()),
        Kind::Contact => Fact::Contact(ContactFact::default()),
    }
}

fn full(kind: Kind) -> Fact {
    match kind {
        Kind::Unit => Fact::Unit(UnitFact {
            code: "431302204S01".into(),
            kind: 4,
            name: "示例乡中心学校".into(),
            parent: "431302204".into(),
            ..UnitFact::default()
        }),
        Kind::Round => Fact::Round(round()),
        Kind::Operator => Fact::Operator(OperatorFact {
            id: 0x1112_1314_1516_1718,
            account: "luru01".into(),
            name: "甲某".into(),
            role: "recorder".into(),
            units: Vec::new(),
        }),
        Kind::Examiner => Fact::Examiner(ExaminerFact {
            id: 0x2122_2324_2526_2728,
            name: "乙某".into(),
            title: "主治医师".into(),
            operator: 0,
        }),
        Kind::Enrolment => Fact::Enrolment(EnrolmentFact {
            device: (0x30..0x40).collect(),
            name: "三号平板".into(),
            units: vec!["431302204".into(), "431302105205".into()],
            certificate: b"D\x01, then as the ledger says".to_vec(),
            ..EnrolmentFact::default()
        }),
        Kind::Held => Fact::Held(HeldFact {
            entry: Some(reference(1)),
            reason: "unknown_item".into(),
            unit: String::new(),
        }),
        Kind::Lifted => Fact::Lifted(LiftedFact {
            entry: Some(reference(1)),
            applied: true,
            note: "已核实".into(),
            unit: String::new(),
        }),
        Kind::Stop => Fact::Stop(StopFact {
            round: 0x0102_0304_0506_0708,
            unit: "431302105205".into(),
            closed: true,
        }),
        Kind::Retirement => Fact::Retirement(RetirementFact {
            unit: "431302204S01".into(),
            successor: "431302204S02".into(),
            withdrawn: true,
        }),
        Kind::Roster => Fact::Roster(roster()),
        Kind::Withdrawal => Fact::Withdrawal(WithdrawalFact {
            listing: Some(reference(2)),
            row: 130,
            reason: "外出务工".into(),
        }),
        Kind::Registration => Fact::Registration(RegistrationFact {
            details: Some(details()),
            kind: 1,
            home_unit: "431302105205".into(),
            home_text: "邻县某村".into(),
            group: Some("3组".into()),
            grade: Some("二年级".into()),
        }),
        Kind::Correction => Fact::Correction(CorrectionFact {
            details: Some(details()),
            proposed: true,
            reason: "核对身份证".into(),
        }),
        Kind::Save => Fact::Save(save()),
        Kind::Void => Fact::Void(VoidFact {
            saw: vec![saw(1, &[1, 300]), saw(2, &[8])],
            reason: "录错人".into(),
        }),
        Kind::Tube => Fact::Tube(TubeFact {
            code: "B2609140001".into(),
            kind: 2,
            act: TubeAct::Spoilt as u32,
            saw: vec![reference(1), reference(2)],
            reason: "标本溶血".into(),
        }),
        Kind::Conclusion => Fact::Conclusion(conclusion()),
        Kind::Consent => Fact::Consent(ConsentFact {
            answer: ConsentAnswer::Given as u32,
            stations: vec![5, 11],
            items: vec![299, 300],
            source: ConsentSource::File as u32,
            saw: vec![reference(1), reference(2)],
        }),
        Kind::Step => Fact::Step(StepFact {
            rule: "adult_bp".into(),
            act: 2,
            saw: vec![reference(1), reference(2)],
            replaces: vec![reference(2)],
            reason: "医院写错".into(),
            way: 2,
            told: "家属".into(),
            at: "14:05".into(),
            read_back: true,
            place: "示例乡卫生院".into(),
            next_day: Some(9_767),
            note: "两周内去".into(),
            of: None,
        }),
        Kind::Issue => Fact::Issue(IssueFact {
            unit: "431302105205".into(),
            purpose: "随访".into(),
            format: "xlsx".into(),
            rows: 12,
            digest: (0x40..0x60).collect(),
        }),
        Kind::Arrival => Fact::Arrival(ArrivalFact {
            arrived_day: 9_754,
            at: "16:40".into(),
            received_by: "检验科丙某".into(),
            kinds: vec![
                ArrivalKindFact {
                    kind: 1,
                    arrived: 1,
                    codes: vec!["B0001".into(), "B0002".into()],
                    missing: vec!["B0002".into()],
                },
                ArrivalKindFact { kind: 3, arrived: 2, ..ArrivalKindFact::default() },
            ],
            replaces: vec![reference(2)],
            reason: "重新清点".into(),
            withdrawn: true,
        }),
        Kind::Confirmation => {
            Fact::Confirmation(ConfirmationFact { saves: vec![reference(1), reference(2)] })
        }
        Kind::Laboratory => Fact::Laboratory(LaboratoryFact {
            name: "示例检验科".into(),
            mapping: r#"{"barcode":"条码","columns":{"ALT":{"item":"alt_u_l"}}}"#.into(),
            replaces: vec![reference(2)],
        }),
        Kind::Delivery => Fact::Delivery(DeliveryFact {
            act: 2,
            conclusion: Some(reference(1)),
            version: 2,
            taken_by: "本人".into(),
            replaces: vec![reference(2)],
            reason: "记错人".into(),
        }),
        Kind::Contact => Fact::Contact(ContactFact {
            phone: "0738-8310000".into(),
            doctor: "丙某".into(),
            doctor_operator: 0x1112_1314_1516_1718,
            saw: vec![reference(1), reference(2)],
        }),
    }
}

pub fn reference(number: u8) -> EntryReference {
    EntryReference {
        writer: vec![0xa0 + number; 16],
        seq: 1_000 + u64::from(number),
        hash8: 0xf1e2_d3c4_b5a6_9788,
    }
}

fn saw(number: u8, items: &[u32]) -> SawFact {
    SawFact { entry: Some(reference(number)), items: items.to_vec() }
}

fn round() -> RoundFact {
    let level = |rule: &str, code: &str, level, due_days| LevelSetting {
        rule: rule.into(),
        code: code.into(),
        level,
        due_days,
    };
    RoundFact {
        id: 0x0102_0304_0506_0708,
        name: "第四轮".into(),
        from_day: -1,
        to_day: 9_800,
        catalogue: 1,
        levels_confirmed_by: "丙某".into(),
        levels: vec![
            level("adult_bp", "grade2", 2, Some(14)),
            level("adult_bmi", "normal", 0, None),
            level("urine", "protein_positive", 1, Some(0)),
        ],
        unpaid_items: Vec::new(),
        unpaid_packages: Vec::new(),
    }
}

fn details() -> DetailsFact {
    DetailsFact {
        name: "丁某某".into(),
        sex: 2,
        birth_day: Some(-18_506), // 1949-05-02, not the ID number's
        id_number: Some("11010519491231002X".into()),
        student_no: Some("G11010519491231002X".into()),
        phone: Some("13900000001".into()),
        phone_owner: Some("女儿".into()),
        address: Some("示例村3组".into()),
    }
}

/// Rows of every shape: all from the ID number, as told, hardly anything, and texts of other forms.
fn roster() -> RosterFact {
    let row = |details: DetailsFact| RosterRowFact {
        person: Vec::new(),
        details: Some(details),
        group: Some("3组".into()),
        grade: None,
        note: None,
        kind: 1,
    };
    let pupil = DetailsFact {
        name: "戊某".into(),
        sex: 1,
        birth_day: Some(7_307), // 2020-01-03, the ID number's
        id_number: Some("43139920200103059X".into()),
        student_no: Some("G43139920200103059X".into()),
        phone: Some("13900000002".into()),
        phone_owner: Some("己某".into()),
        address: None,
    };
    let bare = DetailsFact { name: "庚某".into(), ..DetailsFact::default() };
    let odd = DetailsFact {
        name: "辛·某".into(),
        sex: 0,
        birth_day: Some(0),
        id_number: Some("431399198001010000".into()), // its check character is another
        student_no: Some("L431302".into()),
        phone: Some("0738-8300000".into()),
        phone_owner: Some("本人".into()),
        address: Some("邻县某村".into()),
    };
    let rows = vec![
        row(details()),
        RosterRowFact { grade: Some("一年级".into()), kind: 2, ..row(pupil) },
        RosterRowFact { group: None, ..row(bare) },
        RosterRowFact {
            person: (0x50..0x60).collect(),
            note: Some("慢病".into()),
            grade: Some("一年级".into()),
            ..row(odd)
        },
    ];
    RosterFact { seed: (0x40..0x50).collect(), rows }
}

fn save() -> SaveFact {
    let result = |item, value, unusual| ResultFact { item, value, unusual };
    SaveFact {
        catalogue: 1,
        results: vec![
            result(1, Some(ValueFact::Number(16_020)), false),
            result(2, Some(ValueFact::Number(6_150)), true),
            result(7, Some(ValueFact::Choice(2)), false),
            result(8, Some(ValueFact::Number(180)), true),
            result(9, Some(ValueFact::Absent(1)), false),
            result(10, None, false),
            result(299, Some(ValueFact::Number(-325)), false),
            result(300, Some(ValueFact::Text("窦性心律".into())), false),
            result(301, Some(ValueFact::Text(String::new())), false),
            result(302, Some(ValueFact::Choice(65_535)), true),
            result(303, Some(ValueFact::Absent(5)), false),
            result(65_535, Some(ValueFact::Number(i64::MIN)), false),
        ],
        saw: vec![saw(1, &[1, 300]), saw(2, &[8])],
        findings: vec![
            FindingFact { rule: "adult_bp".into(), code: "grade3".into(), level: 3 },
            FindingFact { rule: "adult_bmi".into(), code: "overweight".into(), level: 1 },
        ],
        reason: "复测".into(),
        lab: None,
    }
}

fn conclusion() -> ConclusionFact {
    let one = |answer: AnswerKind, text: &str, reason: &str| ConcludedFact {
        rule: "adult_bp".into(),
        code: "grade2".into(),
        level: 2,
        answer: answer as u32,
        text: text.into(),
        reason: reason.into(),
        value: "166/102".into(),
        due_days: Some(14),
        ..ConcludedFact::default()
    };
    let own = one(AnswerKind::Added, "腹部包块，待查", "");
    ConclusionFact {
        catalogue: 2,
        findings: vec![
            one(AnswerKind::Accepted, "", ""),
            one(AnswerKind::Reworded, "血压偏高，两周后再量", ""),
            one(AnswerKind::Rejected, "", "换袖带后复测正常"),
            ConcludedFact { rule: String::new(), code: String::new(), level: 3, ..own },
        ],
        advice: "低盐饮食，适量运动".into(),
        seen: vec![reference(1), reference(2)],
        saw: vec![reference(3)],
        reason: "化验结果补报".into(),
        withdrawn: true,
        version: 2,
    }
}

fn lab() -> LabFact {
    let line = |item, low: Option<&str>, high: Option<&str>, said: &str| LabLineFact {
        item,
        low: low.map(str::to_owned),
        high: high.map(str::to_owned),
        said: said.into(),
        is_low_open: false,
        is_high_open: false,
        range: String::new(),
    };
    LabFact {
        tube: "B2609140001".into(),
        laboratory: "示例检验科".into(),
        lines: vec![
            line(1, Some("3.9"), Some("6.1"), "16.02 mmol/L 3.9-6.1"),
            line(2, None, Some("5.2"), "6.15 mmol/L <5.2"),
        ],
    }
}
