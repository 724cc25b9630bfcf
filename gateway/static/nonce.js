// A number that nobody but the citizen knows; the entry of his words keeps its digest.
"use strict";
(() => {
  const field = document.getElementById("nonce"), shown = document.querySelector("[data-nonce]");
  const kept = sessionStorage, bytes = new Uint8Array(26);
  if (field) {
    field.value ||= [...crypto.getRandomValues(bytes)].map((each) => (each & 31).toString(32)).join("");
    field.form.addEventListener("submit", () => kept.setItem("nonce", field.value));
  }
  if (!shown) return;
  const { nonce: code, digest, fresh } = shown.dataset, just = kept.getItem("nonce");
  if (fresh && just) {
    kept.setItem(code, just);
    kept.removeItem("nonce");
  }
  const number = kept.getItem(code);
  if (!number) return;
  shown.querySelector("b").textContent = number;
  shown.hidden = false;
  // Only on pages that came over HTTPS, or from this very machine.
  crypto.subtle?.digest("SHA-256", new TextEncoder().encode(number)).then((found) => {
    const hex = [...new Uint8Array(found)].map((each) => (each + 256).toString(16).slice(1)).join("");
    shown.querySelector(hex === digest ? "span" : "strong").hidden = false;
  });
})();
