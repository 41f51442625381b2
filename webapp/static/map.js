// The map answers a touch at once, from the zone table, and has every answer confirmed by the server.
//
// The form of checkboxes is the truth and the figure its twin: a touch on it ticks the form's box, and the form does
// the rest. Until the table is there (or without it: Save-Data) the server alone answers. Without this script the
// figure's links and the form are plain addresses.
//
// Offline the page is the bare map whatever its address asks for, with <html data-copy="content version">; the table
// and the drawings then come from the copy as well.
"use strict";
(() => {
  const { BARE, LAYERS, address, answer, read, toggled } = globalThis.reperePlaces;
  const SVG = "http://www.w3.org/2000/svg";
  const REACH = 12; // px: a touch that misses takes the nearest place this far away
  const AWAY = 60000; // ms: a tab that was out of sight for longer is checked when it is back
  const { copy } = document.documentElement.dataset;
  const form = document.getElementById("list");
  const path = form.getAttribute("action");
  const boxes = [...form.querySelectorAll('[name="zone"]')];
  const known = boxes.map((box) => box.value);

  const isOn = (layer) => document.querySelector(`a[data-layer="${layer}"][aria-current]`);
  const figure = () => document.querySelector(".fig");

  let shown = {
    places: boxes.filter((box) => box.defaultChecked).map((box) => box.value),
    view: figure().dataset.view,
    window: figure().dataset.window,
    layers: LAYERS.filter(isOn),
  };
  let table = null;
  let plates = null;
  let version = copy ?? null; // of the content that the page shows, once an answer or the table has said it

  // --- what a touch does ---

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-place], a[data-keep]") ?? (event.target.closest(".fig") && nearest(event));
    // Ctrl-click, middle click and long press keep what browsers do with links.
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const next = target(link);
    if (next.places === shown.places) {
      if (plates || copy) {
        event.preventDefault();
        open(next);
      } else if (!event.target.closest("a")) location.assign(link.getAttribute("href"));
      return;
    }
    event.preventDefault();
    const box = boxes.find((one) => one.value === link.dataset.place);
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });

  function nearest({ clientX, clientY }) {
    for (let far = 3; far <= REACH; far += 3) {
      for (let turn = 0; turn < 16; turn++) {
        const angle = (turn * Math.PI) / 8;
        const found = document
          .elementFromPoint(clientX + far * Math.cos(angle), clientY + far * Math.sin(angle))
          ?.closest(".fig a[data-place]");
        if (found) return found;
      }
    }
    return null;
  }

  // What a link asks for: its data say what it changes.
  function target({ dataset: { place, zoom, view = shown.view, window = shown.window, layer } }) {
    if (place && (!zoom || shown.places.includes(place))) return { ...shown, places: toggled(shown.places, place) };
    // A piece too small or cut by the window opens the window that shows it whole.
    if (zoom) [view, window] = zoom.split(" ");
    const layers = layer ? toggled(shown.layers, layer) : shown.layers;
    return { ...shown, view, window, layers: LAYERS.filter((one) => layers.includes(one)) };
  }

  // htmx sends the form on the same event; its answer confirms what is shown here.
  form.addEventListener("change", () => {
    show({ ...shown, places: boxes.filter((box) => box.checked).map((box) => box.value) });
    history.pushState(null, "", address(path, shown));
  });

  // Another view, window or layer, in place.
  async function open(next) {
    try {
      await loadPlates();
    } catch {
      location.assign(address(path, next));
      return;
    }
    show(next);
    history.pushState(null, "", address(path, shown));
    confirm();
  }

  addEventListener("popstate", () => {
    const next = read(location.search, known);
    if (!next || address(path, next) === address(path, shown)) return; // only the part after # changed
    if (isOtherPlate(next) && !plates) {
      location.reload();
      return;
    }
    show(next);
    confirm();
  });

  // --- what the server says ---

  // A static host has no answers to questions: the tables are all there is.
  if ("frozen" in document.documentElement.dataset) {
    form.hidden = false;
    form.addEventListener("htmx:beforeRequest", (event) => event.preventDefault());
  }

  const confirm = () => form.dispatchEvent(new Event("check"));

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const served = detail.xhr.getResponseHeader("X-Content-Version");
    detail.shouldSwap = false;
    if (!served) detail.isError = true; // somebody else answered: a hotel's network asks for a login
    if (detail.isError) return;
    meet(served);
    document.getElementById("unconfirmed").hidden = true;
    put(detail.serverResponse);
  });

  // Trouble is said, never met with nothing: in the place of the answer, or over the answer of this phone.
  for (const trouble of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    form.addEventListener(trouble, ({ detail }) => {
      if (table || detail.requestConfig.triggeringEvent?.type === "check") {
        document.getElementById("unconfirmed").hidden = Boolean(copy); // a copy says itself that it is one
        return;
      }
      const notice = document.createElement("p");
      notice.className = "notice";
      notice.setAttribute("role", "alert");
      notice.textContent = form.dataset.failed;
      document.getElementById("results").replaceChildren(notice);
    });
  }

  // On another content version nothing that was prepared is believed any more, and the reader may have the new page.
  function meet(served) {
    if (version !== null && served !== version) {
      table = null;
      document.getElementById("renewed").hidden = false;
      redrawBand();
    }
    version = served;
  }

  // The fixed band names cards too, and no touch sends it.
  async function redrawBand() {
    try {
      const response = await fetch(path, { cache: "no-cache" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector(".band");
      if (fresh) document.querySelector(".band").replaceWith(fresh);
    } catch {
      // no network: the answer that was asked for at the same time says so
    }
  }

  // A page that was not made just now may list a card that was withdrawn since.
  function verify() {
    if (version === null) redrawBand();
    confirm();
  }

  addEventListener("pageshow", ({ persisted }) => {
    // Browsers restore boxes that differ from the page they kept; the address is right.
    show(read(location.search, known) ?? shown);
    if (persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward") verify();
  });

  let left = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = Date.now();
    else if (Date.now() - left > AWAY) verify();
  });

  // --- what is fetched ahead ---

  async function load(name) {
    const response = await fetch(form.dataset[name]);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return [await response.json(), response.headers.get("X-Content-Version")];
  }

  async function loadTable() {
    const [found, served] = await load("table");
    if (version !== null && version !== served) return; // not of the same content as the page
    version = served;
    table = found;
  }

  async function loadPlates() {
    if (!table) await loadTable();
    if (plates || !table) return;
    const [[frames], [figures]] = await Promise.all([load("plates"), load("figures")]);
    plates = { ...frames, ...figures };
  }

  async function prefetch() {
    if (navigator.connection?.saveData) return;
    await loadTable();
    // Who looks at another view than the first will look at more of them.
    if (isOtherPlate(BARE)) await loadPlates();
  }

  // The bare page of the copy, brought to what the address asks for.
  async function unfold() {
    await loadTable();
    const wanted = read(location.search, known);
    if (!wanted) {
      document.querySelector(".head").innerHTML = table.pieces.unknown;
      return;
    }
    if (isOtherPlate(wanted)) await loadPlates();
    show(wanted);
    history.replaceState(null, "", address(path, shown) + location.hash);
    confirm();
  }

  const quietly = (task) => task().catch(() => {}); // without them the server answers, as before
  const idle = globalThis.requestIdleCallback ?? ((task) => setTimeout(task, 200));
  if (copy) quietly(unfold);
  else addEventListener("load", () => idle(() => quietly(prefetch)));

  // --- what the page shows ---

  const isOtherPlate = ({ view, window, layers }) =>
    view !== shown.view || window !== shown.window || layers.join() !== shown.layers.join();

  function show(next) {
    const isOther = isOtherPlate(next) && plates;
    const { view, window, layers } = isOther ? next : shown;
    shown = { places: known.filter((place) => next.places.includes(place)), view, window, layers };
    for (const box of boxes) box.checked = shown.places.includes(box.value);
    if (isOther) mount();
    draw();
    if (table) {
      markTabs();
      put(answer(table, shown));
    }
    for (const link of document.querySelectorAll("a[data-place], a[data-keep], #renewed a")) {
      link.setAttribute("href", address(path, target(link)));
    }
    const note = document.getElementById("to-note");
    const zones = new URLSearchParams([...shown.places].sort().map((place) => ["zone", place]));
    note.setAttribute("href", note.pathname + (shown.places.length ? `?${zones}` : ""));
    document.querySelector(".lang").search = new URLSearchParams({ from: address(path, shown) });
  }

  function parse(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  // Put an answer in its places; what is there already stays, with the focus and the reader's place in it.
  function put(html) {
    const fresh = parse(html);
    const squeezed = (part) => part.innerHTML.replace(/\n/g, "");
    const differing = ["results", "picked", "bar"].filter((id) => {
      const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
      const differs = squeezed(old) !== squeezed(now);
      if (differs) swap(old, now);
      return differs;
    });
    if (!differing.length) return;
    const said = fresh.getElementById("said").textContent;
    document.getElementById("said").textContent = said;
    document.title = `${shown.places.length ? said : document.querySelector("h1").textContent} · Repère`;
  }

  // Whoever had the focus finds it on what stands there now: the button pressed may be gone with its place.
  function swap(old, now) {
    const held = document.activeElement;
    const like = held.localName + (held.classList.length ? `.${held.classList[0]}` : "");
    const at = old.contains(held) ? [...old.querySelectorAll(like)].indexOf(held) : -1;
    old.replaceChildren(...now.childNodes);
    if (at < 0) return;
    const rest = old.querySelectorAll(like);
    (rest[Math.min(at, rest.length - 1)] ?? document.getElementById("main")).focus();
  }

  function mount() {
    const { view, window, layers } = shown;
    const { drawing, windows } = plates.figures[view];
    const drawn = parse(windows[window].replace("<defs>", `<defs>${plates.paths[drawing]}`)).firstElementChild;
    for (const part of drawn.querySelectorAll("[data-layer]")) {
      if (!layers.includes(part.dataset.layer)) part.remove();
    }
    for (const { id, name, plain = name } of table.zones.flatMap((zone) => zone.places)) {
      const title = document.createElementNS(SVG, "title");
      title.innerHTML = plain;
      drawn.querySelector(`a[data-place="${id}"]`)?.prepend(title);
    }
    const plate = parse(plates.frames[view][window]);
    plate.querySelector(".fig").replaceWith(drawn);
    swap(document.getElementById("plate"), plate);

    document.getElementById("drawn").innerHTML = layers.map((layer) => plates.layers[layer]).join("");
    for (const link of document.querySelectorAll("a[data-layer]")) {
      if (layers.includes(link.dataset.layer)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const field of form.querySelectorAll('[type="hidden"]')) field.remove();
    for (const [name, value] of new URL(address(path, { ...shown, places: [] }), location).searchParams) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.querySelector("fieldset").before(field);
    }
  }

  // The tabs of the views in which something chosen can be seen.
  function markTabs() {
    const places = table.zones.flatMap((zone) => zone.places).filter(({ id }) => shown.places.includes(id));
    const views = places.flatMap((place) => place.views.split(" "));
    for (const tab of document.querySelectorAll(".views a")) {
      for (const mark of tab.querySelectorAll("span")) mark.remove();
      if (views.includes(tab.dataset.view)) tab.insertAdjacentHTML("beforeend", table.pieces.seen);
    }
  }

  // The same four copies of each chosen path as the server draws (templates/figure/_figure.html).
  function draw() {
    const svg = figure();
    const links = shown.places.map((place) => svg.querySelector(`.zones a[data-place="${place}"]`)).filter(Boolean);
    const copies = ["on", "on-hatch", "on-halo", "on-edge"].flatMap((kind) =>
      links.map((link) => {
        const shape = link.querySelector(".z");
        const mark = document.createElementNS(SVG, "use");
        mark.setAttribute("class", kind);
        if (kind === "on-hatch") mark.setAttribute("fill", `url(#${shape.hasAttribute("transform") ? "g" : "h"}-${shown.view})`);
        for (const name of ["href", "transform"]) {
          if (shape.hasAttribute(name)) mark.setAttribute(name, shape.getAttribute(name));
        }
        return mark;
      }),
    );
    svg.querySelector(".states").replaceChildren(...copies);
    const badges = links.map((link) => {
      const badge = document.createElementNS(SVG, "g");
      badge.dataset.place = link.dataset.place;
      badge.setAttribute("transform", link.dataset.badge);
      const circle = document.createElementNS(SVG, "circle");
      circle.setAttribute("class", "pin");
      circle.setAttribute("r", 14);
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("class", "pin-n");
      text.setAttribute("y", 6);
      text.textContent = shown.places.indexOf(link.dataset.place) + 1;
      badge.append(circle, text);
      return badge;
    });
    svg.querySelector(".badges").replaceChildren(...badges);
    for (const link of document.querySelectorAll(".aim a")) {
      if (shown.places.includes(link.dataset.place)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  // Who goes through the list sees on the drawing where each place is.
  form.addEventListener("focusin", ({ target }) => target.name === "zone" && outline(target.value));
  form.addEventListener("focusout", () => outline(null));

  function outline(place) {
    document.querySelector(".focus")?.remove();
    const shape = place && document.querySelector(`.zones a[data-place="${CSS.escape(place)}"] .z`);
    if (!shape) return;
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "focus");
    for (const kind of ["fo-halo", "fo"]) {
      const twin = shape.cloneNode();
      twin.setAttribute("class", kind);
      group.append(twin);
    }
    document.querySelector(".states").after(group);
  }
})();
