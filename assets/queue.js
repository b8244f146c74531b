// Keys of the queue and of a task. The pages work whole without this file.
// The list of keys is in the page (the dialog "keys"); every one is a button or a link too.
"use strict";

const rows = () => [...document.querySelectorAll(".queue .queue-row")];
const current = () => document.querySelector(".queue .queue-row.current");

function select(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(current() ?? document.activeElement?.closest(".queue-row"));
  const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))];
  all.forEach((row) => row.classList.toggle("current", row === next));
  next.querySelector("a.open").focus();
}

// Opens one of a task's forms and goes to its first field.
function unfold(id) {
  const form = document.getElementById(id);
  if (!(form instanceof HTMLDetailsElement)) return false;
  form.open = true;
  form.querySelector("input:not([type=hidden]), textarea, select").focus();
  return true;
}

const press = (selector, within = document) => within.querySelector(selector)?.click();
const dialog = document.getElementById("keys");

const actions = {
  j: () => select(1),
  k: () => select(-1),
  t: () => press("form.take button", current() ?? document),
  c: () => {
    if (!unfold("call") && current()) press("a.phone", current());
  },
  n: () => unfold("note"),
  h: () => unfold("hand-over"),
  x: () => unfold("close"),
  s: () => press("#live-show:not([hidden])"),
  u: () => press("form.undo button"),
  q: () => press(".breadcrumb a"),
  "/": () => document.querySelector("input[type=search], .filters select")?.focus(),
  "?": () => dialog?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog?.open) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

// The row that has the focus is the row that the keys are for.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest(".queue .queue-row");
  if (row) rows().forEach((other) => other.classList.toggle("current", other === row));
});

const opener = document.getElementById("keys-open");
if (opener && dialog) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}

// After a step: what was wrong, or what was done, comes first.
const result = document.querySelector(".problems, .done");
if (result && !location.hash) {
  result.tabIndex = -1;
  result.focus({ preventScroll: false });
}

// A step can be undone for so long; afterwards the button would only be refused.
const undo = document.querySelector(".done[data-seconds]");
if (undo) {
  const over = performance.now() + 1000 * Number(undo.dataset.seconds);
  const left = undo.querySelector(".seconds");
  const tick = setInterval(() => {
    const seconds = Math.ceil((over - performance.now()) / 1000);
    if (left) left.textContent = Math.max(0, seconds);
    if (seconds > 0) return;
    clearInterval(tick);
    const form = undo.querySelector("form.undo");
    const had = form?.contains(document.activeElement);
    form?.remove();
    if (had) undo.focus();
  }, 250);
}
