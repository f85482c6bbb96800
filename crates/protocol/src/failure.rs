//! Failure codes and the Chinese sentence, with a next step, that a person reads for each.
//!
//! Inside the program errors are typed per crate; at an edge (command line, screen, call) each becomes
//! one of these. Never a name, an ID number or a value in a code or a sentence.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $zh:literal;)*) => {
        /// What went wrong, as the program says it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The word on the wire and in JSON.
            pub fn word(self) -> &'static str {
                match self { $(Code::$name => $word,)* }
            }

            /// What a person reads: what happened and what to do next.
            pub fn zh(self) -> &'static str {
                match self { $(Code::$name => $zh,)* }
            }
        }
    };
}

codes! {
    // Opening the store
    WrongKey = "wrong_key", "密钥不对，数据打不开。请检查密钥文件是否属于这台设备，数据没有改动。";
    DatabaseDamaged = "database_damaged", "数据文件已损坏。请停止使用，保留整个数据目录，用备份恢复或联系管理员。";
    DatabaseNewer = "database_newer", "数据由更新版本的程序写入，本程序不能打开。请安装新版本后再试，数据没有改动。";
    DatabaseMissing = "database_missing", "这里还没有数据。请先运行初始化（服务器）或登记设备（设备）。";
    DatabaseExists = "database_exists", "这里已经有数据，不会覆盖。请换一个目录，或直接使用已有数据。";
    DatabaseUnsafe = "database_unsafe", "数据库没有按安全要求打开（加密、同步写入），为保护数据拒绝运行。请联系管理员。";
    DatabaseBusy = "database_busy", "数据正被其他程序占用。请稍候再试，已保存的内容没有丢失。";
    DiskFull = "disk_full", "磁盘空间不足，这次没有保存。请清理磁盘后重试，之前已保存的内容没有丢失。";
    StorageFailed = "storage_failed", "读写磁盘出错，这次没有保存。请检查磁盘后重试，之前已保存的内容没有丢失。";
    KeyFileUnreadable = "key_file_unreadable", "读不到密钥文件。请检查 --key-file 的路径和权限。";
    KeyFileInvalid = "key_file_invalid", "密钥文件格式不对，应为 64 位十六进制字符。请重新生成或取得正确的密钥文件。";
    // Files in and out
    FileUnreadable = "file_unreadable", "读不到文件。请检查路径和权限后重试。";
    FileUnwritable = "file_unwritable", "文件写不进去。请检查目录权限和磁盘空间后重试。";
    WorkbookBroken = "workbook_broken", "表格文件已损坏或不完整。请让报送单位重新发送，本次没有导入任何内容。";
    WorkbookEncrypted = "workbook_encrypted", "表格有打开密码。请去掉密码另存后再导入，本次没有导入任何内容。";
    WorkbookUnknown = "workbook_unknown", "这不是能识别的表格（支持 xlsx、xls、csv）。请另存为其中一种后再导入。";
    WorkbookTooLarge = "workbook_too_large", "表格太大，超出处理上限。请按村或按校拆分后再导入。";
    MeasurementsInvalid = "measurements_invalid", "测量文件的表头不对。请对照说明的列名检查后重试，本次没有记录任何内容。";
    // Words of a command
    UsageInvalid = "usage_invalid", "命令写法不对。请用 --help 查看用法。";
    UnitUnknown = "unit_unknown", "没有这个单位。请核对单位代码；刚新增的单位，请先同步。";
    UnitExists = "unit_exists", "该乡镇下已有同名学校。请核对后直接使用已有单位代码。";
    RoundUnknown = "round_unknown", "没有这个轮次。请核对轮次代码，或先在服务器上新建轮次并同步。";
    RoundExists = "round_exists", "已有同名的轮次。请换一个名称，或直接使用已有轮次。";
    RoundDatesInvalid = "round_dates_invalid", "轮次的起止日期不对。请检查日期（年-月-日），结束不能早于开始。";
    VersionUnknown = "version_unknown", "本程序没有这一版判定标准，没有改动。请用 jkkc round version 查看有哪些版本；要用更新的版本，请先升级程序。";
    VersionOlder = "version_older", "轮次不能改到没有用过的旧版标准，没有改动。请选更新的版本，或这个轮次以前用过的版本。";
    UnpaidInvalid = "unpaid_invalid", "付费项目没有改动。请按下面说的改好再试。";
    LevelInvalid = "level_invalid", "级别和期限没有改动。请按下面说的改好再试。";
    StationUnknown = "station_unknown", "没有这个工位。请核对工位代码。";
    OperatorUnknown = "operator_unknown", "没有这个操作员。请先在服务器上添加并同步。";
    OperatorExists = "operator_exists", "已有同名账号。请换一个账号名。";
    ExaminerUnknown = "examiner_unknown", "没有这个检查者。请先在服务器上添加并同步。";
    SeatCardsPupils = "seat_cards_pupils", "这里没有要座位卡的学生，没有生成。座位卡只给学校的学生用：请换成学校的代码；村里请用导检单（guide）或条码标签（labels）。";
    PersonUnknown = "person_unknown", "没有找到这个人。请核对后重试。";
    PersonAmbiguous = "person_ambiguous", "找到多个符合的人。请用身份证号码或编号指明是哪一位。";
    ResultUnknown = "result_unknown", "没有找到这项结果。请核对项目和记录位置。";
    ValueInvalid = "value_invalid", "数值不对，没有保存。请核对后重新录入。";
    ValueUnusual = "value_unusual", "这个数值少见，还没有保存。请再核对一遍：确实如此就再按一次，不对就改。";
    IdNumberInvalid = "id_number_invalid", "身份证号码不对，没有保存。请核对后重新录入。";
    ResultMoved = "result_moved", "在您看的时候，这一项有了别的值，没有改动。请先看过现在的值，再决定要不要改。";
    NothingToChange = "nothing_to_change", "没有需要改动的内容，数据没有改动，无需操作。";
    ReasonMissing = "reason_missing", "请写明原因后再提交。";
    PurposeMissing = "purpose_missing", "导出完整身份信息必须写明用途。请加上 --purpose 和用途后重试。";
    ExportUnsupported = "export_unsupported", "这种内容不能导出成该格式。请换一种格式。";
    FontAbsent = "font_absent", "本机没有中文字体，没有生成 PDF。请安装字体后重试：Debian 安装软件包 fonts-noto-cjk，Windows 安装微软雅黑或思源黑体，安卓请更新系统。";
    LabelTooSmall = "label_too_small", "标签太小，放不下条码。请用 50×30 毫米或更大的标签。";
    // Tubes and laboratories
    TubeCodeInvalid = "tube_code_invalid", "管上的条码不对（应为 4 至 32 位数字、大写字母）。请重新扫描，没有保存。";
    TubeCodeOfPerson = "tube_code_of_person", "这是人的号码或导检单条码，不是管上的条码，没有保存。请扫管上的条码；要找这个人，请在首页扫这张证或导检单。";
    TubeKindUnknown = "tube_kind_unknown", "没有这种管型。请从 生化管、血常规管、尿样管、便样管 中选择。";
    TubeTaken = "tube_taken", "这个条码已经绑定过（别人，或另一种管），没有保存。请核对手里的管和人；确要改绑，请写明原因后再提交。";
    TubeReported = "tube_reported", "这支管已有检验结果，不能改绑或作废，没有保存。请先由协调员核对并撤回结果。";
    ArrivalNothingSent = "arrival_nothing_sent", "该单位这一天没有送出的采血管，没有保存。请核对采血的日期；采血的设备还没有同步的，先同步再登记送达。";
    ArrivalDay = "arrival_day", "送达的日期或时间不对，没有保存。送达不能早于采血那一天，也不能晚于今天，时间写成 16:40 这样。请核对后再登记。";
    ArrivalReceiver = "arrival_receiver", "没有写接收人，或超过 60 字，没有保存。请照送检交接单上的签名填写。";
    ArrivalUncounted = "arrival_uncounted", "有一种管没有写收到几支，或写得不对，没有保存。请把每种管收到的支数写一次（0 至 10000），再登记。";
    ArrivalCodeUnknown = "arrival_code_unknown", "这个没有收到的条码不在那一天的送检交接单上，没有保存。请核对条码和日期。";
    ArrivalTaken = "arrival_taken", "这一天的送达已经登记过，这次说的不一样，没有保存。请先核对；确要更正，请写明原因后再提交。";
    ArrivalUnknown = "arrival_unknown", "这一天没有登记过送达，没有改动。请核对单位和日期。";
    TubeUnknown = "tube_unknown", "没有找到这支管，或同一条码绑定了两个人。请核对条码，先同步再试。";
    LaboratoryUnknown = "laboratory_unknown", "不知道这家检验机构的文件怎么读。请写明检验机构的名称，第一次导入时一并给出列对应文件（命令行用 --laboratory 和 --mapping）。";
    LaboratoryTwo = "laboratory_two", "两处对这家检验机构的列说得不一样，没有导入。请重新对应列（命令行用 --mapping），再导入这份文件。";
    MappingInvalid = "mapping_invalid", "列对应文件不对，没有导入任何内容。请对照用户手册检查列名和项目代码。";
    // Consent
    ConsentMissing = "consent_missing", "这里的学生都还没有交回知情同意书，最终报告没有生成。请在“班级”的“知情同意”里登记交回的同意书，或导入学校的名单，再出报告。";
    ConsentRefused = "consent_refused", "家长不同意这个项目，没有保存。请不要检查；家长改变主意的，先在“知情同意”里登记新的同意书。";
    ConsentFileInvalid = "consent_file_invalid", "这份名单里找不到“姓名”和“同意”两列，没有采用任何一行。请核对表头后再导入。";
    // Conclusions
    ConclusionRole = "conclusion_role", "总检只能由医生账号签发，没有保存。请换医生账号后再签。";
    ConclusionEmpty = "conclusion_empty", "这个人本轮还没有结果，不能总检。请先完成检查。";
    ConclusionUnanswered = "conclusion_unanswered", "还有提出的异常没有处理，没有签发。请逐条采用、改写，或写明原因不采用。";
    ConclusionInvalid = "conclusion_invalid", "总检内容不全或太长，没有签发。请核对：改写和新增要写文字（最多 200 字），新增要有级别 A、B 或 C，健康指导最多 4000 字。";
    ConclusionFinding = "conclusion_finding", "有一条回答的不是这里提出的异常、答了两次，或没有写明是哪一项，没有签发。请重新打开总检，照列出的异常逐条处理；用文件签发的，规则、代码和项目要照列出的原样写。";
    ConclusionLevel = "conclusion_level", "有一条的级别由规则定，总检不能改，没有签发。级别不对的，请不采用这一条（写原因），再新增一条自己的所见；没有分级的异常要定级别，请用“改写”。";
    ConclusionFile = "conclusion_file", "这个文件看不懂，没有签发。请给一个 JSON 文件，写 answers、added、advice，照 jkkc conclude show 给出的规则和代码。";
    ConfirmRole = "confirm_role", "只有检查者本人的账号才能确认这些结果，没有保存。请换检查者的账号；检查者没有账号的，请协调员在服务器上注明。";
    ConclusionMoved = "conclusion_moved", "在您看的时候，结果或总检有了变化，没有签发。请重新看一遍再签。";
    // Days that somebody says
    DayToCome = "day_to_come", "这一天还没有到，没有保存。请核对日期；是电脑日期不对的，先把电脑日期改对再提交。";
    DayTooEarly = "day_too_early", "日期早于体检、签发或打印的那一天，没有保存。请核对日期后重新提交；屏幕上没有日期可填的，用的是“今天开工”里的日期，请在那里改。";
    // Reports given out
    DeliveryRole = "delivery_role", "这个账号不能记报告的打印和签收，没有保存。请换录入员、医生、协调员或乡镇公卫人员的账号。";
    ReportChanged = "report_changed", "报告签发过，签发以后结果有了变化，没有打印，也没有记签收。请医生在“总检”里看过变化，重新签发，再打印。";
    ReportNotFinal = "report_not_final", "还没有总检签发的正式报告，没有打印，也没有记签收。请先由医生总检签发。";
    TemplateUnknown = "template_unknown", "没有这个导出模板，没有导出。请用自带的名称，或给一个 .json 文件。";
    TemplateInvalid = "template_invalid", "导出模板不对，没有导出任何内容。请按下面说的改好再试。";
    SummaryUnit = "summary_unit", "这种汇总不能用于这个单位，没有生成。请换一个单位：学校汇总选学校，区域学校汇总选区或乡镇，村汇总选村，乡镇汇总选乡镇或区。";
    // Whom to call about a unit
    ContactRole = "contact_role", "这个账号不能改单位的电话和村医、校医，没有保存。请换协调员或乡镇公卫人员的账号。";
    ContactPhone = "contact_phone", "电话不对，没有保存。请只写号码，如 0738-8312345；两个号码中间用“、”。";
    ContactDoctor = "contact_doctor", "村医、校医不对，没有保存。请选一个能记随访的账号，或写 20 个字以内的中文姓名。";
    ContactUnit = "contact_unit", "这里只能改村和学校的电话，没有保存。乡镇的电话请协调员在服务器上改。";
    // Follow-ups
    TaskRole = "task_role", "这个账号不能记随访，没有保存。请换录入员、医生、协调员或乡镇公卫人员的账号。";
    TaskUnknown = "task_unknown", "没有这个随访编号，或两条随访同号。请核对 12 位编号；本机没有的请先同步，同号的请从个人页面记。";
    TaskGone = "task_gone", "这条异常已经更正或不再成立，不用再随访，没有保存。请到个人页面看更正的经过。";
    TaskNotAnswered = "task_not_answered", "A 级结果要先记明告诉了谁、几点、对方复述了没有，没有保存。请先补记“已告知”。";
    TaskPlaceMissing = "task_place_missing", "转诊要写明去哪里，没有保存。请写上医院或卫生院再提交。";
    TaskTriesDays = "task_tries_days", "A 级还没有告知本人或家属，要在三个不同的日子都联系不上才能记失访，没有保存。请改天再联系，或请村里、学校上门。";
    TaskTriesMissing = "task_tries_missing", "三次联系不上才能记失访，没有保存。请先记下每次未联系上的原因。";
    TaskBackward = "task_backward", "这条随访已经记到更后面，或已经结束，没有保存。记错了请在个人页面更正原来那一步。";
    TaskStale = "task_stale", "这一天以后已经有更新的随访，没有保存。请先看个人页面，核对后仍要补记的，选“照样记”。";
    TaskDayWrong = "task_day_wrong", "日期不对：随访不能早于体检日，下次日期要在随访之后，没有保存。请核对后重新录入。";
    TaskInvalid = "task_invalid", "随访内容看不懂或太长，没有保存。请核对结果代码（0 至 9）、方式（1 至 5）、日期（年-月-日）、时间（时:分），每栏最多 200 字。";
    TaskSheetInvalid = "task_sheet_invalid", "这不是随访单：没有找到“编号”“日期”“结果”三栏，没有导入任何内容。请用本系统导出的随访单填写。";
    ReferralNone = "referral_none", "没有要转诊的：没有还没做完的 A 级或 B 级，没有生成转诊单。请先核对单位、轮次和这个人的随访。";
    HeldUnknown = "held_unknown", "没有这条待处理记录。请用 jkkc held list 查看。";
    HeldElsewhere = "held_elsewhere", "待处理记录只能由协调员在服务器上处理。请联系协调员，本机内容没有丢失。";
    // Working at a screen
    HallClosed = "hall_closed", "大厅没有开。请到本站电脑上点开大厅，再扫新的二维码。";
    SeatsFull = "seats_full", "本站连接的平板和手机已满 25 台。请让不用的一台先锁定半小时，或接到另一台本站电脑。";
    PairingInvalid = "pairing_invalid", "配对码不对、已用过或已过期。请在本站电脑上看新的二维码再扫一次。";
    PairingWait = "pairing_wait", "配对码试得太多。请等一分钟，再扫本站电脑上新的二维码。";
    Unpaired = "unpaired", "这台平板或手机与本站电脑的配对已结束。已保存的都在本站电脑上，请重新扫二维码。";
    AtDeviceOnly = "at_device_only", "这一步只能在本站电脑上做。请到本站电脑上操作。";
    RoleBarred = "role_barred", "您的账号不能做这一步，没有改动。请由录入员或医生来做，或请协调员调整角色后同步。";
    AccountLocal = "account_local", "练习账号只能在本站电脑上用，没有打开。请选协调员给的账号。";
    AppLocked = "app_locked", "已锁定。请选择账号、输入密码后继续，草稿没有丢失。";
    DraftOfOtherStop = "draft_of_other_stop", "这份草稿是别的日子或别的站点的，没有保存。是那天那里量的，请点左上角“健康快车”，在“今天开工”改回那一天那一站再保存；是今天在这里量的，请按表上方的“是今天在这里量的”。";
    DayUnset = "day_unset", "还没有确认今天的站点。请先点左上角“健康快车”，在“今天开工”选好轮次、站点、日期和工位。";
    PersonMayBeKnown = "person_may_be_known", "可能是已有的人，没有登记。请先核对列出的人，确实不是再登记。";
    CardReaderAbsent = "card_reader_absent", "没有接身份证读卡器。请手工输入身份证号码。";
    CardUnreadable = "card_unreadable", "身份证没有读到。请把证件重新放好再试，或手工输入。";
    CardMissing = "card_missing", "读卡器上没有身份证。请把证件平放在读卡器上再点一次，或手工输入身份证号码。";
    CardNumberWrong = "card_number_wrong", "读到的身份证号码不对（校验位不对，或和证件上的出生日期、性别不符），没有填入。请再读一次；还是不对，请照证件手工输入。";
    CardReaderGone = "card_reader_gone", "读卡器没有应答。请检查连线，重新插上后再点一次，或手工输入身份证号码。";
    HostUnreachable = "host_unreachable", "本机的健康快车程序没有应答。已保存的都在本机，请重新打开程序，再打开它给出的地址。";
    PasswordWrong = "password_wrong", "密码不对。请再试一次，数据没有改动。";
    PasswordWait = "password_wait", "密码错误次数较多，请等待后再试。数据没有改动，也不会被清除。";
    PasswordWeak = "password_weak", "密码太容易猜到：至少 10 个字符，不能是常见密码、连续的键或账号本身。请换一个。";
    SlotUnknown = "slot_unknown", "本机没有这个账号。请用一次性账号码在本机添加。";
    SlotsFull = "slots_full", "本机账号已满。请先移除不再使用的账号。";
    SlotLast = "slot_last", "这是本机最后一个账号，不能移除。请先添加另一个账号。";
    KeyLost = "key_lost", "本机的钥匙文件丢失或损坏，密码打不开数据。数据还在：不要删除目录里的东西，请联系管理员用恢复密钥打开。";
    RecoveryAbsent = "recovery_absent", "本机没有存入恢复密钥。请用操作员密码打开，或联系管理员。";
    RecoveryLost = "recovery_lost", "打开本机数据的钥匙文件一个也没有了，恢复密钥也打不开。数据还在：不要删除目录里的东西；请在这个目录的旧副本里找下列文件，拷回任何一个再试，找不到请联系协调员用新登记码登记新目录，已上传的都在服务器上。";
    // Devices and the server
    NotEnrolled = "not_enrolled", "这台设备还没有登记。请向协调员索取登记码，先运行设备登记。";
    AlreadyEnrolled = "already_enrolled", "这台设备已经登记过。请直接同步，无需再次登记。";
    CodeInvalid = "code_invalid", "登记码不对。请核对后重试，或向协调员索取新的登记码。";
    CodeExpired = "code_expired", "登记码已过期。请向协调员索取新的登记码。";
    CodeUsed = "code_used", "登记码已被使用。请向协调员索取新的登记码。";
    AccountCodeInvalid = "account_code_invalid", "账号码不对，没有添加账号。请核对后重试，或向协调员索取新的账号码。";
    AccountCodeExpired = "account_code_expired", "账号码已过期，没有添加账号。请向协调员索取新的账号码。";
    AccountCodeUsed = "account_code_used", "账号码已被使用，没有添加账号。请向协调员索取新的账号码。";
    ServerUnreachable = "server_unreachable", "连不上服务器。内容都在本机，请有网络时再同步。";
    ServerUntrusted = "server_untrusted", "对方不是本区的服务器（证书不符），没有发送任何数据。请换一个网络或联系管理员。";
    ServerCertificateDate = "server_certificate_date", "证书日期与本机日期不符，请检查本机的日期和时间后重试。";
    ServerAnswerUnknown = "server_answer_unknown", "服务器的回答不完整，不能确认已上传。内容都在本机，请稍后再同步。";
    ServerRefused = "server_refused", "服务器不接受这次请求。内容都在本机，请联系协调员。";
    ServerBusy = "server_busy", "服务器正忙。内容都在本机，请稍后再同步。";
    TokenInvalid = "token_invalid", "服务器不认这台设备。内容都在本机，请联系协调员重新登记。";
    DeviceKeyLost = "device_key_lost", "本机的签名密钥丢失或损坏，记录都在本机、没有丢失。请向协调员索取新的登记码，在本机重新登记。";
    DeviceUnproven = "device_unproven", "这台设备的证书不是本服务器签发的，或签名不符，服务器没有接受。内容都在本机，请联系协调员重新登记。";
    DeviceBarred = "device_barred", "这台设备已被协调员停用，服务器没有接受。内容都在本机，请联系协调员重新登记。";
    ChallengeUnknown = "challenge_unknown", "本次身份校验已过期或已用过。内容都在本机，请重新同步。";
    ProtocolNewer = "protocol_newer", "程序版本与服务器不一致。请升级程序后再同步，内容都在本机。";
    AddressInUse = "address_in_use", "监听地址已被占用或不可用。请换一个端口后重试。";
    RequestMalformed = "request_malformed", "交来的内容不完整或看不懂，没有收下。请核对填写的内容（如日期）再试一次，仍不行请联系协调员。";
    RequestTooLarge = "request_too_large", "一次交来的内容太多，没有收下。请分几次做（如按班、按组），仍不行请联系协调员。";
    DeviceUnknown = "device_unknown", "没有这台设备。请用 jkkc device list 查看设备编号。";
    OutOfScope = "out_of_scope", "这台设备或您的账号不负责该单位。请联系协调员：在设备的单位范围里加上，或给您的账号加上。";
    HubNotCertified = "hub_not_certified", "本机还没有开大厅用的证书。请先有网络时同步一次，再开大厅。";
    HubUnreachable = "hub_unreachable", "连不上开大厅的那台电脑。内容都在本机，请核对同一无线网络和地址，或在任一台电脑上重新开大厅。";
    HubUntrusted = "hub_untrusted", "对方不是要加入的那台电脑（证书不符），没有发送任何数据。请核对地址和设备编号后重新加入。";
    HubBarred = "hub_barred", "开大厅的那台电脑已被协调员停用，没有发送任何数据。请换一台电脑开大厅。";
    HubFull = "hub_full", "这个大厅连接的电脑已满 25 台，没有交出也没有取回内容。内容都在本机，照样录入；有一台离开后自己会接上，或请另一台电脑开大厅。";
    HubAddressUnread = "hub_address_unread", "没看懂大厅的地址。请照开大厅的那台电脑屏幕上“其他电脑加入”那一行输入，或用扫码枪扫它旁边的码。";
    HubIsOwn = "hub_is_own", "这是本机自己的地址，不用加入。请到别的电脑上输入它。";
    HubIsOpen = "hub_is_open", "大厅正开在本机，没有改动。请先关闭大厅，再加入别的大厅。";
    HallOffline = "hall_offline", "本机还没有连上这里的无线网，别的设备过不来。请先连上无线路由器，或打开本机热点，地址会自己更新。";
    HubStopped = "hub_stopped", "大厅意外关闭了，已保存的都在本机。请重新开大厅，平板重新扫码。";
    StopClosed = "stop_closed", "该单位的站点已结束，名单和记录都已备份并从本机移除。请联系协调员重新开放，同步后再操作。";
    UnitRetired = "unit_retired", "该单位已停用，不能再录入，没有保存。请改用接续的单位，没有写明的请联系协调员。";
    UnitRetiredAlready = "unit_retired_already", "该单位已经停用，没有改动。请核对单位代码。";
    StopUnknown = "stop_unknown", "站点只能是一个村或一所学校。请核对单位代码。";
    // Backups
    BackupRecipientInvalid = "backup_recipient_invalid", "备份公钥不对（应以 age1 开头）。请核对 --recipient 或 --recipients，本次没有备份。";
    BackupIdentityInvalid = "backup_identity_invalid", "备份私钥文件读不到或格式不对（应有 AGE-SECRET-KEY-1 开头的一行）。请核对 --identity 后重试。";
    BackupIdentityWrong = "backup_identity_wrong", "这把私钥打不开这份备份。请换与备份公钥成对的私钥，没有恢复任何内容。";
    BackupBroken = "backup_broken", "备份文件不完整或已损坏，没有恢复任何内容。请换另一份备份。";
    BackupUnproven = "backup_unproven", "备份的副本核对不通过，没有生成备份。请运行 jkkc verify 核对服务器数据，并联系管理员。";
    RestoreFolderNotEmpty = "restore_folder_not_empty", "恢复只能写入空目录，现有内容没有改动。请换一个新目录。";
    RestoreBelowBackup = "restore_below_backup", "这份备份缺少已经显示为“已备份”的记录，没有恢复任何内容。请改用最近的一份备份；确实要用这一份，请核对下列范围后加 --accept-loss。";
    // Files carried to the server
    CarryNone = "carry_none", "这不是设备存出的文件（.carry），没有收下任何内容。请换成从设备上存出的文件。";
    CarryForeign = "carry_foreign", "这份文件不是存给本服务器的（可能属于其他区县），或开头已损坏，没有收下任何内容。请核对是哪台设备存的，在该设备上重新存一份。";
    CarryBroken = "carry_broken", "这份文件不完整或已损坏，没有收下任何内容。请在原设备上重新存一份，存好后再拔U盘。";
    CarryNewer = "carry_newer", "这份文件由更新版本的程序存出，没有收下任何内容。请升级服务器程序后再导入。";
    CarryTooLarge = "carry_too_large", "要带回的记录太多，不能在屏幕上存成一个文件。请联网同步；没有网络的，请协调员用命令存到U盘。";
    SheetUnreadable = "sheet_unreadable", "日结单的内容读不懂。请按纸面逐行录入：设备、写入编号、条数、摘要。";
    SheetOther = "sheet_other", "这张日结单不是该单位当天的。请核对 --unit 和 --date，或换一张日结单。";
    FileExists = "file_exists", "文件已经存在，不会覆盖。请换一个文件名。";
    // Checks
    VerifyFailed = "verify_failed", "核对发现问题，详见列表。请保留数据目录并联系管理员。";
    Internal = "internal", "程序内部出错，已保存的内容没有丢失。请重试，仍不行请联系管理员。";
}

impl std::str::FromStr for Code {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Code::ALL.iter().copied().find(|c| c.word() == word).ok_or(())
    }
}

/// What reaches a person or another program when something failed.
///
/// `{}` prints the code's word alone, so that a log that says it says nothing of anyone. The place goes
/// to the screen and into `--json` of the one who asked: whoever makes a `Failure` puts in what a person
/// wrote into a command or a table's heading (a file's name, an option, an item's key, a row's number),
/// and nothing that was read out of a row: no name, no ID number, no phone, no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", code.word())]
pub struct Failure {
    pub code: Code,
    /// Where in the input: a file's name, an option, an item's key. Never personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Failure {
    pub fn new(code: Code) -> Failure {
        Failure { code, place: None }
    }
    pub fn at(code: Code, place: impl Into<String>) -> Failure {
        Failure { code, place: Some(place.into()) }
    }
    /// The sentence for the screen.
    pub fn zh(&self) -> String {
        match &self.place {
            Some(place) => format!("{}（{place}）", self.code.zh()),
            None => self.code.zh().to_owned(),
        }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Failure::new(code)
    }
}
