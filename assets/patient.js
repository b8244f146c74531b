// Keeps what a patient types until the server has it, and says when it cannot be reached.
// The pages work whole without this file. What is typed stays in this tab only
// (sessionStorage), for two hours at most, and is gone when the report has arrived, when
// another visit begins, or when the tab is closed.
"use strict";

(function () {
  var KEY = "afterwatch-typed";
  var HOURS = 2;
  var store;
  try {
    store = window.sessionStorage;
    store.getItem(KEY);
  } catch (refused) {
    return;
  }

  // The form token belongs to one visit: another visit never sees what this one typed.
  var form = document.querySelector("form[data-keep]");
  var token = form && form.elements.form_token ? form.elements.form_token.value : "";

  function read() {
    try {
      var kept = JSON.parse(store.getItem(KEY));
      var fresh = kept && Date.now() - kept.at < HOURS * 3600000;
      return fresh && kept.visit === token ? kept : null;
    } catch (broken) {
      return null;
    }
  }

  function write(pages) {
    try {
      if (Object.keys(pages).length === 0) store.removeItem(KEY);
      else store.setItem(KEY, JSON.stringify({ visit: token, at: Date.now(), pages: pages }));
    } catch (full) {
      // Without room nothing is kept; the page itself still works.
    }
  }

  // The door, the result, the list of reports: nothing of a form stays behind there.
  if (document.querySelector("[data-forget]")) store.removeItem(KEY);
  if (!form) return;

  var here = form.getAttribute("action");
  var kept = read();
  var pages = kept ? kept.pages : {};
  if (!kept) store.removeItem(KEY);

  function fields() {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && one.type !== "hidden" && one.type !== "submit" && one.type !== "button";
    });
  }

  function isTick(one) {
    return one.type === "checkbox" || one.type === "radio";
  }

  function typed() {
    return fields().map(function (one) {
      return [one.name, one.value, isTick(one) ? one.checked : null];
    });
  }

  function differs() {
    return fields().some(function (one) {
      if (isTick(one)) return one.checked !== one.defaultChecked;
      if (one.tagName === "SELECT") {
        return Array.prototype.some.call(one.options, function (option) {
          return option.selected !== option.defaultSelected && option.value !== "";
        });
      }
      return one.value !== one.defaultValue;
    });
  }

  function show(id, wanted) {
    var box = document.getElementById(id);
    if (box) box.hidden = !wanted;
  }

  function keep() {
    if (differs()) pages[here] = typed();
    else delete pages[here];
    write(pages);
  }

  function restore() {
    (pages[here] || []).forEach(function (entry) {
      fields().forEach(function (one) {
        if (one.name !== entry[0]) return;
        if (!isTick(one)) one.value = entry[1];
        else if (one.value === entry[1]) one.checked = entry[2];
      });
    });
    if (!pages[here] || !differs()) return;
    show("restored", true);
    // What was typed must not hide in a part that is folded up.
    Array.prototype.forEach.call(form.querySelectorAll("details"), function (part) {
      if (part.querySelector("select, input")) part.open = true;
    });
  }

  restore();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);

  function offline(is) {
    show("offline", is);
    if (is) document.getElementById("offline").scrollIntoView({ block: "nearest" });
  }
  window.addEventListener("offline", function () { offline(true); });
  window.addEventListener("online", function () { offline(false); });
  if (navigator.onLine === false) offline(true);

  if (!window.fetch || !window.URLSearchParams || !window.AbortController) return;
  var sending = false;
  // Older browsers do not tell the submit event which button was pressed.
  var pressed = null;
  form.addEventListener("click", function (event) {
    pressed = event.target.closest("button");
  });
  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    keep();
    var button = event.submitter || pressed || form.querySelector("button");
    var body = new URLSearchParams();
    Array.prototype.forEach.call(form.elements, function (one) {
      if (!one.name || one.type === "submit" || one.disabled) return;
      if (!isTick(one) || one.checked) body.append(one.name, one.value);
    });
    if (button && button.name) body.append(button.name, button.value);
    var stop = new AbortController();
    var timer = setTimeout(function () { stop.abort(); }, 20000);
    form.setAttribute("aria-busy", "true");
    fetch(here, { method: "POST", body: body, signal: stop.signal, credentials: "same-origin" })
      .then(function (answer) {
        clearTimeout(timer);
        if (answer.ok && answer.redirected) {
          // The server has it.
          delete pages[here];
          write(pages);
          window.location.assign(answer.url);
          return;
        }
        // Something is to be mended, or was not saved: the server's own page says what.
        if (button && button.name) {
          var chosen = document.createElement("input");
          chosen.type = "hidden";
          chosen.name = button.name;
          chosen.value = button.value;
          form.appendChild(chosen);
        }
        HTMLFormElement.prototype.submit.call(form);
      })
      .catch(function () {
        clearTimeout(timer);
        sending = false;
        form.removeAttribute("aria-busy");
        offline(true);
      });
  });
})();
