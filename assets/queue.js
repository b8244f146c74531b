// Keys for the queue and a task. The pages work whole without this file.
// Queue: j and k move, Enter opens, t takes, c calls, / searches. Task: t, c, n likewise.
"use strict";

const rows = [...document.querySelectorAll(".queue .queue-row")];
let current = -1;

function select(index) {
  if (rows.length === 0) return;
  current = Math.max(0, Math.min(rows.length - 1, index));
  rows.forEach((row, at) => row.classList.toggle("current", at === current));
  rows[current].querySelector("a.open").focus();
}

function open(id) {
  const form = document.getElementById(id);
  if (!form) return false;
  form.open = true;
  form.querySelector("input:not([type=hidden]), textarea, select").focus();
  return true;
}

const actions = {
  j: () => select(current + 1),
  k: () => select(current - 1),
  t: () => (rows[current] ?? document).querySelector("form.take button")?.click(),
  c: () => {
    if (!open("call")) rows[current]?.querySelector("a.phone")?.click();
  },
  n: () => open("note"),
  "/": () => document.querySelector("input[type=search], .filters select")?.focus(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
