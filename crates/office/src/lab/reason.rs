//! Why a report, a whole file or one line of a report is not taken, in words for whoever decides. Not when (`plan`).

macro_rules! reasons {
    ($($name:ident = $word:literal, $zh:literal;)*) => {
        /// Why a report, or a whole file, is held.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum LabReason { $($name,)* }

        impl LabReason {
            pub const ALL: &'static [LabReason] = &[$(LabReason::$name,)*];
            pub fn word(self) -> &'static str {
                match self { $(LabReason::$name => $word,)* }
            }
            /// What a person reads.
            pub fn zh(self) -> &'static str {
                match self { $(LabReason::$name => $zh,)* }
            }
        }
    };
}

reasons! {
    FileUnreadable = "file_unreadable", "文件打不开、不完整或不是检验报告，请让检验科重新导出";
    FileCut = "file_cut", "HL7 文件在中间断了，请让检验科重新导出";
    FileEmpty = "file_empty", "文件里没有检验结果";
    ColumnsNew = "columns_new", "有以前没有的列，这几列没有采用，其余已采用：请重新对应列（不要的列选不采用），再导入这份文件";
    HeadingsMissing = "headings_missing", "找不到以前对应的列名，请重新对应列";
    ColumnsShifted = "columns_shifted", "数据和列名错位，请核对文件：列变了就重新对应列，否则请检验科重新导出";
    TubeUnknown = "tube_unknown", "没有绑定过这个条码，请核对条码，或等采血的设备同步后重试";
    TubeOfTwo = "tube_of_two", "同一个条码绑定了两个人，请先核对并改绑";
    RoundOfTwo = "round_of_two", "这个条码在几个轮次里都绑定过，看不出结果是哪一次的：请协调员在服务器上按轮次导入这份文件；确认就是本轮的，按这个条码采用";
    TubeSpoilt = "tube_spoilt", "这支管已登记需重采，却有结果，请与检验科核对";
    OutOfScope = "out_of_scope", "这支管属于本机不负责的单位，请在服务器上导入";
    Preliminary = "preliminary", "检验科还没有出最终报告：出了以后导入，这几行会自动去掉";
    AnalyteUnknown = "analyte_unknown", "有项目没有写明对应，请重新对应列";
    NotOfTube = "not_of_tube", "项目与管型不符，可能扫错了管";
    UnitUndeclared = "unit_undeclared", "单位没有声明的换算系数，不能换算：请与检验科核对，手工补录后再不用这一行";
    ValueUnreadable = "value_unreadable", "数值读不懂，或小数位多于本项目保留的位数：请与检验科核对，手工补录后再不用这一行";
    ValueImpossible = "value_impossible", "数值超出可能的范围，没有采用：请与检验科核对，手工补录后再不用这一行";
    SaysTwo = "says_two", "同一支管同一项目有两个不同的结果，都没有采用：请与检验科核对，手工补录后再不用这一行";
    OlderValue = "older_value", "与已被更正的旧结果相同：请核对是否误用了旧文件；检验科确实又改回来了，就照样采用";
    AnotherStands = "another_stands", "这支管已收下另一个结果，看不出哪个新：请与检验科核对；这一份是新的，就照样采用；不是，就不采用";
    AlreadyReported = "already_reported", "检验科退回标本，但已有结果，请核对";
    TakenBack = "taken_back", "检验科撤回了已收下的结果：请与检验科核对，在这个人的全部结果里撤回那几项，再不用这一行";
    PartRejected = "part_rejected", "检验科只退回了其中几项，其余结果已收下：请重采退回的几项，再不用这一行";
}

impl LabReason {
    /// What a single line may wait for while the others are taken; the first asks most of somebody.
    pub const OF_LINES: [LabReason; 6] = [
        LabReason::AnalyteUnknown,
        LabReason::SaysTwo,
        LabReason::ValueImpossible,
        LabReason::UnitUndeclared,
        LabReason::ValueUnreadable,
        LabReason::Preliminary,
    ];

    /// Single lines wait, while the others are taken.
    pub fn is_of_lines(self) -> bool {
        LabReason::OF_LINES.contains(&self)
    }

    /// Somebody who has looked may take it as it is.
    pub fn can_accept(self) -> bool {
        use LabReason::{AnotherStands, OlderValue};
        matches!(self, AnotherStands | OlderValue)
    }

    pub fn is_columns(self) -> bool {
        use LabReason::{AnalyteUnknown, ColumnsNew, ColumnsShifted, HeadingsMissing};
        matches!(self, ColumnsNew | HeadingsMissing | ColumnsShifted | AnalyteUnknown)
    }
}
