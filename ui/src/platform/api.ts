// Generated from crates/protocol by `cargo xtask codegen`. Not to be edited.

export type AbsentWord = { reason: string, zh: string, };

export type AccountAsk = { 
/**
 * The one-time code the coordinator gave.
 */
account_code: string, password: string, };

export type AnswerSaid = { rule: string, code: string, 
/**
 * As the proposed finding has it: several may have one code.
 */
item: string, answer: AnswerWord, 
/**
 * The words, where reworded; the reason, where rejected.
 */
text: string, 
/**
 * C B A where the level is left to the doctor and it is reworded; empty = not graded.
 */
level: string, due_days: number | null, action: string, };

export type AnswerWord = "accept" | "reword" | "reject";

export type AppState = { phase: Phase, device_name: string, slots: Array<Slot>, 
/**
 * Who works now.
 */
operator: Slot | null, capabilities: Capabilities, app_version: string, catalogue_version: number, 
/**
 * Minutes without a key after which the app locks itself.
 */
lock_after_min: number, 
/**
 * This device's clock, `YYYY-MM-DD HH:MM`.
 */
clock: string, 
/**
 * A sentence where the clock is known to be wrong.
 */
clock_warning: string | null, 
/**
 * A sentence where the key files are lost or damaged: no password opens what is here.
 */
key_lost: string | null, 
/**
 * A sentence to show once to whoever works here: healed, restored, recovered.
 */
notice: string | null, };

export type ArrivalKindRow = { 
/**
 * The kind's key.
 */
kind: string, 
/**
 * 生化管.
 */
name: string, 
/**
 * On the list as it is now.
 */
sent: number, 
/**
 * On the list as it was counted against; none where nobody counted.
 */
listed: number | null, arrived: number | null, 
/**
 * Too few without a code that says which.
 */
unnamed: number, 
/**
 * Arrived and on no list.
 */
unlisted: number, 
/**
 * Bound since it was counted: still 在途.
 */
since: number, };

export type ArrivalsView = { 
/**
 * The newest first.
 */
days: Array<HandoverDayRow>, };

export type ArriveAsk = { 
/**
 * The day on the list.
 */
day: string, on: string, 
/**
 * 16:40, or empty.
 */
at: string, received_by: string, counts: Array<ArriveCount>, 
/**
 * Codes on the list that were not there.
 */
missing: Array<string>, 
/**
 * Needed where it was recorded before; else empty.
 */
reason: string, 
/**
 * What was recorded of this day was a mistake: the rest says nothing then.
 */
is_withdrawal: boolean, };

export type ArriveCount = { 
/**
 * The kind's key.
 */
kind: string, arrived: number, };

export type Arrived = { 
/**
 * False where the same was said before: nothing was written.
 */
is_new: boolean, days: Array<HandoverDayRow>, };

export type BandWord = "empty" | "fine" | "unusual" | "impossible";

export type Capabilities = { 
/**
 * An ID card reader is attached (or simulated for training).
 */
id_card_reader: boolean, 
/**
 * What it gives is made up: a file stands for it.
 */
id_card_simulated: boolean, 
/**
 * The host can save a file where a person chooses; else the browser downloads it.
 */
save_files: boolean, 
/**
 * This is the device itself: files go in and out, accounts are made and syncs begun here. A hall's browser has none of
 * it.
 */
at_device: boolean, 
/**
 * This host can open a hall and work with another's.
 */
hall: boolean, 
/**
 * `enrol` is possible here: no database yet.
 */
enrol: boolean, };

export type CardSeen = { name: string, id_number: string, sex: string, birth: string, address: string, };

export type CarryOut = { entries: number, 
/**
 * What was put into the file and what to do with it; to be shown once it is written.
 */
sentence: string, 
/**
 * None: the server has everything.
 */
file: FileOut | null, };

export type ChangeAsk = { person: string, item: string, 
/**
 * The new value (`amend`), or the one that stands (`choose`); empty for `void`.
 */
text: string, reason: string, 
/**
 * The item's values as they were shown (`ValueCell::entry`): where others stand by now, nothing is changed. Empty where
 * nothing was shown.
 */
saw: Array<string>, 
/**
 * An unusual new value is meant; without it `amend` refuses one (`value_unusual`).
 */
confirmed: boolean, };

export type Changed = { entry: string, replaced: number, };

export type Check = { 
/**
 * roster, catalogue, clock, disk, unsent, sync, held, open_a, drafts, left_early ...
 */
key: string, state: CheckState, 
/**
 * What is.
 */
text: string, 
/**
 * What to do; empty where nothing.
 */
step: string, };

export type CheckOutView = { row: PersonRow, missing: Array<Missing>, 
/**
 * A finding of level A is among `open`: who was told, at what time, and that it was read back is to be recorded.
 */
is_unanswered: boolean, 
/**
 * The first repeat still owed.
 */
recheck: RepeatOwed | null, 
/**
 * Findings at level A that nobody answered, a repeat still owed, a conflict, a value that stands against an
 * answer: in words.
 */
open: Array<string>, };

export type CheckState = "good" | "note" | "bad";

export type Checks = { checks: Array<Check>, };

export type Choice = { code: number, key: string, zh: string, 
/**
 * Where several may be chosen, this one stands alone (无症状).
 */
exclusive: boolean, };

export type ClassAsk = { grade: string | null, group: string | null, station: string, };

export type ClassKey = { grade: string | null, group: string | null, people: number, done: number, };

export type ClassRow = { row: PersonRow, 
/**
 * Values of the columns shown (`ClassRows.columns`), in their order; an item not answered is empty.
 */
values: Array<ValueCell | null>, 
/**
 * Items to be answered before this station is done, shown or not: an absence is written for these.
 */
open: Array<string>, 
/**
 * Every mandatory item of the station is answered.
 */
is_done: boolean, 
/**
 * A repeat that is still owed, of this station: 静坐后复测.
 */
recheck: string | null, has_draft: boolean, 
/**
 * 未交回, 同意，除口腔 ...; empty where everything is agreed to, or where nobody is asked.
 */
consent: string, };

export type ClassRows = { classes: Array<ClassKey>, 
/**
 * The items that stand as columns while it is walked: the station's first questions, of those the round pays for.
 */
columns: Array<string>, rows: Array<ClassRow>, };

export type ConcludeAllAsk = { mark: string, };

export type ConcludeAsk = { person: string, 
/**
 * As the view told it: refused where anything has changed since.
 */
mark: string, answers: Array<AnswerSaid>, added: Array<OwnFinding>, advice: string, 
/**
 * Why an earlier version changes.
 */
reason: string, };

export type ConcludeListView = { 
/**
 * Of the list of normals: given back when it is signed.
 */
mark: string, may_sign: boolean, normal: Array<NormalRow>, 
/**
 * To be concluded one by one: to be looked at again first, then by level.
 */
one_by_one: Array<ConcludeRow>, signed: number, look_again: number, conflict: number, 
/**
 * Saves at the stop that wait for their examiner's word.
 */
unconfirmed: number, };

export type ConcludeRow = { row: PersonRow, 
/**
 * As the checkup's: 检查中 待回报 待总检 需再看 ...
 */
state: string, };

export type ConcludedAll = { signed: number, 
/**
 * By name: examined outside the account's units, and left out.
 */
left_out: Array<string>, };

export type ConclusionSigned = { version: number, 
/**
 * False: the same stood already.
 */
new: boolean, findings: number, rejected: number, };

export type ConclusionView = { whole: PersonWhole, 
/**
 * 未总检 已总检 需再看 总检不一致.
 */
state: string, 
/**
 * What was looked at: given back with the signature.
 */
mark: string, 
/**
 * Who works here now is a doctor.
 */
may_sign: boolean, proposed: Array<ProposedFinding>, added: Array<OwnFinding>, 
/**
 * Of A, B and C.
 */
usual_days: Array<LevelDays>, advice: string, 
/**
 * What is otherwise than when it was signed.
 */
changed: Array<string>, 
/**
 * What may be somebody else's: a tube whose code is not of this person by now.
 */
unsure: Array<string>, 
/**
 * Mandatory items without a result, with the reason where there is one.
 */
open: Array<string>, 
/**
 * Every version, the newest last.
 */
signed: Array<SignedVersion>, };

export type ConfirmAsk = { saves: Array<ConfirmSaid>, };

export type ConfirmDone = { confirmed: number, 
/**
 * Amended, withdrawn or confirmed by now: nothing was written about them.
 */
moved: number, };

export type ConfirmRow = { row: PersonRow, 
/**
 * The station's key.
 */
station: string, 
/**
 * The save: given back when it is confirmed.
 */
entry: string, 
/**
 * Its values that stand, in words.
 */
values: Array<string>, day: string, 
/**
 * `2026-09-14 09:12` as the writing device's clock told it; empty where it told none.
 */
at: string, typed_by: string, 
/**
 * Who examined; empty where the save names nobody.
 */
examiner: string, 
/**
 * The examiner has no account that is known to be theirs.
 */
has_no_account: boolean, };

export type ConfirmSaid = { person: string, entry: string, };

export type ConfirmView = { 
/**
 * Of whoever works here.
 */
mine: Array<ConfirmRow>, 
/**
 * Of others.
 */
others: Array<ConfirmRow>, };

export type ConsentAsk = { grade: string | null, group: string | null, list: boolean, };

export type ConsentClass = { grade: string | null, group: string | null, people: number, 
/**
 * Slips that have not come back.
 */
missing: number, };

export type ConsentFileBack = { rows: number, 
/**
 * Without an answer: nothing was written.
 */
blank: number, 
/**
 * People whose slip is known now and was not, or said otherwise.
 */
taken: number, known: number, 
/**
 * People whose refusal a row of their whole class would have taken back: what stands of them stays.
 */
kept: number, 
/**
 * Rows that were not taken.
 */
problems: Array<ConsentProblem>, };

export type ConsentGroup = { station: string, name: string, };

export type ConsentProblem = { sheet: string, row: number, text: string, };

export type ConsentRow = { row: PersonRow, answer: ConsentWord, 
/**
 * In words: 同意，除采血、口腔.
 */
text: string, 
/**
 * Keys of stations refused whole.
 */
stations: Array<string>, 
/**
 * Keys of single items refused.
 */
items: Array<string>, 
/**
 * Two slips say otherwise: the stricter holds until a person decides.
 */
differs: boolean, 
/**
 * What each says that stands: 2026-09-14 甲某 登记：同意.
 */
said: Array<string>, 
/**
 * The entries shown: what is said next replaces these.
 */
saw: Array<string>, 
/**
 * Items that have a value all the same, by name: it is kept, not printed, and a person decides.
 */
in_spite: Array<string>, };

export type ConsentSaveAsk = { slips: Array<ConsentSlip>, };

export type ConsentSaved = { saved: number, known: number, };

export type ConsentSlip = { person: string, answer: ConsentWord, stations: Array<string>, items: Array<string>, saw: Array<string>, };

export type ConsentView = { classes: Array<ConsentClass>, rows: Array<ConsentRow>, 
/**
 * What a family may refuse as a whole: the stations that pupils come to.
 */
groups: Array<ConsentGroup>, };

export type ConsentWord = "given" | "refused" | "missing";

export type ContactDoctor = { account: string, name: string, };

export type ContactRow = { unit: string, 
/**
 * 水洞底镇 慕隆村.
 */
label: string, said: ContactSpoken, 
/**
 * The phone on its reports and slips: its own, else its township's.
 */
printed: string, 
/**
 * What others said who did not know of it, until somebody says it anew.
 */
others: Array<ContactSpoken>, };

export type ContactSetAsk = { unit: string, phone: string, 
/**
 * An account, or the name of somebody who has none.
 */
doctor: string, };

export type ContactSpoken = { 
/**
 * In full: it is there to be called. Empty = nobody said.
 */
phone: string, 
/**
 * By name; empty = nobody said.
 */
doctor: string, 
/**
 * Their account, where they have one.
 */
account: string, };

export type ContactsView = { may_set: boolean, rows: Array<ContactRow>, doctors: Array<ContactDoctor>, };

export type CoverageAsk = { 
/**
 * A group or class whose missing people are listed; none = only the table.
 */
grade: string | null, group: string | null, list: boolean, };

export type CoverageRow = { grade: string | null, group: string | null, listed: number, examined: number, 
/**
 * Everything mandatory answered.
 */
complete: number, missing: number, 
/**
 * Pupils whose consent slip has not come back: their reports wait.
 */
no_consent: number, 
/**
 * (reason in words, people) of those listed and not examined, where one was given.
 */
reasons: Array<ReasonCount>, };

export type CoverageView = { rows: Array<CoverageRow>, 
/**
 * 本区他村 and 外区, examined here.
 */
other_villages: number, outside: number, 
/**
 * The list to call, where asked for.
 */
missing: Array<PersonRow>, };

export type DayChoice = { round: string, unit: string, 
/**
 * The stop's day: ages and due dates go by it, never by the clock.
 */
day: string, stations: Array<StationChoice>, 
/**
 * The stop's line as its team arranges it, on this device; empty = the line that is given, else the catalogue's order. An
 * older program's day has none.
 */
line: Array<LineTableRow>, };

export type DayEndView = { unit_label: string, day: string, people: number, stations: Array<StationCount>, 
/**
 * Came and left before everything mandatory was answered.
 */
left_early: Array<PersonRow>, 
/**
 * Level A of which nobody knows who was told, at what time, and that it was read back.
 */
open_a: Array<PersonRow>, 
/**
 * Owe a repeat on the spot that nobody has taken, whenever they were measured.
 */
rechecks: Array<PersonRow>, 
/**
 * Two current values of one item, to be chosen from.
 */
conflicts: Array<PersonRow>, 
/**
 * Saves that wait for their examiner's word, of everybody at the stop.
 */
unconfirmed: number, 
/**
 * Forms typed on this device and at its hall's browsers that nobody saved, whoever's.
 */
drafts: number, unsent: number, 
/**
 * All green, or what to do.
 */
checks: Array<Check>, };

export type DayView = { 
/**
 * None until somebody confirmed the day.
 */
choice: DayChoice | null, 
/**
 * What this device proposes: the last stop, the clock's date within the round.
 */
proposal: DayChoice | null, rounds: Array<RoundRow>, units: Array<UnitRow>, examiners: Array<ExaminerRow>, 
/**
 * Followed where the day has no line of its own.
 */
given: GivenLine | null, names: Array<PlaceName>, 
/**
 * Whoever works here may register people and record results; else they look, and say what was done about findings.
 */
may_record: boolean, };

export type Draft = { person: string, station: string, values: Array<Typed>, 
/**
 * The item the cursor was in.
 */
focus: string | null, 
/**
 * When last touched; the host fills it in.
 */
at: string, 
/**
 * Masked, for the list; the host fills it in.
 */
name: string, 
/**
 * What its writer had seen: a value that came since is no more replaced by it than by a form open all the while.
 */
saw: Array<string>, 
/**
 * Day and stop it was begun at, in words, where they are not today's: it is not saved as of today's. The host fills it in.
 */
other_stop: string, };

export type Drafts = { drafts: Array<Draft>, 
/**
 * Whose they are, each once: two people of one masked name are told apart by these. Nobody who is not on the device.
 */
people: Array<PersonRow>, 
/**
 * Who was measured on this device and owes the repeat, first who was measured first; at a hall's browser those of its
 * stations. None before a day is confirmed.
 */
owed: Array<OwedRow>, };

export type EarlierAnswer = { 
/**
 * With its unit, as it was signed.
 */
value: string, answer: AnswerWord, 
/**
 * Its words, or why it was rejected.
 */
said: string, 
/**
 * The level it was graded at; empty = not graded.
 */
level: string, };

export type EnrolAsk = { server_url: string, code: string, ca_pin: string, 
/**
 * The first operator's one-time account code; none = a local account of this name, for training.
 */
account_code: string | null, account: string, password: string, };

export type ExaminerRow = { examiner: string, name: string, title: string, };

export type FieldProblem = { 
/**
 * The field's name in the ask.
 */
field: string, code: string, text: string, 
/**
 * False: asks; true: cannot be saved so.
 */
is_refusal: boolean, };

export type FileIn = { name: string, 
/**
 * Base64 of its bytes.
 */
content: string, };

export type FileOut = { 
/**
 * Without anything personal.
 */
name: string, media_type: string, 
/**
 * Base64.
 */
content: string, };

export type FindAsk = { text: string, 
/**
 * Everyone this device holds, or only today's stop first.
 */
stop_first: boolean, };

export type FindingRow = { rule: string, code: string, 
/**
 * N C B A.
 */
level: string, text: string, 
/**
 * Item keys it rests on.
 */
item: string | null, value: string, round: string, due_days: number | null, };

export type FormAsk = { person: string, station: string, };

export type FormItem = { item: string, is_mandatory: boolean, 
/**
 * Current values in this round; two are a conflict.
 */
current: Array<ValueCell>, 
/**
 * The last earlier round's value, to stand beside the field.
 */
last: ValueCell | null, };

export type FormView = { row: PersonRow, station: string, items: Array<FormItem>, 
/**
 * Of items of this form.
 */
proposed: Array<Proposal>, 
/**
 * Names of items that the family refused: not in `items`.
 */
refused: Array<string>, 
/**
 * What was seen when the form opened; goes back with `save`.
 */
saw: Array<string>, draft: Draft | null, 
/**
 * A repeat that is still owed: 静坐后复测.
 */
recheck: RepeatOwed | null, still: StillGrave | null, };

export type Forms = { version: number, items: Array<ItemForm>, stations: Array<StationForm>, packages: Array<PackageForm>, absent: Array<AbsentWord>, tables: Array<TableName>, };

export type Found = { rows: Array<PersonRow>, 
/**
 * True where the text names exactly one person beyond doubt (a whole ID number, 学籍号 or a label's code).
 */
exact: boolean, 
/**
 * More than the list shows.
 */
more: boolean, };

export type GivenLine = { 
/**
 * Of this stop, and of no other.
 */
round: string, unit: string, line: Array<LineTableRow>, };

export type GuestKind = "device" | "browser";

export type HandoutDone = { recorded: number, 
/**
 * Recorded before: nothing was written.
 */
known: number, 
/**
 * By name: examined outside the account's units, and left out.
 */
left_out: Array<string>, };

export type HandoutPrintAsk = { people: Array<string>, 
/**
 * Only versions that nobody has in hand.
 */
due: boolean, 
/**
 * One person's, from their own screen: a preview where none is final.
 */
preview: boolean, 
/**
 * As in `HandoutsAsk`.
 */
unit: string | null, };

export type HandoutPrinted = { file: FileOut, 
/**
 * By name: their final reports are not in it, as in `HandoutDone`.
 */
left_out: Array<string>, };

export type HandoutReceivedAsk = { people: Array<string>, 
/**
 * 本人, 家属, 班主任, a name.
 */
taken_by: string, 
/**
 * As in `HandoutsAsk`.
 */
unit: string | null, };

export type HandoutRow = { person: string, name: string, group: string, 
/**
 * not_final not_given given holds_old holds_old_not_final.
 */
state: string, state_zh: string, 
/**
 * The version that is final now.
 */
version: number | null, 
/**
 * It left a printer, as somebody recorded.
 */
printed: boolean, 
/**
 * The newest version somebody signed for.
 */
holds: number | null, received_on: string, taken_by: string, };

export type HandoutSheetAsk = { is_workbook: boolean, 
/**
 * As in `HandoutsAsk`.
 */
unit: string | null, };

export type HandoutUnit = { unit: string, 
/**
 * 水洞底镇 慕隆村.
 */
label: string, };

export type HandoutsAsk = { 
/**
 * Another village or school of this device's; none = today's stop.
 */
unit: string | null, };

export type HandoutsView = { unit: string, 
/**
 * Its code.
 */
code: string, 
/**
 * Those one can choose from, this one among them.
 */
units: Array<HandoutUnit>, may_record: boolean, not_final: number, not_given: number, given: number, holds_old: number, rows: Array<HandoutRow>, };

export type HandoverDayRow = { day: string, kinds: Array<ArrivalKindRow>, 
/**
 * Empty where nobody has recorded it.
 */
arrived_on: string, 
/**
 * 16:40; may be empty.
 */
at: string, received_by: string, 
/**
 * Two records do not agree.
 */
is_several: boolean, missing: Array<MissingTubeRow>, };

export type HeldRow = { entry: string, unit_label: string, day: string | null, station: string, 
/**
 * Why, in words.
 */
reason: string, 
/**
 * What to do.
 */
step: string, decided: boolean | null, };

export type HeldRows = { rows: Array<HeldRow>, };

export type HubGuest = { kind: GuestKind, 
/**
 * A device's name; at a browser who is signed in, empty while its door is shut.
 */
name: string, 
/**
 * Keys of the stations chosen there.
 */
stations: Array<string>, connected: boolean, 
/**
 * Seconds since it was heard from.
 */
silent_s: number, 
/**
 * Entries the server is not known to have, as a device says; a browser keeps none.
 */
unsent: number | null, 
/**
 * A device's clock minus this one's, seconds; browsers work by this one's.
 */
clock_offset_s: number | null, };

export type HubJoinAsk = { 
/**
 * As the hub's screen says it, typed or scanned: `ADDRESS:PORT/DEVICE`.
 */
text: string, };

export type HubJoined = { 
/**
 * `ADDRESS:PORT`.
 */
address: string, 
/**
 * What people call that device, where it is known here.
 */
name: string, 
/**
 * The last look went well.
 */
reached: boolean, 
/**
 * Entries given and taken since it was joined.
 */
given: number, taken: number, 
/**
 * Streams of which neither side took the other's: they wait for the server.
 */
waiting: number, };

export type HubOpen = { 
/**
 * `https://ADDRESS:PORT`: what somebody types into a browser.
 */
url: string, 
/**
 * A browser's one-time code, four times four signs; none = the screens' files are not here, and browsers cannot come.
 */
code: string | null, 
/**
 * Seconds for which it is good.
 */
code_valid_s: number, 
/**
 * Address, fingerprint and code as a QR: rows of `#` (dark) and `.`; empty without a code.
 */
code_qr: Array<string>, 
/**
 * SHA-256 of the certificate as browsers print it, `AB:CD:...`.
 */
fingerprint: string, 
/**
 * `ADDRESS:PORT/DEVICE`: what another device types or scans.
 */
join: string, join_qr: Array<string>, guests: Array<HubGuest>, };

export type HubPhase = "alone" | "hub" | "guest";

export type HubView = { phase: HubPhase, 
/**
 * Why this device cannot be a hub now, with what to do about it; none = it can.
 */
hindrance: string | null, 
/**
 * What went wrong last, with a next step.
 */
sentence: string | null, hub: HubOpen | null, joined: HubJoined | null, };

export type InputKind = "number" | "choice" | "several" | "text" | "date" | "teeth";

export type ItemForm = { item: string, name: string, short: string, unit: string, kind: InputKind, 
/**
 * Computed, never typed.
 */
is_derived: boolean, decimals: number, 
/**
 * Beyond it is impossible; for colour only, the verdict is the host's.
 */
hard_min: string | null, hard_max: string | null, chars_max: number, choices: Array<Choice>, 
/**
 * The item that is typed right after this one (systolic -> diastolic).
 */
pair: string | null, 
/**
 * A hidden question is not asked, and its value not saved.
 */
shown_if: ShownIf | null, 
/**
 * What to say or do at the question; empty where it speaks for itself.
 */
hint: string, 
/**
 * Words that may be put together from the phrase book.
 */
has_phrases: boolean, };

export type ItemHistory = { item: string, current: Array<ValueCell>, 
/**
 * Every value ever, newest last.
 */
ever: Array<ValueCell>, };

export type ItemVerdict = { item: string, band: BandWord, 
/**
 * What is odd, in words; empty where fine.
 */
text: string, 
/**
 * A likely slip: the value to take with one key (165 for 1.65 m). Never applied by itself.
 */
suggestion: string | null, 
/**
 * The class in words as one leaves the field: 血压 2 级.
 */
class_text: string, level: string, };

export type JudgeAsk = { person: string, station: string, values: Array<Typed>, };

export type Judged = { items: Array<ItemVerdict>, 
/**
 * Values computed from what was typed: BMI, spherical equivalent, DMFT.
 */
derived: Array<Typed>, 
/**
 * 静坐后复测 and why.
 */
recheck: RepeatOwed | null, still: StillGrave | null, };

export type LabAlarmRow = { person: string, name: string, phone: string, 
/**
 * What was found, each with what to do.
 */
found: Array<string>, };

export type LabColumn = { heading: string, 
/**
 * A few cells below it.
 */
samples: Array<string>, 
/**
 * Every text in it once; empty where there are too many to be analytes.
 */
distinct: Array<string>, };

export type LabDone = { reports: number, applied: number, results: number, amended: number, unchanged: number, redraw: number, 
/**
 * The very same file was taken in before.
 */
is_known_file: boolean, 
/**
 * Results taken whose printed range is nonsense: `第 3 行 B0001 ALT`.
 */
doubts: Array<string>, 
/**
 * Results taken that are seldom true, each with what was perhaps meant.
 */
unusual: Array<string>, 
/**
 * Results not written: the family refused the item.
 */
refused: Array<string>, 
/**
 * To be told at once: nobody has answered these findings yet.
 */
alarms: Array<LabAlarmRow>, view: LabView, };

export type LabHeldLine = { analyte: string, 
/**
 * Value and unit.
 */
cell: string, 
/**
 * Why, where its report does not say so already.
 */
text: string, };

export type LabHeldRow = { id: string, 
/**
 * The round it waits in; empty where that is today's.
 */
round_label: string, laboratory: string, file: string, 
/**
 * From 1; 0 = the file as a whole.
 */
row: number, 
/**
 * The tube's code as reported.
 */
code: string, 
/**
 * Why it waits, and what to do.
 */
text: string, 
/**
 * Somebody has to say again which column, or which item, is what.
 */
is_columns: boolean, 
/**
 * It may be taken as it is: a value that was corrected before stands again.
 */
can_accept: boolean, 
/**
 * The lines of it that are why.
 */
lines: Array<LabHeldLine>, };

export type LabImportAsk = { 
/**
 * None = the only one known here.
 */
laboratory: string | null, 
/**
 * How its files are read, where that is told anew: JSON in Base64.
 */
mapping: FileIn | null, file: FileIn, };

export type LabItemRow = { item: string, name: string, 
/**
 * 生化管.
 */
tube: string, 
/**
 * Units that are declared for it, its own first; none where it is an answer.
 */
units: Array<string>, };

export type LabLook = { is_hl7: boolean, 
/**
 * Of HL7 one, of the codes in OBX-3.
 */
columns: Array<LabColumn>, items: Array<LabItemRow>, 
/**
 * How this laboratory's files are read till now, JSON; empty where nobody has said, or two said otherwise.
 */
mapping: string, 
/**
 * Two said otherwise: every heading is to be said anew.
 */
is_told_twice: boolean, };

export type LabLookAsk = { 
/**
 * Empty where it has no name yet.
 */
laboratory: string, file: FileIn, };

export type LabResolveAsk = { id: string, 
/**
 * The tube it is of; none = it is left out.
 */
code: string | null, 
/**
 * Taken as it is, of the code it came with (`LabHeldRow::can_accept`).
 */
is_accepted: boolean, };

export type LabStrayedRow = { 
/**
 * Empty for today's round.
 */
round_label: string, person: string, name: string, code: string, 
/**
 * What it is, and what to do.
 */
text: string, };

export type LabView = { 
/**
 * Names of laboratories whose files can be read here.
 */
laboratories: Array<string>, held: Array<LabHeldRow>, 
/**
 * Tubes whose results stand with somebody whom their code is not of by now.
 */
strayed: Array<LabStrayedRow>, states: Array<TubeStates>, };

export type LevelDays = { level: string, due_days: number | null, };

export type LineTableRow = { 
/**
 * Station keys, in the order in which they are done there.
 */
stations: Array<string>, 
/**
 * Not there today. Whoever was not at it is unexamined there all the same.
 */
is_away: boolean, };

export type Missing = { station: string, items: Array<string>, };

export type MissingTubeRow = { code: string, name: string, 
/**
 * Whose; none where that is not known, or not seen, here.
 */
person: string | null, 
/**
 * 清点不符, 已回报, 需重采.
 */
state_zh: string, 
/**
 * Nobody has decided about it.
 */
is_open: boolean, };

export type NormalRow = { row: PersonRow, 
/**
 * All their values, in words.
 */
values: Array<string>, 
/**
 * Values there are in all.
 */
of: number, };

export type Nothing = Record<symbol, never>;

export type OwedRow = { row: PersonRow, 
/**
 * When the reading was taken, as the clock of the device that wrote it told; empty where it told none.
 */
at: string, repeat: RepeatOwed, };

export type OwnFinding = { 
/**
 * C B A.
 */
level: string, text: string, 
/**
 * Days until the first follow-up; none = as usual at this level.
 */
due_days: number | null, 
/**
 * What to do, and where to go.
 */
action: string, };

export type PackageForm = { is_pupil: boolean, name: string, mandatory: Array<string>, optional: Array<string>, };

export type PasswordAsk = { old: string, new: string, };

export type PersonAsk = { person: string, };

export type PersonPaper = { 
/**
 * The version that is final; none = a preview, or nothing.
 */
version: number | null, 
/**
 * It can be printed, as final or as a preview.
 */
may_print: boolean, 
/**
 * Why it is no final one, in words.
 */
reasons: Array<string>, };

export type PersonRow = { person: string, name: string, 
/**
 * 男 女 or empty.
 */
sex: string, 
/**
 * Years on the stop's day.
 */
age: number | null, birth: string | null, id_number: string | null, phone: string | null, unit_label: string, grade: string | null, group: string | null, is_pupil: boolean, 
/**
 * 名单内, 名单外, 名单外·本区, 名单外·外区.
 */
standing: string, 
/**
 * Mandatory items answered and in all, in today's round.
 */
done: number, of: number, 
/**
 * Worst level found in today's round: N C B A.
 */
worst: string, };

export type PersonWhole = { row: PersonRow, 
/**
 * 已登记 检查中 现场完成 待回报 待总检 已总检 需再看 报告已发, in today's round.
 */
state: string, stations: Array<StationProgress>, findings: Array<FindingRow>, 
/**
 * Of today's round at level A, in words with what to do: nobody knows who was told, at what time, and that it was read back.
 */
unanswered: Array<string>, items: Array<ItemHistory>, 
/**
 * An ID number taken over and not confirmed yet.
 */
id_number_is_proposed: boolean, };

export type Phase = "empty" | "locked" | "open";

export type PhraseBook = { phrases: Array<PhraseForm>, };

export type PhraseForm = { phrase: string, items: Array<string>, text: string, 
/**
 * Every way in which letters find it, with a space between them.
 */
initials: string, 
/**
 * A B C, or empty where no level goes with it.
 */
level: string, 
/**
 * Nothing abnormal.
 */
is_normal: boolean, 
/**
 * What to do at once; empty where nothing is.
 */
hint: string, };

export type PlaceName = { station: string, name: string, };

export type PrintAsk = { kind: PrintKind, 
/**
 * Guide sheet and labels: these people; empty = the stop's roster.
 */
people: Array<string>, 
/**
 * Whole ID numbers, with this purpose; none = masked.
 */
purpose: string | null, 
/**
 * Of labels for tubes so many of each kind; 0 for all else.
 */
sets: number, 
/**
 * Which summary; none for all else.
 */
summary: SummaryFileAsk | null, };

export type PrintKind = "results" | "findings" | "coverage_sheet" | "brief" | "guide_sheet" | "day_sheet" | "handover" | "seat_cards" | "labels" | "tube_labels" | "summary";

export type Proposal = { item: string, 
/**
 * Keys of the choices.
 */
choices: Array<string>, 
/**
 * What they are made of: 吸烟状况：吸烟.
 */
because: Array<string>, };

export type ProposedFinding = { rule: string, code: string, 
/**
 * The key of the item it rests on; empty where there is none.
 */
item: string, 
/**
 * C B A.
 */
level: string, text: string, value: string, action: string, due: string | null, 
/**
 * The rule, its standard and year.
 */
standard: string, 
/**
 * The tables its numbers stand in.
 */
tables: Array<string>, 
/**
 * What the conclusion that stands says of it.
 */
answer: AnswerWord | null, 
/**
 * Its words, or why it was rejected.
 */
said: string, 
/**
 * How grave it is the doctor says, with other words for it.
 */
is_left_to_the_doctor: boolean, 
/**
 * What the conclusion that stands says of that.
 */
graded: OwnFinding | null, 
/**
 * What that conclusion says of another value than the one here.
 */
earlier: EarlierAnswer | null, 
/**
 * What was seen, in words for the person.
 */
seen_by_person: string, 
/**
 * What the person is to do, as the table says; empty where it says nothing.
 */
to_person: string, };

export type ReasonCount = { reason: string, people: number, };

export type ReferralsAsk = { 
/**
 * As `TasksView::sheet_unit` has it; none = today's stop.
 */
unit: string | null, 
/**
 * Only this person's, wherever they are counted.
 */
person: string | null, 
/**
 * Another round; none = today's.
 */
round: string | null, };

export type RegisterAsk = { name: string, id_number: string, student_no: string, 
/**
 * `YYYY-MM-DD` or eight digits.
 */
birth: string, 
/**
 * 男 女 or empty.
 */
sex: string, phone: string, is_pupil: boolean, 
/**
 * Where they live or study: a unit's code, where known.
 */
home_unit: string | null, 
/**
 * As told, where no unit fits.
 */
home_text: string, grade: string, group: string, 
/**
 * A person was shown who may be the same, and it is somebody else.
 */
is_new_for_sure: boolean, 
/**
 * A person was shown, and it is this one: what was typed and is not known of them yet is kept.
 */
same_as: string | null, };

export type RegisterHints = { 
/**
 * From the ID number.
 */
birth: string | null, sex: string | null, age: number | null, problems: Array<FieldProblem>, 
/**
 * People who may be the same.
 */
duplicates: Array<PersonRow>, };

export type Registered = { person: string, row: PersonRow, };

export type RepeatOwed = { 
/**
 * The items that it fills.
 */
items: Array<string>, 
/**
 * Where it is taken.
 */
station: string, 
/**
 * What to do.
 */
text: string, 
/**
 * What to ask at once, and what to do where it is answered with yes.
 */
urgent: string, 
/**
 * The shortest rest before it, minutes; 0 = at once.
 */
rest_min: number, 
/**
 * On the button that leads there.
 */
go: string, 
/**
 * Of the person by `{name}`, and from when on it is taken by `{until}`.
 */
wait: string, 
/**
 * In the list of those who wait: when it was measured by `{at}`, from when on it is taken by `{until}`.
 */
since: string, 
/**
 * There, while it is not to be taken yet: how long still by `{n}`, minutes; empty where it is taken at once.
 */
left: string, 
/**
 * There, once it may be taken: when it was measured by `{at}`.
 */
ready: string, 
/**
 * What others may do meanwhile; empty where it is taken at once.
 */
meanwhile: string, };

export type RosterAnswer = { files: number, rows: number, accepted: number, merged: number, no_longer_listed: number, problems: Array<RosterProblem>, 
/**
 * The workbook for the office, with cells marked.
 */
problem_workbook: FileOut | null, };

export type RosterAsk = { round: string, 
/**
 * None = as the file says.
 */
unit: string | null, files: Array<FileIn>, 
/**
 * Cells put right on the screen; the files are read with them.
 */
corrections: Array<RosterCorrection>, };

export type RosterCorrection = { 
/**
 * As the problem names file, sheet and cell.
 */
file: string, sheet: string, cell: string, text: string, };

export type RosterProblem = { file: string, sheet: string, row: number, 
/**
 * Name and birth date in that row; empty where it is nobody's.
 */
who: string, column: string, code: string, 
/**
 * In words.
 */
text: string, 
/**
 * The cell to put right, such as `D12`, and what stands there; none where that is not done in a cell.
 */
cell: string | null, there: string | null, };

export type RoundRow = { round: string, name: string, from: string, to: string, };

export type SaveAsk = { person: string, station: string, values: Array<Typed>, saw: Array<string>, 
/**
 * For this person only; none = the day's choice.
 */
examiner: string | null, 
/**
 * Made by the screen before the first try: a second press changes nothing.
 */
save_id: string, };

export type Saved = { 
/**
 * The time on this device's clock.
 */
saved_at: string, 
/**
 * Values written; 0 where nothing had changed.
 */
results: number, findings: Array<FindingRow>, recheck: RepeatOwed | null, 
/**
 * What a person has to look at, in words: a value typed to a question that is not asked, which was not saved,
 * and a value that stands against an answer.
 */
open: Array<string>, row: PersonRow, 
/**
 * The entry written; empty where nothing was.
 */
entry: string, 
/**
 * Items refused, with why; nothing was saved where this is not empty.
 */
refused: Array<ItemVerdict>, };

export type ShownIf = { item: string, keys: Array<string>, };

export type SignedVersion = { version: number, day: string | null, doctor: string, stands: boolean, withdrawn: boolean, reason: string, 
/**
 * As they go onto the report.
 */
findings: Array<string>, rejected: Array<string>, advice: string, };

export type Slot = { 
/**
 * Opaque; for `unlock`.
 */
slot: string, 
/**
 * The account, as the operator knows it.
 */
account: string, name: string, 
/**
 * Seconds to wait before the next try counts; 0 = now.
 */
wait_s: number, };

export type StationChoice = { 
/**
 * The station's key, or `conclude`: 总检 is done here.
 */
station: string, examiner: string | null, };

export type StationCount = { station: string, name: string, people: number, results: number, };

export type StationForm = { station: string, name: string, items: Array<string>, 
/**
 * A digit chooses and goes on to the next question.
 */
digit_goes_on: boolean, 
/**
 * Tubes are bound here.
 */
draws_tubes: boolean, 
/**
 * Items whose values a laboratory gives back for a tube drawn here: nobody has to fill them in at the station.
 */
from_tubes: Array<string>, };

export type StationProgress = { station: string, done: number, of: number, 
/**
 * An item with a reason instead of a value.
 */
absent: number, };

export type StillGrave = { 
/**
 * What to do.
 */
text: string, 
/**
 * What to ask at once.
 */
urgent: string, };

export type SummaryAsk = { unit: string, 
/**
 * village school township district; empty with an empty unit.
 */
kind: string, 
/**
 * Which of its groups, by its place in the list; 0 = everybody.
 */
group: number, 
/**
 * Numbers of fewer than five people: for health staff alone.
 */
shows_small: boolean, };

export type SummaryChoice = { unit: string, kind: string, name: string, 
/**
 * 村汇总, 学校汇总, 乡镇汇总, 区域学校汇总.
 */
kind_zh: string, };

export type SummaryFileAsk = { unit: string, kind: string, shows_small: boolean, is_workbook: boolean, };

export type SummaryGroupRow = { name: string, people: number, };

export type SummaryPair = { left: string, right: string, };

export type SummaryRate = { heading: string, name: string, found: string, measured: string, rate: string, left_out: string, };

export type SummaryView = { title: string, unit: string, kind: string, name: string, as_of: string, note: string, choices: Array<SummaryChoice>, overview: Array<SummaryPair>, problems: Array<SummaryPair>, groups: Array<SummaryGroupRow>, rates: Array<SummaryRate>, 
/**
 * Rates of which nobody was examined.
 */
unmeasured: Array<string>, };

export type SyncPhase = "idle" | "running" | "offline" | "failed";

export type SyncState = { phase: SyncPhase, saved: number, unsent: number, 
/**
 * Brought to the server by another device, by the server's signed word; no longer in `unsent`, and not yet in `uploaded`.
 */
carried: number, 
/**
 * On the server, others' too, by its signed answers; what it lost and nobody brought back is not among them.
 */
uploaded: number, backed_up: number, 
/**
 * Held entries nobody decided about, and conflicts at this stop.
 */
attention: number, 
/**
 * Of these the people at this stop with values that contradict each other.
 */
conflicts: number, 
/**
 * People of today's round seen here with a level A of whom nobody has said yet that they were told; none before a day is set.
 */
urgent: number, 
/**
 * Who it is, where it is one.
 */
urgent_person: string | null, synced_at: string | null, 
/**
 * Another number whenever the line that another device gave is another; 0 = none was given.
 */
line: number, 
/**
 * The sentence of the last failure or healing, with a next step.
 */
sentence: string | null, 
/**
 * A sentence to show once, on whichever screen: what a sync healed. Given to `sync_state` alone, and once.
 */
notice: string | null, };

export type TableName = { stations: Array<string>, name: string, };

export type TaskAct = { act: string, 
/**
 * The digit on paper.
 */
code: string, name: string, };

export type TaskChain = { number: string, 
/**
 * Empty for today's.
 */
round: string, level: string, 
/**
 * Findings in words, each with its value.
 */
lines: Array<string>, action: string, state: string, bucket: string, bucket_zh: string, day: string | null, due: string | null, differs: boolean, 
/**
 * A level A of which it is not known who was told, when, and read back.
 */
awaits_answer: boolean, steps: Array<TaskStep>, may: Array<TaskAct>, };

export type TaskChainsAsk = { person: string | null, number: string | null, };

export type TaskChainsView = { person: string, name: string, who: string, phone: string, today: string, may_record: boolean, chains: Array<TaskChain>, };

export type TaskCountRow = { key: string, 
/**
 * Empty = nobody yet.
 */
name: string, counts: TaskCounts, states: TaskStates, };

export type TaskCounts = { due: number, overdue: number, done: number, lost: number, gone: number, 
/**
 * Among all of them, those of which two people say otherwise.
 */
differs: number, };

export type TaskHeldAsk = { id: string, };

export type TaskHeldCells = { name: string, day: string, way: string, result: string, next: string, note: string, told: string, at: string, is_read_back: boolean, };

export type TaskHeldRow = { id: string, file: string, row: number, number: string, text: string, 
/**
 * Whose number it is, where it is known here.
 */
person: string | null, cells: TaskHeldCells, };

export type TaskListRow = { number: string, person: string, name: string, 
/**
 * What tells the person from others of the name: sex, birth date, the end of the ID number.
 */
who: string, phone: string, group: string, 
/**
 * B A.
 */
level: string, state: string, 
/**
 * due overdue done lost gone.
 */
bucket: string, bucket_zh: string, due: string | null, differs: boolean, owner: string, seen: string, action: string, };

export type TaskRecordAsk = { number: string, 
/**
 * An act's word or its digit on paper.
 */
act: string, 
/**
 * 1 face to face, 2 by phone, 3 at home, 4 by message, 5 through the school; empty = not said.
 */
way: string, day: string, 
/**
 * Empty = none.
 */
next: string, told: string, 
/**
 * 14:05.
 */
at: string, read_back: boolean, place: string, note: string, 
/**
 * Steps in whose place it stands.
 */
replaces: Array<string>, reason: string, 
/**
 * Also where a step of a later day stands: somebody has seen it.
 */
anyway: boolean, };

export type TaskRecorded = { 
/**
 * False: the same stood already.
 */
is_new: boolean, state: string, due: string | null, name: string, };

export type TaskSheetAsk = { 
/**
 * To be filled in, or for paper.
 */
is_workbook: boolean, 
/**
 * As `TasksView::sheet_unit` has it; none = today's stop.
 */
unit: string | null, 
/**
 * Another round; none = today's.
 */
round: string | null, };

export type TaskSheetBack = { rows: number, blank: number, taken: number, known: number, held: number, };

export type TaskStates = { open: number, told: number, referred: number, arrived: number, diagnosed: number, treated: number, in_care: number, controlled: number, cleared: number, lost: number, };

export type TaskStep = { 
/**
 * To name it where it is put right.
 */
entry: string, day: string | null, by: string, act: string, 
/**
 * What was said, in words: 已转诊 区人民医院 电话 下次 2026-10-01.
 */
words: string, 
/**
 * Why it stands in another's place.
 */
reason: string, stands: boolean, 
/**
 * No later step has seen it.
 */
is_head: boolean, 
/**
 * It leads nowhere since a step before it was put right.
 */
is_idle: boolean, 
/**
 * The same in its parts, to be put right: digit on paper, way's digit, and so on.
 */
code: string, way: string, told: string, 
/**
 * 14:05.
 */
at: string, read_back: boolean, place: string, next: string | null, note: string, 
/**
 * What may be said in its place; none where something stands in its place already.
 */
may: Array<TaskAct>, 
/**
 * Whatever is said in its place has to say who was told, when, and read back.
 */
awaits_answer: boolean, };

export type TasksAsk = { 
/**
 * due overdue done lost gone, or untold = level A of whom nobody has said yet that they were told; none = all.
 */
which: string | null, 
/**
 * An account; empty = nobody has said a step yet; none = whoever.
 */
owner: string | null, 
/**
 * Another unit of this device's; empty = all of them; none = today's stop.
 */
unit: string | null, 
/**
 * Another round; none = today's.
 */
round: string | null, };

export type TasksElsewhere = { round: string, name: string, open: number, 
/**
 * Of them, level A of whom nobody has said that they were told.
 */
untold: number, };

export type TasksView = { unit: string, 
/**
 * Of which a 随访单 is made; none = several units that have no one above them here.
 */
sheet_unit: string | null, today: string, 
/**
 * Who works here may say a step.
 */
may_record: boolean, all: TaskCounts, units: Array<TaskCountRow>, 
/**
 * What is overdue and untouched is its unit's: a row with the unit's code and name.
 */
owners: Array<TaskCountRow>, rows: Array<TaskListRow>, 
/**
 * Rows that found no room.
 */
left_out: number, held: Array<TaskHeldRow>, 
/**
 * The last round first; of the same units.
 */
elsewhere: Array<TasksElsewhere>, };

export type TubeBindAsk = { person: string, 
/**
 * As scanned off the tube.
 */
code: string, 
/**
 * The kind's key.
 */
kind: string, 
/**
 * Needed where the code is bound otherwise already; else empty.
 */
reason: string, };

export type TubeRow = { 
/**
 * The kind's key.
 */
kind: string, 
/**
 * 生化管.
 */
name: string, 
/**
 * The key of the station that draws it.
 */
station: string, state: TubeStateWord, 
/**
 * 待回报.
 */
state_zh: string, 
/**
 * Codes bound to this person, in their order.
 */
codes: Array<string>, 
/**
 * 在途, 已送达, 清点不符; empty unless it is awaited.
 */
way_zh: string, };

export type TubeSaid = { 
/**
 * False where the same was said before: nothing was written.
 */
is_new: boolean, tubes: Array<TubeRow>, };

export type TubeSpoilAsk = { person: string, code: string, reason: string, };

export type TubeStateWord = "not_drawn" | "awaited" | "reported" | "redraw";

export type TubeStates = { name: string, not_drawn: number, awaited: number, 
/**
 * Of those awaited: 在途, 已送达, 清点不符.
 */
on_the_way: number, arrived: number, undecided: number, reported: number, 
/**
 * Of those reported: 部分回报.
 */
partly: number, redraw: number, };

export type Tubes = { tubes: Array<TubeRow>, };

export type TubesAsk = { person: string, };

export type Typed = { item: string, text: string, 
/**
 * The reason's key where there is no value.
 */
absent: string | null, 
/**
 * An unusual value that was asked about and confirmed.
 */
confirmed: boolean, };

export type UnitRow = { unit: string, 
/**
 * 水洞底镇 慕隆村.
 */
label: string, is_school: boolean, 
/**
 * People on the roster of the round chosen.
 */
listed: number, };

export type UnlockAsk = { slot: string, password: string, };

export type ValueCell = { 
/**
 * As printed: 128, 1+, 未见异常, 拒检.
 */
text: string, 
/**
 * The reason's key where there is no value.
 */
absent: string | null, unusual: boolean, current: boolean, 
/**
 * Another current value differs: a person has to decide.
 */
conflict: boolean, held: boolean, 
/**
 * 高 低 阳 or empty: by the findings that rest on it.
 */
arrow: string, 
/**
 * The range that marks it, in words: the laboratory's own where it says something of the value, else ours; empty where
 * there is none.
 */
range: string, 
/**
 * The laboratory's own; empty where it printed none.
 */
range_own: string, 
/**
 * Ours; empty where no table has one.
 */
range_ours: string, round: string, day: string | null, unit_label: string, station: string, operator: string, examiner: string, 
/**
 * Whether the examiner stands behind it, and by whose account where they confirmed it.
 */
word: WordState, confirmed_by: string, 
/**
 * `09:12` in China as the writing device's clock told it; empty where it told none.
 */
at: string, 
/**
 * The device that wrote it, by name: of values that stand against each other, where its enrolment is known here; else empty.
 */
device: string, 
/**
 * The entry, for amend, void, choose.
 */
entry: string, };

export type WatchAsk = { 
/**
 * The mark last told; 0 = none yet, answered at once.
 */
since: number, };

export type Watched = { mark: number, 
/**
 * This device's clock, `YYYY-MM-DD HH:MM`: a page that stays open over midnight has the new day from here.
 */
clock: string, };

export type WordState = "not_asked" | "own" | "awaited" | "confirmed";

export interface Commands {
  state: { ask: Nothing; answer: AppState };
  enrol: { ask: EnrolAsk; answer: AppState };
  unlock: { ask: UnlockAsk; answer: AppState };
  lock: { ask: Nothing; answer: AppState };
  account_add: { ask: AccountAsk; answer: AppState };
  password_change: { ask: PasswordAsk; answer: Nothing };
  forms: { ask: Nothing; answer: Forms };
  phrases: { ask: Nothing; answer: PhraseBook };
  day: { ask: Nothing; answer: DayView };
  day_set: { ask: DayChoice; answer: DayView };
  ready: { ask: Nothing; answer: Checks };
  roster_import: { ask: RosterAsk; answer: RosterAnswer };
  find: { ask: FindAsk; answer: Found };
  person: { ask: PersonAsk; answer: PersonWhole };
  register_check: { ask: RegisterAsk; answer: RegisterHints };
  register: { ask: RegisterAsk; answer: Registered };
  card_read: { ask: Nothing; answer: CardSeen };
  form: { ask: FormAsk; answer: FormView };
  judge: { ask: JudgeAsk; answer: Judged };
  save: { ask: SaveAsk; answer: Saved };
  draft_put: { ask: Draft; answer: Nothing };
  draft_drop: { ask: FormAsk; answer: Nothing };
  drafts: { ask: Nothing; answer: Drafts };
  amend: { ask: ChangeAsk; answer: Changed };
  choose: { ask: ChangeAsk; answer: Changed };
  void: { ask: ChangeAsk; answer: Changed };
  conclusion: { ask: PersonAsk; answer: ConclusionView };
  conclude: { ask: ConcludeAsk; answer: ConclusionSigned };
  conclude_list: { ask: Nothing; answer: ConcludeListView };
  confirm_list: { ask: Nothing; answer: ConfirmView };
  confirm: { ask: ConfirmAsk; answer: ConfirmDone };
  conclude_all: { ask: ConcludeAllAsk; answer: ConcludedAll };
  tasks: { ask: TasksAsk; answer: TasksView };
  task_chains: { ask: TaskChainsAsk; answer: TaskChainsView };
  task_record: { ask: TaskRecordAsk; answer: TaskRecorded };
  task_sheet: { ask: TaskSheetAsk; answer: FileOut };
  referrals: { ask: ReferralsAsk; answer: FileOut };
  task_sheet_in: { ask: FileIn; answer: TaskSheetBack };
  task_held_drop: { ask: TaskHeldAsk; answer: Nothing };
  handouts: { ask: HandoutsAsk; answer: HandoutsView };
  handout_print: { ask: HandoutPrintAsk; answer: HandoutPrinted };
  handout_sheet: { ask: HandoutSheetAsk; answer: FileOut };
  person_paper: { ask: PersonAsk; answer: PersonPaper };
  summary: { ask: SummaryAsk; answer: SummaryView };
  handout_received: { ask: HandoutReceivedAsk; answer: HandoutDone };
  contacts: { ask: Nothing; answer: ContactsView };
  contact_set: { ask: ContactSetAsk; answer: ContactRow };
  tubes: { ask: TubesAsk; answer: Tubes };
  tube_bind: { ask: TubeBindAsk; answer: TubeSaid };
  tube_spoil: { ask: TubeSpoilAsk; answer: TubeSaid };
  arrivals: { ask: Nothing; answer: ArrivalsView };
  arrive: { ask: ArriveAsk; answer: Arrived };
  lab: { ask: Nothing; answer: LabView };
  lab_look: { ask: LabLookAsk; answer: LabLook };
  lab_import: { ask: LabImportAsk; answer: LabDone };
  lab_resolve: { ask: LabResolveAsk; answer: LabDone };
  class_list: { ask: ClassAsk; answer: ClassRows };
  consent: { ask: ConsentAsk; answer: ConsentView };
  consent_save: { ask: ConsentSaveAsk; answer: ConsentSaved };
  consent_import: { ask: FileIn; answer: ConsentFileBack };
  coverage: { ask: CoverageAsk; answer: CoverageView };
  check_out: { ask: PersonAsk; answer: CheckOutView };
  day_end: { ask: Nothing; answer: DayEndView };
  sync_state: { ask: Nothing; answer: SyncState };
  sync: { ask: Nothing; answer: SyncState };
  carry: { ask: Nothing; answer: CarryOut };
  watch: { ask: WatchAsk; answer: Watched };
  held: { ask: Nothing; answer: HeldRows };
  hub_state: { ask: Nothing; answer: HubView };
  hub_start: { ask: Nothing; answer: HubView };
  hub_stop: { ask: Nothing; answer: HubView };
  hub_join: { ask: HubJoinAsk; answer: HubView };
  hub_leave: { ask: Nothing; answer: HubView };
  print: { ask: PrintAsk; answer: FileOut };
}

/** What went wrong; the sentences are in failures.ts. */
export type FailureCode =
  | "wrong_key"
  | "database_damaged"
  | "database_newer"
  | "database_missing"
  | "database_exists"
  | "database_unsafe"
  | "database_busy"
  | "disk_full"
  | "storage_failed"
  | "key_file_unreadable"
  | "key_file_invalid"
  | "file_unreadable"
  | "file_unwritable"
  | "workbook_broken"
  | "workbook_encrypted"
  | "workbook_unknown"
  | "workbook_too_large"
  | "measurements_invalid"
  | "usage_invalid"
  | "unit_unknown"
  | "unit_exists"
  | "round_unknown"
  | "round_exists"
  | "round_dates_invalid"
  | "version_unknown"
  | "version_older"
  | "unpaid_invalid"
  | "level_invalid"
  | "station_unknown"
  | "operator_unknown"
  | "operator_exists"
  | "examiner_unknown"
  | "seat_cards_pupils"
  | "person_unknown"
  | "person_ambiguous"
  | "result_unknown"
  | "value_invalid"
  | "value_unusual"
  | "id_number_invalid"
  | "result_moved"
  | "nothing_to_change"
  | "reason_missing"
  | "purpose_missing"
  | "export_unsupported"
  | "font_absent"
  | "label_too_small"
  | "tube_code_invalid"
  | "tube_code_of_person"
  | "tube_kind_unknown"
  | "tube_taken"
  | "tube_reported"
  | "arrival_nothing_sent"
  | "arrival_day"
  | "arrival_receiver"
  | "arrival_uncounted"
  | "arrival_code_unknown"
  | "arrival_taken"
  | "arrival_unknown"
  | "tube_unknown"
  | "laboratory_unknown"
  | "laboratory_two"
  | "mapping_invalid"
  | "consent_missing"
  | "consent_refused"
  | "consent_file_invalid"
  | "conclusion_role"
  | "conclusion_empty"
  | "conclusion_unanswered"
  | "conclusion_invalid"
  | "conclusion_finding"
  | "conclusion_level"
  | "conclusion_file"
  | "confirm_role"
  | "conclusion_moved"
  | "day_to_come"
  | "day_too_early"
  | "delivery_role"
  | "report_changed"
  | "report_not_final"
  | "template_unknown"
  | "template_invalid"
  | "summary_unit"
  | "contact_role"
  | "contact_phone"
  | "contact_doctor"
  | "contact_unit"
  | "task_role"
  | "task_unknown"
  | "task_gone"
  | "task_not_answered"
  | "task_place_missing"
  | "task_tries_days"
  | "task_tries_missing"
  | "task_backward"
  | "task_stale"
  | "task_day_wrong"
  | "task_invalid"
  | "task_sheet_invalid"
  | "referral_none"
  | "held_unknown"
  | "held_elsewhere"
  | "hall_closed"
  | "seats_full"
  | "pairing_invalid"
  | "pairing_wait"
  | "unpaired"
  | "at_device_only"
  | "role_barred"
  | "account_local"
  | "app_locked"
  | "draft_of_other_stop"
  | "day_unset"
  | "person_may_be_known"
  | "card_reader_absent"
  | "card_unreadable"
  | "card_missing"
  | "card_number_wrong"
  | "card_reader_gone"
  | "host_unreachable"
  | "password_wrong"
  | "password_wait"
  | "password_weak"
  | "slot_unknown"
  | "slots_full"
  | "slot_last"
  | "key_lost"
  | "recovery_absent"
  | "recovery_lost"
  | "not_enrolled"
  | "already_enrolled"
  | "code_invalid"
  | "code_expired"
  | "code_used"
  | "account_code_invalid"
  | "account_code_expired"
  | "account_code_used"
  | "server_unreachable"
  | "server_untrusted"
  | "server_certificate_date"
  | "server_answer_unknown"
  | "server_refused"
  | "server_busy"
  | "token_invalid"
  | "device_key_lost"
  | "device_unproven"
  | "device_barred"
  | "challenge_unknown"
  | "protocol_newer"
  | "address_in_use"
  | "request_malformed"
  | "request_too_large"
  | "device_unknown"
  | "out_of_scope"
  | "hub_not_certified"
  | "hub_unreachable"
  | "hub_untrusted"
  | "hub_barred"
  | "hub_full"
  | "hub_address_unread"
  | "hub_is_own"
  | "hub_is_open"
  | "hall_offline"
  | "hub_stopped"
  | "stop_closed"
  | "unit_retired"
  | "unit_retired_already"
  | "stop_unknown"
  | "backup_recipient_invalid"
  | "backup_identity_invalid"
  | "backup_identity_wrong"
  | "backup_broken"
  | "backup_unproven"
  | "restore_folder_not_empty"
  | "restore_below_backup"
  | "carry_none"
  | "carry_foreign"
  | "carry_broken"
  | "carry_newer"
  | "carry_too_large"
  | "sheet_unreadable"
  | "sheet_other"
  | "file_exists"
  | "verify_failed"
  | "internal";
