//! What is wrong with the registry itself, and what to do about it.
//!
//! Shown to all staff and to whoever asks whether the program is ready: no sentence here
//! may tell of a person.

use crate::domain::fault::{Fault, Finding};
use crate::domain::{
    Codelist,
    Language::{self, En, ZhCn},
};

/// What is wrong, then what to do.
type Words = (&'static str, &'static str);

/// One line a fault: English, then Chinese, side by side for the reviewer.
macro_rules! words {
    ($($fault:ident: ($en:literal, $en_do:literal), ($zh:literal, $zh_do:literal);)+) => {
        const fn words(fault: Fault, lang: Language) -> Words {
            match (fault, lang) {
                $((Fault::$fault, En) => ($en, $en_do), (Fault::$fault, ZhCn) => ($zh, $zh_do),)+
            }
        }
    };
}

words! {
    Unreadable:
        ("The database cannot be read.", "Take reports by phone and on paper; tell whoever looks after the server: afterwatch doctor."),
        ("无法读取数据库。", "请改用电话和纸质方式接收报告，并通知服务器管理员：afterwatch doctor。");
    NotWritable:
        ("Nothing can be saved.", "Take reports by phone and on paper; tell whoever looks after the server to look at the free space of the disk."),
        ("目前无法保存任何内容。", "请改用电话和纸质方式接收报告，并请服务器管理员检查磁盘剩余空间。");
    AuditorStopped:
        ("The check that watches over everything else has stopped.", "Look at the queue yourself often; tell whoever looks after the server to restart the program."),
        ("负责监督其他部分的检查已停止。", "请经常亲自查看待办队列，并请服务器管理员重启程序。");
    ScheduleStopped:
        ("The schedule has stopped: missed check-ins are not noticed.", "Look at the check-ins of your patients yourself; tell whoever looks after the server to restart the program."),
        ("随访日程已停止：错过的随访不会被发现。", "请亲自查看患者的随访情况，并请服务器管理员重启程序。");
    MailStopped:
        ("Sending mail has stopped: nobody is told by mail.", "Look at the queue yourself often and call colleagues; tell whoever looks after the server to restart the program."),
        ("邮件发送已停止：不会再有人收到邮件通知。", "请经常亲自查看待办队列并电话联系同事，同时请服务器管理员重启程序。");
    MailNotTried:
        ("Mail is due and nobody tries to send it.", "Look at the queue yourself often and call colleagues; tell whoever looks after the server to restart the program."),
        ("有邮件到期却没有尝试发送。", "请经常亲自查看待办队列并电话联系同事，同时请服务器管理员重启程序。");
    MailFailing:
        ("The mail server takes no mail.", "Call colleagues and patients instead; tell whoever looks after the server: afterwatch doctor --mail."),
        ("邮件服务器不接收任何邮件。", "请改用电话联系同事和患者，并通知服务器管理员：afterwatch doctor --mail。");
    AlertLate:
        ("An alert to staff on duty has not left.", "Open the queue now and call whoever is on duty."),
        ("发给值班人员的提醒尚未发出。", "请立即打开待办队列，并电话联系值班人员。");
    AlertMissing:
        ("An urgent task waits and nobody was told of it.", "Open the queue now and take it."),
        ("有紧急任务等待处理，但没有通知任何人。", "请立即打开待办队列并接手。");
    NobodyTold:
        ("An urgent task waits and none of its alerts arrived.", "Open the queue now and take it; check the addresses of those on duty."),
        ("有紧急任务等待处理，但其提醒均未送达。", "请立即打开待办队列并接手，同时检查值班人员的邮箱地址。");
    NobodyOnDuty:
        ("A clinic has nobody on duty.", "Put somebody on duty on the duty page."),
        ("有机构没有值班人员。", "请在“值班”页面安排人员值班。");
    NoAdministrator:
        ("Nobody can administer this installation.", "Whoever looks after the server makes an administrator: afterwatch staff add."),
        ("没有人可以管理本系统。", "请服务器管理员添加管理员：afterwatch staff add。");
    NotEvaluated:
        ("A report could not be judged by the rules.", "Open the queue and judge it yourself; tell whoever looks after the rules."),
        ("有报告无法按规则评估。", "请打开待办队列，由您自行评估，并通知规则负责人。");
    WithoutTask:
        ("A report that needs a person is in no task.", "Look through the newest reports of your patients now; tell whoever looks after the server: afterwatch doctor."),
        ("有需要人工处理的报告没有对应的任务。", "请立即查看患者的最新报告，并通知服务器管理员：afterwatch doctor。");
    WithoutReasons:
        ("A report that needs a person has lost the reasons for it.", "Judge the report by its answers; tell whoever looks after the server: afterwatch doctor."),
        ("有需要人工处理的报告丢失了其原因。", "请根据报告的回答进行判断，并通知服务器管理员：afterwatch doctor。");
    NotInTrail:
        ("A report has no entry in the audit trail.", "Tell whoever looks after the server: afterwatch audit verify."),
        ("有报告在审计记录中没有对应条目。", "请通知服务器管理员：afterwatch audit verify。");
    RulesMissing:
        ("A product in use names rules that are not there: its reports cannot be judged.", "Judge its reports yourself; an administrator corrects the rules of the product."),
        ("有在用产品指定的规则不存在，其报告无法评估。", "请自行评估其报告，并请管理员更正该产品的规则。");
    NotClosed:
        ("A check-in is over and nobody was told that it was missed.", "Look at the check-ins of your patients yourself; tell whoever looks after the server to restart the program."),
        ("有随访已结束，但没有人得知其被错过。", "请亲自查看患者的随访情况，并请服务器管理员重启程序。");
    FollowUpMissing:
        ("An infusion has no check-ins.", "Open the newest infusions and save each one without check-ins again."),
        ("有输注没有安排随访。", "请打开最近的输注记录，将没有随访的逐一重新保存。");
    QuestionMissing:
        ("A check-in is due and no question was ever planned for it.", "Call the patients whose check-ins are due; tell whoever looks after the server: afterwatch doctor."),
        ("有随访已到期，却从未安排过提问。", "请电话联系随访到期的患者，并通知服务器管理员：afterwatch doctor。");
    ClockMovedBack:
        ("The clock of the server is behind what was written already.", "Whoever looks after the server sets the clock; until then do not trust the times shown."),
        ("服务器时钟早于已写入的记录。", "请服务器管理员校正时钟；在此之前请勿相信所显示的时间。");
    TrailBroken:
        ("The audit trail is not as it was written.", "Change nothing; whoever looks after the server keeps a copy of the file and runs: afterwatch audit verify."),
        ("审计记录与写入时不一致。", "请勿更改任何内容；请服务器管理员保留文件副本并运行：afterwatch audit verify。");
    BackupOld:
        ("The last copy of the database is too old.", "Whoever looks after the server makes one: afterwatch backup FILE."),
        ("数据库的最近一次备份已过久。", "请服务器管理员进行备份：afterwatch backup FILE。");
    DiskNearlyFull:
        ("The disk of the server is nearly full: soon nothing can be saved.", "Whoever looks after the server makes room."),
        ("服务器磁盘即将用尽，很快将无法保存内容。", "请服务器管理员腾出空间。");
    StepOverdue:
        ("The next people should have been told about a task, and were not.", "Open the queue now and take what is late; tell whoever looks after the server to restart the program."),
        ("本应就某项任务通知下一批人员，但没有通知。", "请立即打开待办队列并接手已延误的任务，同时请服务器管理员重启程序。");
    StepsMissing:
        ("An urgent task waits and nobody further will be told of it.", "Open the queue now and take it."),
        ("有紧急任务等待处理，但之后不会再通知任何人。", "请立即打开待办队列并接手。");
    TextUnusable:
        ("A text that an administrator wrote for mails cannot be used; the built-in text goes out instead.", "An administrator corrects it, or takes it back, on the page \u{201c}Texts of mails\u{201d}."),
        ("管理员编写的邮件文本无法使用，现改发内置文本。", "请管理员在“邮件文本”页面更正或撤回该文本。");
}

/// A finding as one sentence with what to do, its code and, where it counts, how many.
#[must_use]
pub fn finding(found: Finding, lang: Language) -> String {
    let (what, to_do) = words(found.fault, lang);
    let code = found.fault.code();
    match (lang, found.count) {
        (En, 1) => format!("{what} {to_do} ({code})"),
        (En, count) => format!("{what} {to_do} ({code}, {count} times)"),
        (ZhCn, 1) => format!("{what}{to_do}（{code}）"),
        (ZhCn, count) => format!("{what}{to_do}（{code}，共{count}处）"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_says_what_is_wrong_and_what_to_do_in_both_languages() {
        for fault in Fault::ALL {
            for (lang, end) in [(En, "."), (ZhCn, "。")] {
                let (what, to_do) = words(*fault, lang);
                assert!(what.ends_with(end) && to_do.ends_with(end), "{what} {to_do}");
            }
            assert!(!words(*fault, ZhCn).0.is_ascii(), "{fault:?}");
        }
        let three = Finding { fault: Fault::AlertLate, count: 3 };
        assert!(finding(three, En).ends_with("(F08, 3 times)"));
        assert!(finding(three, ZhCn).ends_with("（F08，共3处）"));
    }
}
