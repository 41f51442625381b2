// The note, made on the phone out of the page's own words: nothing is sent. What was ticked and typed lasts as
// long as the tab (session storage), so that a reload or another language does not lose it.
"use strict";
(() => {
  const KEY = "repere-note";
  const form = document.getElementById("note");
  const whole = document.getElementById("whole");
  const fill = document.getElementById("fill");
  const buttons = document.getElementById("do");
  const said = document.getElementById("said");
  const page = document.documentElement.lang;
  const boxes = () => [...form.querySelectorAll("[type=checkbox],[type=radio]")];
  const typed = () => [...form.querySelectorAll("textarea")];
  const ticked = () => boxes().filter((box) => box.checked).map((box) => [box.name, box.value]);
  const zones = () => ticked().filter(([name]) => name === "zone").map(([, value]) => value);
  const sheet = () => document.getElementById("sheet");

  // A copy of this page kept on the phone is made for two languages; with one, the second says the same.
  if (form.dataset.with === page) {
    for (const root of [document, whole.content]) for (const element of root.querySelectorAll(".l2")) element.remove();
  }

  // --- What is kept while the tab is open ---

  function keep() {
    const texts = typed().map((area) => [area.name, area.value]);
    try {
      sessionStorage.setItem(KEY, JSON.stringify([ticked(), texts]));
    } catch {
      // storage refused: the form lasts as long as the page
    }
    update();
  }

  function restore() {
    const asked = new URLSearchParams(location.search).getAll("zone");
    let kept = [[], []];
    try {
      kept = JSON.parse(sessionStorage.getItem(KEY)) ?? kept;
    } catch {
      // refused or garbled: an empty form
    }
    const [boxed, texts] = kept;
    // Places in the address come from the map just now.
    const wanted = boxed.filter(([name]) => name !== "zone" || !asked.length).map((pair) => pair.join("="));
    wanted.push(...asked.map((zone) => `zone=${zone}`));
    for (const box of boxes()) box.checked = wanted.includes(`${box.name}=${box.value}`);
    for (const area of typed()) area.value = new Map(texts).get(area.name) ?? "";
    keep();
  }

  // Names of the chosen places, and links that carry them on.
  function update() {
    const list = document.getElementById("chosen");
    list.replaceChildren(
      ...boxes()
        .filter((box) => box.name === "zone" && box.checked)
        .map((box) => {
          const item = document.createElement("li");
          item.append(...box.nextElementSibling.cloneNode(true).childNodes);
          return item;
        }),
    );
    const query = zones().sort().map((zone) => `zone=${zone}`);
    const map = document.getElementById("to-map");
    map.search = query.join("&");
    for (const link of document.querySelectorAll(".langs a")) {
      const second = new URLSearchParams(link.search).get("with");
      link.search = [...query, `with=${second}`].join("&");
    }
  }

  // --- The sheet ---

  // As the server reads a form (views/note.py): no controls, no private use, no halves of pairs.
  const clean = (text) =>
    text.replace(/\r\n?/g, "\n").replace(/\t/g, " ").replace(/[^\P{Cc}\n]|[\p{Co}\p{Cs}]/gu, "").trim();

  function make() {
    const made = whole.content.querySelector("#sheet").cloneNode(true);
    const wanted = new Set(ticked().map((pair) => pair.join("=")));
    for (const piece of made.querySelectorAll("[data-for]")) {
      if (!wanted.has(piece.dataset.for)) piece.remove();
      else if (piece.tagName === "LI") {
        const box = boxes().find((one) => `${one.name}=${one.value}` === piece.dataset.for);
        (piece.querySelector(".two > span") ?? piece).append(...box.nextElementSibling.cloneNode(true).childNodes);
      }
    }
    for (const piece of made.querySelectorAll("[data-text]")) {
      piece.textContent = clean(form.elements[piece.dataset.text].value);
      if (!piece.textContent) piece.remove();
    }
    for (const piece of made.querySelectorAll("[data-zone]")) {
      piece.setAttribute("class", wanted.has(`zone=${piece.dataset.zone}`) ? "z on" : "z");
    }
    for (const part of [...made.querySelectorAll("[data-part]")].reverse()) {
      if (!part.querySelector("[data-for],[data-text],.on")) part.remove();
    }
    const now = new Date();
    for (const time of made.querySelectorAll("time")) {
      time.dateTime = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
      time.textContent = new Intl.DateTimeFormat(time.lang || page, { dateStyle: "long" }).format(now);
    }
    return made;
  }

  function show(isShown) {
    sheet()?.remove();
    if (isShown) buttons.before(make());
    fill.hidden = isShown;
    buttons.hidden = !isShown;
    const target = isShown ? sheet() : form;
    target.scrollIntoView();
    if (isShown) target.focus({ preventScroll: true });
  }

  // Line by line, each text with its translation under it.
  function plain() {
    const lines = (element) => {
      const parts = element.querySelectorAll(".two > *");
      return (parts.length ? [...parts] : [element]).map((part) => part.textContent.replace(/[^\S\n]+/g, " ").trim());
    };
    return [...sheet().querySelectorAll("h2,h3,p,li")]
      .filter((element) => !element.closest("figure"))
      .map((element) => (/^H/.test(element.tagName) ? "\n" : element.tagName === "LI" ? "- " : "") + lines(element).join("\n"))
      .join("\n")
      .trim();
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(plain());
      said.textContent = said.dataset.copied;
    } catch {
      said.textContent = said.dataset.failed;
    }
    said.classList.remove("vh");
  }

  function clear() {
    for (const box of boxes()) box.checked = false;
    for (const area of typed()) area.value = "";
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // refused: nothing was kept
    }
    const query = new URLSearchParams(location.search);
    query.delete("zone");
    history.replaceState(null, "", location.pathname + (query.toString() && `?${query}`));
    update();
    if (whole) show(false);
    else location.assign(location.pathname);
    said.textContent = said.dataset.cleared;
    said.classList.remove("vh");
  }

  const work = {
    copy,
    clear,
    share: () => navigator.share({ text: plain() }).catch(() => {}), // closed by the reader: nothing to say
    print: () => print(),
    change: () => (whole ? show(false) : form.scrollIntoView()),
  };
  buttons.querySelector('[data-do="share"]').hidden = !navigator.share;
  for (const button of buttons.children) button.addEventListener("click", () => work[button.dataset.do]());

  if (!whole) {
    buttons.hidden = false; // the server's answer to the form: the sheet stands here already
    return;
  }
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    said.textContent = "";
    show(true);
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault(); // which would bring back the places of the address
    clear();
  });
  restore();
})();
