//! Sentences of pages that keep themselves up to date, and of their keys.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::task::UndoableStep;

/// Sentences of pages that keep themselves up to date. `{n}` is filled in by the page.
#[derive(Debug)]
pub struct LiveText {
    lang: Language,
    pub new: &'static str,
    pub changed: &'static str,
    pub gone: &'static str,
    pub comma: &'static str,
    pub show: &'static str,
    pub task_changed: &'static str,
    pub untaken: &'static str,
    pub new_emergency: &'static str,
    pub reload: &'static str,
    pub on: &'static str,
    pub off: &'static str,
    pub elsewhere: &'static str,
    pub ended: &'static str,
    pub sound: &'static str,
    pub sound_waits: &'static str,
    pub no_sound: &'static str,
    pub keys: &'static str,
    pub close: &'static str,
    pub undo: &'static str,
    pub seconds: &'static str,
    /// The keys of the queue and what they do.
    pub queue_keys: &'static [(&'static str, &'static str)],
    /// The keys of a task and what they do.
    pub task_keys: &'static [(&'static str, &'static str)],
}

static EN: LiveText = LiveText {
    lang: En,
    new: "{n} new",
    changed: "{n} changed",
    gone: "{n} closed or moved",
    comma: ", ",
    show: "Show",
    task_changed: "This task has changed since you opened it.",
    untaken: "Emergency that nobody has taken:",
    new_emergency: "New Emergency:",
    reload: "Reload",
    on: "This page tells you of changes by itself.",
    off: "This page does not tell you of changes at the moment: reload it.",
    elsewhere: "Other tabs of yours are told of changes instead of this one: reload it.",
    ended: "You are not signed in any more: reload the page.",
    sound: "Sound for a new Emergency",
    sound_waits: "The browser lets it sound after you have pressed a key or clicked on this page.",
    no_sound: "This browser cannot make the sound.",
    keys: "Keys",
    close: "Close",
    undo: "Undo",
    seconds: "s",
    queue_keys: &[
        ("j", "next task"),
        ("k", "task before"),
        ("Enter", "open it"),
        ("t", "take it"),
        ("c", "call the patient"),
        ("s", "show what has changed"),
        ("u", "undo"),
        ("/", "filters and search"),
        ("?", "this list"),
    ],
    task_keys: &[
        ("t", "take it"),
        ("c", "write down a call"),
        ("n", "write a note"),
        ("h", "hand over"),
        ("x", "close it"),
        ("u", "undo"),
        ("s", "show what has changed"),
        ("q", "back to the queue"),
        ("?", "this list"),
    ],
};

static ZH: LiveText = LiveText {
    lang: ZhCn,
    new: "{n}个新任务",
    changed: "{n}个有变化",
    gone: "{n}个已关闭或移走",
    comma: "，",
    show: "显示",
    task_changed: "您打开之后，这个任务有了变化。",
    untaken: "尚无人接手的危急任务：",
    new_emergency: "新的危急任务：",
    reload: "刷新",
    on: "有变化时，本页会自动提示。",
    off: "本页目前不会自动提示变化：请刷新。",
    elsewhere: "变化改在您的其他标签页提示：请刷新本页。",
    ended: "您已退出登录：请刷新页面。",
    sound: "有新的危急任务时响铃",
    sound_waits: "请先在本页按任意键或点击一次，浏览器才允许响铃。",
    no_sound: "此浏览器无法响铃。",
    keys: "快捷键",
    close: "关闭",
    undo: "撤销",
    seconds: "秒",
    queue_keys: &[
        ("j", "下一个任务"),
        ("k", "上一个任务"),
        ("Enter", "打开任务"),
        ("t", "接手"),
        ("c", "拨打患者电话"),
        ("s", "显示变化"),
        ("u", "撤销"),
        ("/", "筛选和搜索"),
        ("?", "本列表"),
    ],
    task_keys: &[
        ("t", "接手"),
        ("c", "记录通话"),
        ("n", "写备注"),
        ("h", "转交"),
        ("x", "关闭任务"),
        ("u", "撤销"),
        ("s", "显示变化"),
        ("q", "返回待办队列"),
        ("?", "本列表"),
    ],
};

/// The sentences of pages that keep themselves up to date in a language.
#[must_use]
pub fn live(lang: Language) -> &'static LiveText {
    match lang {
        En => &EN,
        ZhCn => &ZH,
    }
}

impl LiveText {
    /// When the page was made, on the clinic's clock.
    #[must_use]
    pub fn made_at(&self, time: &str) -> String {
        match self.lang {
            En => format!("As of {time}."),
            ZhCn => format!("截至{time}。"),
        }
    }

    /// What was just done with a task.
    #[must_use]
    pub fn done(&self, step: UndoableStep, number: i64) -> String {
        let (en, zh) = match step {
            UndoableStep::Taken => ("taken", "已接手"),
            UndoableStep::HandedOver => ("handed over", "已转交"),
            UndoableStep::PutBack => ("put back", "已放回"),
            UndoableStep::Closed => ("closed", "已关闭"),
        };
        match self.lang {
            En => format!("Task #{number}: {en}."),
            ZhCn => format!("任务#{number}{zh}。"),
        }
    }
}
