// On every page. The reader's country for emergency calls: chosen by touch on /urgent/, kept on this phone only,
// never guessed and never sent. Without it every page names 15 for France and 112 for the Union.
"use strict";
(() => {
  const KEY = "repere-country";
  const list = document.querySelector(".nums");

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null; // storage refused or garbled: the defaults stand
    }
  };
  const write = (choice) => {
    try {
      choice ? localStorage.setItem(KEY, JSON.stringify(choice)) : localStorage.removeItem(KEY);
    } catch {
      // a private window may refuse: the choice then lasts as long as this page
    }
  };

  function show(choice) {
    for (const block of document.querySelectorAll(".call")) {
      block.defaults ??= [...block.children];
      if (!choice) {
        block.replaceChildren(...block.defaults);
        continue;
      }
      const call = block.defaults[0].cloneNode(true);
      call.href = `tel:${choice.number}`;
      call.querySelector("bdi").textContent = choice.number;
      call.querySelector("span").textContent = new Intl.DisplayNames([document.documentElement.lang], {
        type: "region",
      }).of(choice.code);
      block.replaceChildren(call);
    }
    for (const row of list?.children ?? []) {
      const isChosen = row.dataset.code === choice?.code;
      row.classList.toggle("is-current", isChosen);
      const button = row.querySelector("button");
      if (button) {
        button.setAttribute("aria-pressed", isChosen);
        button.textContent = isChosen ? list.dataset.forget : list.dataset.choose;
      }
    }
  }

  // What nobody needs for reading is fetched once the page stands.
  addEventListener("load", () => {
    for (const { dataset } of document.querySelectorAll("[data-script]")) {
      const script = document.createElement("script");
      script.src = dataset.script;
      document.head.append(script);
    }
  });

  let choice = read();
  if (list) {
    for (const row of list.children) {
      const mine = { code: row.dataset.code, number: row.dataset.number };
      if (choice?.code === mine.code) write((choice = mine)); // the number may have been corrected since
      const button = document.createElement("button");
      button.className = "btn keep";
      button.type = "button";
      button.addEventListener("click", () => {
        choice = choice?.code === mine.code ? null : mine;
        write(choice);
        show(choice);
      });
      row.append(button);
    }
  }
  if (choice || list) show(choice);
})();
