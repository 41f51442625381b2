// Print and share. Buttons sleep, unseen in their place, until this script wakes them.
"use strict";
(() => {
  const tools = document.querySelector(".use"); // gone if the page changed while this script was on its way
  const LONGEST = 3000; // ms: a lost connection must not keep a page from the printer

  function wake(name, act) {
    const button = document.querySelector(`[data-tool="${name}"]`);
    if (!button) return;
    button.disabled = false;
    button.addEventListener("click", () => act(button));
  }

  if (tools?.dataset.print) {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.media = "print";
    sheet.href = tools.dataset.print;
    const styled = new Promise((done) => (sheet.onload = sheet.onerror = done));
    document.head.append(sheet);

    // On paper every word is explained; on the screen those stay open that were.
    const closed = [...document.querySelectorAll(".w:not([open])")];
    addEventListener("beforeprint", () => closed.forEach((word) => (word.open = true)));
    addEventListener("afterprint", () => closed.forEach((word) => (word.open = false)));

    wake("print", async () => {
      const code = document.querySelector(".sheet img");
      if (code) code.loading = "eager"; // it was left unfetched: only paper shows it
      const late = new Promise((done) => setTimeout(done, LONGEST));
      // Without the code the address still stands there.
      await Promise.race([Promise.all([styled, code?.decode().catch(() => {})]), late]);
      print();
    });
  }

  // The places touched are shared only when the reader ticks so; the canonical address has none.
  const choice = document.getElementById("with-places");
  const offer = () => (choice.hidden = !document.querySelector(".key"));
  if (choice) {
    offer();
    new MutationObserver(offer).observe(document.getElementById("picked"), { childList: true });
  }

  wake("share", async ({ dataset }) => {
    const address = new URL(document.querySelector("link[rel=canonical]").href);
    if (choice && !choice.hidden && choice.querySelector("input").checked) address.search = location.search;
    const url = address.href;
    const told = document.getElementById("told");
    if (navigator.share) {
      try {
        return await navigator.share({ title: document.title, url });
      } catch (error) {
        if (error.name === "AbortError") return; // the reader thought better of it
      }
    }
    try {
      await navigator.clipboard.writeText(url);
      told.textContent = dataset.copied;
    } catch {
      told.textContent = `${dataset.copy} ${url}`; // no clipboard without https
    }
  });
})();
