//! Sentences of the import: the page, the command, and what is wrong with a file.

use crate::domain::Language::{self, En, ZhCn};

macro_rules! sentences {
    ($($name:ident: $en:literal, $zh:literal;)+) => {
        /// Sentences of the import.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "the English sentence says what it is")]
        pub struct ImportText {
            lang: Language,
            $(pub $name: &'static str,)+
        }

        static EN: ImportText = ImportText { lang: En, $($name: $en,)+ };
        static ZH: ImportText = ImportText { lang: ZhCn, $($name: $zh,)+ };
    };
}

sentences! {
    import: "Import", "导入";
    intro: "Take in patients, lots or infusions from a CSV file. First you see what would happen, then you decide. A file is taken in whole or not at all.", "从 CSV 文件导入患者、批次或输注记录。先预览，再确认。文件要么全部导入，要么完全不导入。";
    kind: "What the file holds", "文件内容";
    patients: "Patients", "患者";
    lots: "Lots", "批次";
    infusions: "Infusions", "输注";
    site: "Clinic", "机构";
    file: "CSV file, UTF-8", "CSV 文件（UTF-8)";
    check: "Check the file", "检查文件";
    order: "Patients first, then lots, then infusions: each refers to the one before.", "请按患者、批次、输注的顺序导入：后者引用前者。";
    columns: "Columns", "列说明";
    columns_hint: "The first line names the columns, in any order. A column that is not listed here is refused. Times are those of the clinic's clock.", "首行为列名，顺序不限。不在下表中的列会被拒绝。时间以机构当地时间为准。";
    column: "Column", "列名";
    meaning: "Meaning", "含义";
    needed: "needed", "必填";
    example: "Example", "示例";
    values: "Values", "可用值";
    example_file: "Download an example file", "下载示例文件";
    preview: "What would happen", "预览";
    good: "Nothing stands against it.", "没有问题，可以导入。";
    nothing_changed: "Nothing was taken in: the registry is as it was.", "未导入任何内容，登记库保持不变。";
    mend: "Mend these rows in the file and check it again.", "请在文件中更正以下各行，然后重新检查。";
    changed_since: "The registry has changed since the preview. This is what would happen now; please look again.", "预览之后登记库已有变化。以下为最新预览，请重新核对。";
    first_rows: "The first rows", "前几行内容";
    odd_rows: "Unusual, and taken in all the same", "不常见，但仍会导入";
    odd_hint: "Please look at these rows before you go on.", "继续之前请核对以下各行。";
    line: "Line", "行";
    problem: "What is wrong", "问题";
    take_in: "Take in the file", "确认导入";
    other_file: "Choose another file", "选择其他文件";
    done: "Taken in", "导入完成";
    no_file: "Choose a file.", "请选择文件。";
    no_site: "Choose a clinic.", "请选择机构。";
    no_kind: "Say what the file holds.", "请选择文件内容。";
    whole_row: "whole row", "整行";
    more: "and more", "其余略";
}

impl ImportText {
    /// "120 rows would be taken in." and the like.
    #[must_use]
    pub fn rows(&self, rows: usize) -> String {
        match self.lang {
            En if rows == 1 => "1 row".to_owned(),
            En => format!("{rows} rows"),
            ZhCn => format!("{rows} 行"),
        }
    }

    /// How many rows have problems.
    #[must_use]
    pub fn bad_rows(&self, problems: usize, lines: usize) -> String {
        match self.lang {
            En => format!("{problems} problems in {lines} rows"),
            ZhCn => format!("{lines} 行中有 {problems} 处问题"),
        }
    }

    /// How many courses would be begun.
    #[must_use]
    pub fn courses(&self, courses: usize) -> String {
        match self.lang {
            En if courses == 1 => {
                "1 course is begun for infusions that have none in the registry.".to_owned()
            }
            En => {
                format!("{courses} courses are begun for infusions that have none in the registry.")
            }
            ZhCn => format!("将为登记库中没有疗程的输注新建 {courses} 个疗程。"),
        }
    }

    /// A row that has another number of cells than the header.
    #[must_use]
    pub fn cells(&self, found: usize, wanted: usize) -> String {
        match self.lang {
            En => format!(
                "The row has {found} cells, the header {wanted}. Is a comma in a text without quotes?"
            ),
            ZhCn => {
                format!("本行有 {found} 个单元格，而首行有 {wanted} 个。是否有未加引号的逗号？")
            }
        }
    }

    /// The file is UTF-16.
    #[must_use]
    pub fn utf16(&self) -> String {
        self.save_as_utf8("UTF-16 (“Unicode text”)")
    }

    /// The file is GBK.
    #[must_use]
    pub fn gbk(&self) -> String {
        self.save_as_utf8("GBK (ANSI)")
    }

    fn save_as_utf8(&self, encoding: &str) -> String {
        match self.lang {
            En => format!(
                "The file is encoded as {encoding}. In Excel choose “Save as” and “CSV UTF-8”; in WPS or a text editor choose the encoding UTF-8."
            ),
            ZhCn => format!(
                "文件编码为 {encoding}。请在 Excel 中选择“另存为”→“CSV UTF-8”，或在 WPS、文本编辑器中选择 UTF-8 编码保存。"
            ),
        }
    }

    /// The file is not UTF-8 from this byte on.
    #[must_use]
    pub fn not_utf8(&self, byte: usize) -> String {
        match self.lang {
            En => format!(
                "The file is not UTF-8: byte {byte} cannot be read. Save it as “CSV UTF-8”."
            ),
            ZhCn => format!("文件不是 UTF-8 编码：第 {byte} 字节无法读取。请保存为“CSV UTF-8”。"),
        }
    }

    /// The file is a workbook.
    #[must_use]
    pub fn workbook(&self) -> &'static str {
        match self.lang {
            En => "This is a workbook, not a CSV file. In Excel choose “Save as” and “CSV UTF-8”.",
            ZhCn => "这是工作簿，不是 CSV 文件。请在 Excel 中选择“另存为”→“CSV UTF-8”。",
        }
    }

    /// The file is empty.
    #[must_use]
    pub fn empty(&self) -> &'static str {
        match self.lang {
            En => "The file is empty.",
            ZhCn => "文件为空。",
        }
    }

    /// More than there may be.
    #[must_use]
    pub fn too_long(&self, megabytes: usize) -> String {
        match self.lang {
            En => format!("The file has more than {megabytes} MB. Divide it."),
            ZhCn => format!("文件超过 {megabytes} MB，请拆分。"),
        }
    }

    /// More rows than there may be.
    #[must_use]
    pub fn too_many_rows(&self, rows: usize) -> String {
        match self.lang {
            En => format!("The file has more than {rows} rows. Divide it."),
            ZhCn => format!("文件超过 {rows} 行，请拆分。"),
        }
    }

    /// There is only a header.
    #[must_use]
    pub fn no_rows(&self) -> &'static str {
        match self.lang {
            En => "There are no rows below the header.",
            ZhCn => "首行之下没有数据行。",
        }
    }

    /// A line that is no CSV.
    #[must_use]
    pub fn not_csv(&self, line: u64) -> String {
        match self.lang {
            En => {
                format!("Line {line} cannot be read as CSV. Look for a quote that does not close.")
            }
            ZhCn => format!("第 {line} 行无法按 CSV 读取，请检查未闭合的引号。"),
        }
    }

    /// A column that is not known.
    #[must_use]
    pub fn unknown_column(&self, name: &str) -> String {
        match self.lang {
            En => format!(
                "The column “{name}” is not known. Its values would be lost, so the file is refused."
            ),
            ZhCn => format!("不认识列“{name}”。为避免数据丢失，文件被拒绝。"),
        }
    }

    /// A column that must be there.
    #[must_use]
    pub fn missing_column(&self, name: &str) -> String {
        match self.lang {
            En => format!("The column “{name}” is missing."),
            ZhCn => format!("缺少列“{name}”。"),
        }
    }

    /// A column that is there twice.
    #[must_use]
    pub fn repeated_column(&self, name: &str) -> String {
        match self.lang {
            En => format!("The column “{name}” is there twice."),
            ZhCn => format!("列“{name}”重复出现。"),
        }
    }
}

/// The sentences of the import in a language.
#[must_use]
pub fn import(lang: Language) -> &'static ImportText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}
