// Generated from crates/protocol by `cargo xtask codegen`. Not to be edited.

export type AbsentWord = { reason: string, zh: string, };

export type AccountAsk = { 
/**
 * The one-time code the coordinator gave.
 */
account_code: string, password: string, };

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
 * A sentence to show once: healed, restored, recovered.
 */
notice: string | null, };

export type BandWord = "empty" | "fine" | "unusual" | "impossible";

export type Capabilities = { 
/**
 * An ID card reader is attached (or simulated for training).
 */
id_card_reader: boolean, 
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
text: string, reason: string, };

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
 * Values of the columns shown (`StationForm.walk`), in their order; an item not answered is empty.
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
recheck: string | null, has_draft: boolean, };

export type ClassRows = { classes: Array<ClassKey>, rows: Array<ClassRow>, };

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
day: string, stations: Array<StationChoice>, };

export type DayEndView = { unit_label: string, day: string, people: number, stations: Array<StationCount>, 
/**
 * Came and left before everything mandatory was answered.
 */
left_early: Array<PersonRow>, 
/**
 * Open level A.
 */
open_a: Array<PersonRow>, unsent: number, 
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
proposal: DayChoice | null, rounds: Array<RoundRow>, units: Array<UnitRow>, examiners: Array<ExaminerRow>, };

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
name: string, };

export type Drafts = { drafts: Array<Draft>, 
/**
 * Whose they are, each once: two people of one masked name are told apart by these. Nobody who is not on the device.
 */
people: Array<PersonRow>, };

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
 * What was seen when the form opened; goes back with `save`.
 */
saw: Array<string>, draft: Draft | null, 
/**
 * A repeat that is still owed: 静坐后复测.
 */
recheck: string | null, };

export type Forms = { version: number, items: Array<ItemForm>, stations: Array<StationForm>, packages: Array<PackageForm>, absent: Array<AbsentWord>, };

export type Found = { rows: Array<PersonRow>, 
/**
 * True where the text names exactly one person beyond doubt (a whole ID number, 学籍号 or a label's code).
 */
exact: boolean, 
/**
 * More than the list shows.
 */
more: boolean, };

export type GuestKind = "device" | "browser";

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
hint: string, };

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
recheck: string | null, };

export type Missing = { station: string, items: Array<string>, };

export type Nothing = Record<symbol, never>;

export type PackageForm = { is_pupil: boolean, name: string, mandatory: Array<string>, optional: Array<string>, };

export type PasswordAsk = { old: string, new: string, };

export type PersonAsk = { person: string, };

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
 * 已登记 检查中 现场完成 待回报 待总检 已总检 报告已发, in today's round.
 */
state: string, stations: Array<StationProgress>, findings: Array<FindingRow>, items: Array<ItemHistory>, 
/**
 * An ID number taken over and not confirmed yet.
 */
id_number_is_proposed: boolean, };

export type Phase = "empty" | "locked" | "open";

export type PrintAsk = { kind: PrintKind, 
/**
 * Guide sheet and labels: these people; empty = the stop's roster.
 */
people: Array<string>, 
/**
 * Whole ID numbers, with this purpose; none = masked.
 */
purpose: string | null, };

export type PrintKind = "results" | "findings" | "coverage_sheet" | "brief" | "guide_sheet" | "day_sheet" | "labels";

export type ReasonCount = { reason: string, people: number, };

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
is_new_for_sure: boolean, };

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

export type RosterProblem = { file: string, sheet: string, row: number, column: string, code: string, 
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
results: number, findings: Array<FindingRow>, recheck: string | null, 
/**
 * What a person has to look at, in words: a value typed to a question that is not asked, which was not saved,
 * and a value that stands against an answer.
 */
open: Array<string>, row: PersonRow, 
/**
 * Items refused, with why; nothing was saved where this is not empty.
 */
refused: Array<ItemVerdict>, };

export type ShownIf = { item: string, keys: Array<string>, };

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
 * The station's key.
 */
station: string, examiner: string | null, };

export type StationCount = { station: string, name: string, people: number, results: number, };

export type StationForm = { station: string, name: string, items: Array<string>, 
/**
 * A digit chooses and goes on to the next question.
 */
digit_goes_on: boolean, 
/**
 * The items that stand as columns while a class is walked.
 */
walk: Array<string>, };

export type StationProgress = { station: string, done: number, of: number, 
/**
 * An item with a reason instead of a value.
 */
absent: number, };

export type SyncPhase = "idle" | "running" | "offline" | "failed";

export type SyncState = { phase: SyncPhase, saved: number, unsent: number, 
/**
 * On the server, others' too, by its signed answers; what it lost and nobody brought back is not among them.
 */
uploaded: number, backed_up: number, 
/**
 * Held entries nobody decided about, and conflicts at this stop.
 */
attention: number, synced_at: string | null, 
/**
 * The sentence of the last failure or healing, with a next step.
 */
sentence: string | null, };

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
 * The reference range in words; empty where no table has one.
 */
range: string, round: string, day: string | null, unit_label: string, station: string, operator: string, examiner: string, 
/**
 * The entry, for amend, void, choose.
 */
entry: string, };

export type WatchAsk = { 
/**
 * The mark last told; 0 = none yet, answered at once.
 */
since: number, };

export type Watched = { mark: number, };

export interface Commands {
  state: { ask: Nothing; answer: AppState };
  enrol: { ask: EnrolAsk; answer: AppState };
  unlock: { ask: UnlockAsk; answer: AppState };
  lock: { ask: Nothing; answer: AppState };
  account_add: { ask: AccountAsk; answer: AppState };
  password_change: { ask: PasswordAsk; answer: Nothing };
  forms: { ask: Nothing; answer: Forms };
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
  class_list: { ask: ClassAsk; answer: ClassRows };
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

/** What went wrong: the code, and the sentence a person reads. */
export const FAILURES = {
  wrong_key: "密钥不对，数据打不开。请检查密钥文件是否属于这台设备，数据没有改动。",
  database_damaged: "数据文件已损坏。请停止使用，保留整个数据目录，用备份恢复或联系管理员。",
  database_newer: "数据由更新版本的程序写入，本程序不能打开。请安装新版本后再试，数据没有改动。",
  database_missing: "这里还没有数据。请先运行初始化（服务器）或登记设备（设备）。",
  database_exists: "这里已经有数据，不会覆盖。请换一个目录，或直接使用已有数据。",
  database_unsafe: "数据库没有按安全要求打开（加密、同步写入），为保护数据拒绝运行。请联系管理员。",
  database_busy: "数据正被其他程序占用。请稍候再试，已保存的内容没有丢失。",
  disk_full: "磁盘空间不足，这次没有保存。请清理磁盘后重试，之前已保存的内容没有丢失。",
  storage_failed: "读写磁盘出错，这次没有保存。请检查磁盘后重试，之前已保存的内容没有丢失。",
  key_file_unreadable: "读不到密钥文件。请检查 --key-file 的路径和权限。",
  key_file_invalid: "密钥文件格式不对，应为 64 位十六进制字符。请重新生成或取得正确的密钥文件。",
  file_unreadable: "读不到文件。请检查路径和权限后重试。",
  file_unwritable: "文件写不进去。请检查目录权限和磁盘空间后重试。",
  workbook_broken: "表格文件已损坏或不完整。请让报送单位重新发送，本次没有导入任何内容。",
  workbook_encrypted: "表格有打开密码。请去掉密码另存后再导入，本次没有导入任何内容。",
  workbook_unknown: "这不是能识别的表格（支持 xlsx、xls、csv）。请另存为其中一种后再导入。",
  workbook_too_large: "表格太大，超出处理上限。请按村或按校拆分后再导入。",
  measurements_invalid: "测量文件的表头不对。请对照说明的列名检查后重试，本次没有记录任何内容。",
  usage_invalid: "命令写法不对。请用 --help 查看用法。",
  unit_unknown: "没有这个单位。请用 jkkc unit list 查看单位代码。",
  unit_exists: "该乡镇下已有同名学校。请核对后直接使用已有单位代码。",
  round_unknown: "没有这个轮次。请核对轮次代码，或先在服务器上新建轮次并同步。",
  round_exists: "已有同名的轮次。请换一个名称，或直接使用已有轮次。",
  round_dates_invalid: "轮次的起止日期不对。请检查日期（年-月-日），结束不能早于开始。",
  station_unknown: "没有这个工位。请核对工位代码。",
  operator_unknown: "没有这个操作员。请先在服务器上添加并同步。",
  operator_exists: "已有同名账号。请换一个账号名。",
  examiner_unknown: "没有这个检查者。请先在服务器上添加并同步。",
  person_unknown: "没有找到这个人。请核对后重试。",
  person_ambiguous: "找到多个符合的人。请用身份证号码或编号指明是哪一位。",
  result_unknown: "没有找到这项结果。请核对项目和记录位置。",
  value_invalid: "数值不对，没有保存。请核对后重新录入。",
  id_number_invalid: "身份证号码不对，没有保存。请核对后重新录入。",
  nothing_to_change: "没有需要改动的内容，数据没有改动，无需操作。",
  reason_missing: "请写明原因后再提交。",
  purpose_missing: "导出完整身份信息必须写明用途。请加上 --purpose 和用途后重试。",
  export_unsupported: "这种内容不能导出成该格式。请换一种格式。",
  font_absent: "本机没有中文字体，没有生成 PDF。请安装字体后重试：Debian 安装软件包 fonts-noto-cjk，Windows 安装微软雅黑或思源黑体，安卓请更新系统。",
  label_too_small: "标签太小，放不下条码。请用 50×30 毫米或更大的标签。",
  tube_code_invalid: "管上的条码不对（应为 4 至 32 位数字、大写字母）。请重新扫描，没有保存。",
  tube_kind_unknown: "没有这种管型。请从 生化管、血常规管、尿管 中选择。",
  tube_taken: "这个条码已经绑定过（别人，或另一种管），没有保存。请核对手里的管和人；确要改绑，请写明原因后再提交。",
  tube_reported: "这支管已有检验结果，不能改绑或作废，没有保存。请先由协调员核对并撤回结果。",
  tube_unknown: "没有找到这支管，或同一条码绑定了两个人。请核对条码，先同步再试。",
  laboratory_unknown: "不知道这家检验机构的文件怎么读。请用 --laboratory 写明名称，第一次导入时加 --mapping 给出列对应文件。",
  mapping_invalid: "列对应文件不对，没有导入任何内容。请对照用户手册检查列名和项目代码。",
  held_unknown: "没有这条待处理记录。请用 jkkc held list 查看。",
  held_elsewhere: "待处理记录只能由协调员在服务器上处理。请联系协调员，本机内容没有丢失。",
  hall_closed: "大厅没有开。请到本站电脑上点开大厅，再扫新的二维码。",
  seats_full: "本站连接的平板和手机已满 25 台。请让不用的一台先锁定半小时，或接到另一台本站电脑。",
  pairing_invalid: "配对码不对、已用过或已过期。请在本站电脑上看新的二维码再扫一次。",
  pairing_wait: "配对码试得太多。请等一分钟，再扫本站电脑上新的二维码。",
  unpaired: "这台平板或手机与本站电脑的配对已结束。已保存的都在本站电脑上，请重新扫二维码。",
  at_device_only: "这一步只能在本站电脑上做。请到本站电脑上操作。",
  role_barred: "您的账号不能做这一步，没有改动。请由录入员或医生来做，或请协调员调整角色后同步。",
  account_local: "练习账号只能在本站电脑上用，没有打开。请选协调员给的账号。",
  app_locked: "已锁定。请选择账号、输入密码后继续，草稿没有丢失。",
  day_unset: "还没有确认今天的站点。请先在“今日”选好轮次、站点、日期和工位。",
  person_may_be_known: "可能是已有的人，没有登记。请先核对列出的人，确实不是再登记。",
  card_reader_absent: "没有接身份证读卡器。请手工输入身份证号码。",
  card_unreadable: "身份证没有读到。请把证件重新放好再试，或手工输入。",
  host_unreachable: "本机的健康快车程序没有应答。已保存的都在本机，请重新打开程序，再打开它给出的地址。",
  password_wrong: "密码不对。请再试一次，数据没有改动。",
  password_wait: "密码错误次数较多，请等待后再试。数据没有改动，也不会被清除。",
  password_weak: "密码太容易猜到：至少 10 个字符，不能是常见密码、连续的键或账号本身。请换一个。",
  slot_unknown: "本机没有这个账号。请用一次性账号码在本机添加。",
  slots_full: "本机账号已满。请先移除不再使用的账号。",
  slot_last: "这是本机最后一个账号，不能移除。请先添加另一个账号。",
  key_lost: "本机的钥匙文件丢失或损坏，密码打不开数据。数据还在：不要删除目录里的东西，请联系管理员用恢复密钥打开。",
  recovery_absent: "本机没有存入恢复密钥。请用操作员密码打开，或联系管理员。",
  not_enrolled: "这台设备还没有登记。请向协调员索取登记码，先运行设备登记。",
  already_enrolled: "这台设备已经登记过。请直接同步，无需再次登记。",
  code_invalid: "登记码不对。请核对后重试，或向协调员索取新的登记码。",
  code_expired: "登记码已过期。请向协调员索取新的登记码。",
  code_used: "登记码已被使用。请向协调员索取新的登记码。",
  server_unreachable: "连不上服务器。内容都在本机，请有网络时再同步。",
  server_untrusted: "对方不是本区的服务器（证书不符），没有发送任何数据。请换一个网络或联系管理员。",
  server_certificate_date: "证书日期与本机日期不符，请检查本机的日期和时间后重试。",
  server_answer_unknown: "服务器的回答不完整，不能确认已上传。内容都在本机，请稍后再同步。",
  server_refused: "服务器不接受这次请求。内容都在本机，请联系协调员。",
  server_busy: "服务器正忙。内容都在本机，请稍后再同步。",
  token_invalid: "服务器不认这台设备。内容都在本机，请联系协调员重新登记。",
  device_key_lost: "本机的签名密钥丢失或损坏，记录都在本机、没有丢失。请向协调员索取新的登记码，在本机重新登记。",
  device_unproven: "这台设备的证书不是本服务器签发的，或签名不符，服务器没有接受。内容都在本机，请联系协调员重新登记。",
  device_barred: "这台设备已被协调员停用，服务器没有接受。内容都在本机，请联系协调员重新登记。",
  challenge_unknown: "本次身份校验已过期或已用过。内容都在本机，请重新同步。",
  protocol_newer: "程序版本与服务器不一致。请升级程序后再同步，内容都在本机。",
  address_in_use: "监听地址已被占用或不可用。请换一个端口后重试。",
  request_malformed: "请求的内容不完整或已损坏。请重新同步。",
  request_too_large: "请求太大。请减小批次后重试。",
  device_unknown: "没有这台设备。请用 jkkc device list 查看设备编号。",
  out_of_scope: "这台设备不负责该单位。请联系协调员调整设备的单位范围。",
  hub_not_certified: "本机还没有现场枢纽证书。请先有网络时同步一次，再在现场开启枢纽。",
  hub_unreachable: "连不上现场枢纽。内容都在本机，请核对同一无线网络和地址，或在任一台电脑上重新开启枢纽。",
  hub_untrusted: "对方不是这台枢纽（证书不符），没有发送任何数据。请核对地址和设备编号后重新加入。",
  hub_barred: "这台枢纽已被协调员停用，没有发送任何数据。请换一台电脑作枢纽。",
  hub_address_unread: "没看懂枢纽的地址。请照枢纽电脑屏幕上“其他电脑加入”那一行输入，或用扫码枪扫它旁边的码。",
  hub_is_own: "这是本机自己的地址，不用加入。请到别的电脑上输入它。",
  hub_is_open: "本机正是枢纽，没有改动。请先关闭大厅，再加入别的枢纽。",
  hall_offline: "本机还没有连上这里的无线网，别的设备过不来。请先连上无线路由器，或打开本机热点，地址会自己更新。",
  hub_stopped: "大厅意外关闭了，已保存的都在本机。请重新开大厅，平板重新扫码。",
  stop_closed: "该单位的站点已结束，名单和记录都已备份并从本机移除。请联系协调员重新开放，同步后再操作。",
  unit_retired: "该单位已停用，不能再录入，没有保存。请改用接续的单位，没有写明的请联系协调员。",
  unit_retired_already: "该单位已经停用，没有改动。请核对单位代码。",
  stop_unknown: "站点只能是一个村或一所学校。请用 jkkc unit list 核对单位代码。",
  backup_recipient_invalid: "备份公钥不对（应以 age1 开头）。请核对 --recipient 或 --recipients，本次没有备份。",
  backup_identity_invalid: "备份私钥文件读不到或格式不对（应有 AGE-SECRET-KEY-1 开头的一行）。请核对 --identity 后重试。",
  backup_identity_wrong: "这把私钥打不开这份备份。请换与备份公钥成对的私钥，没有恢复任何内容。",
  backup_broken: "备份文件不完整或已损坏，没有恢复任何内容。请换另一份备份。",
  backup_unproven: "备份的副本核对不通过，没有生成备份。请运行 jkkc verify 核对服务器数据，并联系管理员。",
  restore_folder_not_empty: "恢复只能写入空目录，现有内容没有改动。请换一个新目录。",
  restore_below_backup: "这份备份缺少已经显示为“已备份”的记录，没有恢复任何内容。请改用最近的一份备份；确实要用这一份，请核对下列范围后加 --accept-loss。",
  carry_none: "这不是设备存出的文件（.carry），没有收下任何内容。请换成从设备上存出的文件。",
  carry_foreign: "这份文件不是存给本服务器的（可能属于其他区县），或开头已损坏，没有收下任何内容。请核对是哪台设备存的，在该设备上重新存一份。",
  carry_broken: "这份文件不完整或已损坏，没有收下任何内容。请在原设备上重新存一份，存好后再拔U盘。",
  carry_newer: "这份文件由更新版本的程序存出，没有收下任何内容。请升级服务器程序后再导入。",
  carry_too_large: "要带回的记录太多，不能在屏幕上存成一个文件。请用 jkkc carry export 存到U盘，或联网同步。",
  sheet_unreadable: "日结单的内容读不懂。请按纸面逐行录入：设备、写入编号、条数、摘要。",
  sheet_other: "这张日结单不是该单位当天的。请核对 --unit 和 --date，或换一张日结单。",
  file_exists: "文件已经存在，不会覆盖。请换一个文件名。",
  verify_failed: "核对发现问题，详见列表。请保留数据目录并联系管理员。",
  internal: "程序内部出错，已保存的内容没有丢失。请重试，仍不行请联系管理员。",
} as const;

export type FailureCode = keyof typeof FAILURES;
