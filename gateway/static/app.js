// What helps people who work here all day; every page also works without it.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

  // Words that are not yet saved: ask before leaving. A draft that was kept counts as saved.
  const changed = new Set();
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-unsaved]");
    if (form) changed.add(form);
    all(`[data-counter="${target.id}"]`).forEach(count);
  });
  addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
  document.addEventListener("htmx:after:request", ({ target, detail }) => {
    const response = detail?.ctx?.response;
    if (target.closest?.("[data-draft]") && response?.status < 300) changed.delete(target.closest("form"));
  });

  // A second click does nothing twice; coming back by the back button starts afresh.
  const sent = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    changed.delete(form);
    all("[data-draft]", form).forEach((line) => line.dispatchEvent(new Event("htmx:abort")));
    all("button", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  // What is sent is not kept as a draft as well: the two would overtake one another.
  document.addEventListener("htmx:before:request", (event) => {
    if (sent.has(event.target.closest?.("form"))) event.preventDefault();
  });
  addEventListener("pageshow", () => {
    sent.clear();
    all("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });

  // How many characters are left; counted as people count them, one per character.
  function count(line) {
    const left = line.dataset.max - [...document.getElementById(line.dataset.counter).value].length;
    const said = left < 0 ? line.dataset.over : line.dataset.left;
    line.textContent = said.replace("{n}", Math.abs(left));
    line.classList.toggle("error", left < 0);
  }
  all("[data-counter]").forEach(count);

  // Shortcuts, on staff pages only, and only while they are switched on (WCAG 2.1.4).
  const help = document.getElementById("keys");
  if (!help || !("keys" in document.body.dataset)) return;
  const control = help.querySelector("[data-keys-switch]");
  control.checked = localStorage.getItem("keys") !== "off";
  control.addEventListener("change", () => localStorage.setItem("keys", control.checked ? "on" : "off"));
  const move = (step) => {
    const items = all("[data-list] [data-item]");
    const at = items.indexOf(document.activeElement);
    items[Math.min(Math.max(at < 0 ? 0 : at + step, 0), items.length - 1)]?.focus();
  };
  const acts = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const pressed = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    if (pressed || typing(event.target) || help.open || !(event.key in acts)) return;
    if (!control.checked && event.key !== "?") return;
    event.preventDefault();
    acts[event.key]();
  });
})();
