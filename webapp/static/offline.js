// Keeps the language of this page on the phone, and says when the page is no longer today's.
// Loaded after everything else; webapp/static/worker/sw.js does the keeping.
"use strict";
(() => {
  const { lang, dataset } = document.documentElement;
  const worker = navigator.serviceWorker;
  if (!worker) return; // an insecure address, or a private window

  // Asks the worker; null when there is none or it fails.
  const ask = async (message) => {
    const { active } = await worker.ready;
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      active.postMessage(message, [port2]);
    });
  };

  const storage = {
    get: (key) => {
      try {
        return localStorage.getItem(key);
      } catch {
        return null; // storage refused: as if nothing had been chosen
      }
    },
    set: (key, value) => {
      try {
        localStorage.setItem(key, value);
      } catch {
        // a private window may refuse
      }
    },
  };

  const isSaving = navigator.connection?.saveData ?? false;
  const page = document.getElementById("kept");
  if (worker.controller || !isSaving || page) {
    worker.register("/sw.js").then(
      async () => {
        if (!worker.controller && !isSaving) await ask({ type: "hello", locale: lang });
        if (page) await show(await ask({ type: "status" }));
        await hint();
      },
      () => {}, // refused, for instance in a private window: the site works online
    );
  }

  // --- Is this page still today's? --------------------------------------------------------------------
  let version = dataset.copy ?? "";

  async function confirm() {
    let newest;
    try {
      newest = (await (await fetch("/version.json", { cache: "no-store" })).json()).version;
    } catch {
      return; // no network, or not ours: nothing to say
    }
    if (version && newest !== version) await renew();
    version = newest;
  }

  // Offers the new page; never reloads by itself. What was withdrawn goes at once.
  async function renew() {
    await offer();
    const response = await fetch(location.href, { cache: "no-cache" });
    if (!response.headers.has("X-Content-Version")) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.status === 410 || response.status === 404) {
      document.getElementById("main").replaceChildren(...fresh.getElementById("main").childNodes);
    }
    const links = new Set([...fresh.querySelectorAll("a[href]")].map((link) => link.getAttribute("href")));
    for (const row of document.querySelectorAll(".rows > li")) {
      const link = row.querySelector("a[href]");
      if (link && !links.has(link.getAttribute("href"))) row.remove();
    }
  }

  async function offer() {
    const { say } = (worker.controller && (await ask({ type: "status" }))) || {};
    if (!say || document.getElementById("update")) return;
    const bar = document.createElement("div");
    bar.id = "update";
    bar.className = "tell";
    bar.setAttribute("role", "status");
    const text = document.createElement("p");
    text.innerHTML = say.update; // escaped by the server
    const button = document.createElement("button");
    button.className = "btn";
    button.innerHTML = say.reload;
    button.addEventListener("click", () => location.reload());
    bar.append(text, button);
    document.querySelector(".dock").prepend(bar);
  }

  if (!isSaving) confirm();
  addEventListener("pageshow", ({ persisted }) => persisted && confirm());
  addEventListener("online", confirm);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && confirm());
  worker.addEventListener("message", ({ data }) => data.type === "version" && confirm());

  // --- iPhones drop what a site keeps after a week, unless it is on the Home Screen: said once. ---------
  async function hint() {
    const isSafari = /iP(hone|ad|od)/.test(navigator.userAgent) && navigator.standalone === false;
    const visits = Number(storage.get("repere-visits")) + 1;
    if (!isSafari || storage.get("repere-hint")) return;
    storage.set("repere-visits", String(visits));
    const { say } = (await ask({ type: "status" })) ?? {};
    if (visits < 2 || !say) return;
    const bar = document.createElement("div");
    bar.className = "tell";
    const text = document.createElement("p");
    text.innerHTML = say.ios; // escaped by the server
    const button = document.createElement("button");
    button.className = "btn";
    button.innerHTML = say.close;
    button.addEventListener("click", () => {
      storage.set("repere-hint", "1");
      bar.remove();
    });
    bar.append(text, button);
    document.querySelector(".foot").before(bar);
  }

  // --- The page /<l>/offline/ ----------------------------------------------------------------------------
  async function show(state) {
    if (!state) return;
    const day = new Intl.DateTimeFormat(lang, { dateStyle: "long" });
    const size = new Intl.NumberFormat(lang, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
    for (const row of page.querySelectorAll("[data-locale]")) {
      const bytes = state.locales[row.dataset.locale];
      const text = row.querySelector("p");
      text.textContent = bytes
        ? page.dataset.is.replace("{date}", day.format(state.checked)).replace("{size}", size.format(bytes / 1000))
        : page.dataset.not;
      const button = row.querySelector("button");
      button.hidden = Boolean(bytes);
      button.onclick = () => run(button, { type: "keep", locale: row.dataset.locale });
    }
    const fault = document.getElementById("fault");
    fault.hidden = state.fault !== "quota";
    const lasting = document.getElementById("lasting");
    const isLasting = (await navigator.storage?.persisted?.()) ?? false;
    lasting.querySelector("p").textContent = isLasting ? lasting.dataset.is : lasting.dataset.not;
    lasting.querySelector("button").hidden = isLasting || !navigator.storage?.persist;
    lasting.querySelector("button").onclick = async () => {
      await navigator.storage.persist();
      await show(state);
    };
    const forget = document.getElementById("forget");
    forget.hidden = !Object.keys(state.locales).length;
    forget.onclick = () => run(forget, { type: "forget" });
    document.getElementById("phone").hidden = false;
  }

  async function run(button, message) {
    button.disabled = true;
    await ask(message);
    button.disabled = false;
    await show(await ask({ type: "status" }));
    document.getElementById("said").textContent = page.dataset.done;
  }

  document.getElementById("clear")?.addEventListener("click", () => {
    for (const storage of [localStorage, sessionStorage]) {
      for (const key of Object.keys(storage)) if (/^(repere|htmx)-/.test(key)) storage.removeItem(key); // htmx notes the map's address
    }
    document.getElementById("said").textContent = page.dataset.cleared;
  });
})();
