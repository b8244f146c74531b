// Tells of changes while a page is open: the server says that there are some, the page asks
// for the list and compares. Nothing moves until somebody presses "Show".
"use strict";

const live = document.getElementById("live");
const text = live.dataset;
const alarm = document.getElementById("live-alarm");
const news = document.getElementById("live-changes");
const show = document.getElementById("live-show");
const state = document.getElementById("live-state");
const title = document.title;
const known = new Set(text.known.split(" ").filter(Boolean));
let fetched = null;
let asking = 0;

const rowsOf = (root) =>
  new Map([...root.querySelectorAll("#list [data-task]")].map((row) => [row.dataset.task, row]));

// What is new, changed and gone in the list that was fetched.
function compare() {
  const [before, after] = [rowsOf(document), rowsOf(fetched)];
  let [fresh, changed, gone] = [0, 0, 0];
  for (const [id, row] of after) {
    if (!before.has(id)) fresh += 1;
    else if (before.get(id).dataset.mark !== row.dataset.mark) changed += 1;
  }
  for (const id of before.keys()) if (!after.has(id)) gone += 1;
  const say = (words, count) => (count > 0 ? [words.replace("{n}", count)] : []);
  const all = [...say(text.new, fresh), ...say(text.changed, changed), ...say(text.gone, gone)];
  tell(all.join(text.comma));
}

function tell(words) {
  if (news.textContent !== words) news.textContent = words;
  show.hidden = words === "";
}

// Puts the list in its new order; who was on a row stays on it, if it is still there.
function apply() {
  if (!text.list) return location.assign(document.querySelector(".live-state a").href);
  const [old, next] = [document.getElementById("list"), fetched.getElementById("list")];
  const row = old.querySelector(".queue-row.current")?.dataset.task;
  old.replaceWith(document.importNode(next, true));
  fetched = null;
  tell("");
  const again = row && document.querySelector(`#list [data-task="${CSS.escape(row)}"] a.open`);
  const heading = document.querySelector("h1");
  if (!again) heading.tabIndex = -1;
  (again || heading).focus();
}

async function look() {
  const turn = ++asking;
  const answer = await fetch(text.list, { redirect: "error" });
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== asking || !page.getElementById("list")) return;
  fetched = page;
  compare();
}

function emergencies(all) {
  const others = all.filter((one) => one.id !== text.own);
  document.title = others.length > 0 ? `(${others.length}!) ${title}` : title;
  const fresh = others.filter((one) => !known.has(one.key));
  all.forEach((one) => known.add(one.key));
  if (fresh.length > 0) {
    alarm.replaceChildren(text.newEmergency);
    for (const one of fresh) {
      const link = document.createElement("a");
      link.href = `/tasks/${one.id}`;
      link.textContent = `#${one.number}`;
      alarm.append(" ", link);
    }
    ring();
  } else if (others.length === 0) {
    alarm.replaceChildren();
  }
}

const source = new EventSource(text.stream);
const stop = (words) => {
  source.close();
  state.textContent = words;
};
source.addEventListener("open", () => (state.textContent = text.on));
source.addEventListener("error", () => (state.textContent = text.off));
source.addEventListener("ended", () => stop(text.ended));
source.addEventListener("elsewhere", () => stop(text.elsewhere));
source.addEventListener("queue", (event) => {
  const data = JSON.parse(event.data);
  emergencies(data.emergencies);
  if (text.list) look().catch(() => (state.textContent = text.off));
  else tell(data.task !== null && String(data.task) !== text.version ? text.taskChanged : "");
});
show.addEventListener("click", apply);
// A page that is kept for going back would hold its stream.
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => event.persisted && location.reload());

// The sound: off until it is switched on, for this person in this browser.
const button = document.getElementById("live-sound");
const soundState = document.getElementById("live-sound-state");
const place = `sound of ${text.person}`;
let audio = null;

function kept(value) {
  try {
    if (value !== undefined) localStorage.setItem(place, value);
    return localStorage.getItem(place);
  } catch {
    return null; // The browser keeps nothing: off again on the next page.
  }
}

async function wake() {
  audio ??= new AudioContext();
  // A browser that waits for a gesture does not answer at once.
  await Promise.race([audio.resume(), new Promise((later) => setTimeout(later, 200))]);
  soundState.textContent = audio.state === "running" ? "" : text.soundWaits;
}

function ring() {
  if (button.getAttribute("aria-pressed") !== "true" || audio?.state !== "running") return;
  [0, 0.25, 0.5].forEach((delay, at) => {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const begins = audio.currentTime + delay;
    tone.frequency.value = at % 2 === 0 ? 880 : 660;
    volume.gain.setValueAtTime(0.25, begins);
    volume.gain.exponentialRampToValueAtTime(0.001, begins + 0.22);
    tone.connect(volume).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + 0.23);
  });
}

async function sound(on) {
  button.setAttribute("aria-pressed", on);
  soundState.textContent = "";
  if (!on) return;
  try {
    await wake();
  } catch {
    soundState.textContent = text.noSound;
  }
}

if ("AudioContext" in window) {
  button.hidden = false;
  sound(kept() === "on");
  button.addEventListener("click", async () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    kept(on ? "on" : "off");
    await sound(on);
    if (on) ring(); // So that people know what it sounds like.
  });
  for (const kind of ["keydown", "pointerdown"]) {
    addEventListener(kind, () => {
      if (button.getAttribute("aria-pressed") === "true" && audio?.state !== "running") wake();
    });
  }
}
