// What this phone remembers for its reader. Their country for emergency calls: chosen by touch on /urgent/, kept on this phone only,
// never guessed and never sent. Without it every page names 15 for France and 112 for the Union.
(() => {
  const KEY = "repere-country";
  const list = document.querySelector("[data-choose]");

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
      for (const name of call.querySelectorAll("span")) {
        const language = name.lang || document.documentElement.lang; // a second language stands under the first
        name.textContent = new Intl.DisplayNames([language], { type: "region" }).of(choice.code);
      }
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

// «Show to a clinician» leads to the language that was shown last on this phone; from a French page it is
// shown once there is one.
(() => {
  const KEY = "repere-second";
  const page = document.documentElement.lang;
  const shown = document.querySelector("[data-second]");
  const link = document.getElementById("clinician");
  document.querySelector(`.langs [lang="${page}"]`)?.remove();
  try {
    if (shown) localStorage.setItem(KEY, shown.dataset.second);
    const second = localStorage.getItem(KEY);
    if (!link || !second || second === page) return;
    link.href = `with/${encodeURIComponent(second)}/`;
    link.className += " is-set";
  } catch {
    // storage refused: the language the page names
  }
})();
