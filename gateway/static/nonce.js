// A number that nobody but the citizen knows, drawn in his browser; the entry of his words keeps its digest.
"use strict";
(() => {
  const field = document.getElementById("nonce"), shown = document.querySelector("[data-nonce]");
  if (field) {
    const digits = "0123456789abcdefghijklmnopqrstuv";
    field.value ||= [...crypto.getRandomValues(new Uint8Array(26))].map((each) => digits[each & 31]).join("");
    field.form.addEventListener("submit", () => sessionStorage.setItem("nonce", field.value));
  }
  if (!shown) return;
  const { nonce: code, digest, fresh } = shown.dataset, just = sessionStorage.getItem("nonce");
  if (fresh && just) {
    sessionStorage.setItem(code, just);
    sessionStorage.removeItem("nonce");
  }
  const number = sessionStorage.getItem(code);
  if (!number) return;
  shown.querySelector("b").textContent = number;
  shown.hidden = false;
  // Browsers compute digests only on pages that came over HTTPS, or from this very machine.
  crypto.subtle?.digest("SHA-256", new TextEncoder().encode(number)).then((bytes) => {
    const found = [...new Uint8Array(bytes)].map((each) => each.toString(16).padStart(2, "0")).join("");
    shown.querySelector(found === digest ? "[data-same]" : "[data-other]").hidden = false;
  });
})();
