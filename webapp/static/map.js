// The figure is the form's twin: a touch on it ticks the form's box, and the form does the rest.
// Without this script the same links are plain addresses.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const form = document.getElementById("list");
  const boxes = () => [...form.querySelectorAll('[name="zone"]')];
  const chosen = () => boxes().filter((box) => box.checked).map((box) => box.value);

  const REACH = 12; // px: a touch that misses takes the nearest place this far away

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-place]") ?? (event.target.closest(".fig") && nearest(event));
    // Ctrl-click, middle click and long press keep what browsers do with links.
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    // A piece too small or cut by the window opens the window that shows it whole.
    if ("zoom" in link.dataset) {
      if (!event.target.closest("a")) location.assign(link.getAttribute("href"));
      return;
    }
    event.preventDefault();
    const removed = [...document.querySelectorAll(".rm")].indexOf(link);
    if (removed >= 0) document.addEventListener("htmx:afterSettle", () => focusAfter(removed), { once: true });
    const box = boxes().find((one) => one.value === link.dataset.place);
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

  // The button that was pressed is gone with its place: the next one takes the focus.
  function focusAfter(index) {
    const rest = document.querySelectorAll(".rm");
    (rest[Math.min(index, rest.length - 1)] ?? document.getElementById("main")).focus();
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
      const copy = shape.cloneNode();
      copy.setAttribute("class", kind);
      group.append(copy);
    }
    document.querySelector(".states").after(group);
  }

  form.addEventListener("change", update);
  // Back and forward: the browser may restore boxes that differ from the drawing it kept.
  addEventListener("pageshow", update);

  // Trouble is said where the answer would have stood, never met with nothing.
  for (const trouble of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    form.addEventListener(trouble, () => {
      const notice = document.createElement("p");
      notice.className = "notice";
      notice.setAttribute("role", "alert");
      notice.textContent = form.dataset.failed;
      document.getElementById("results").replaceChildren(notice);
    });
  }

  function update() {
    const places = chosen();
    draw(places);
    // Links that change the drawing keep the places chosen since the page was made.
    for (const link of document.querySelectorAll("a[data-keep]")) {
      const address = new URL(link.getAttribute("href"), location.href);
      const rest = [...address.searchParams].filter(([name]) => name !== "zone");
      const query = new URLSearchParams([...[...places].sort().map((place) => ["zone", place]), ...rest]).toString();
      link.setAttribute("href", address.pathname + (query && `?${query}`));
    }
  }

  // The same four copies of each chosen path as the server draws (templates/figure/_figure.html).
  function draw(places) {
    const figure = document.querySelector(".fig");
    const links = places
      .map((place) => figure.querySelector(`.zones a[data-place="${CSS.escape(place)}"]`))
      .filter(Boolean);
    const view = figure.dataset.view;
    const copies = ["on", "on-hatch", "on-halo", "on-edge"].flatMap((kind) =>
      links.map((link) => {
        const copy = link.querySelector(".z").cloneNode();
        copy.setAttribute("class", kind);
        if (kind === "on-hatch") copy.setAttribute("fill", `url(#${copy.hasAttribute("transform") ? "g" : "h"}-${view})`);
        return copy;
      }),
    );
    figure.querySelector(".states").replaceChildren(...copies);
    const badges = links.map((link) => {
      const badge = document.createElementNS(SVG, "g");
      badge.setAttribute("transform", link.dataset.badge);
      const circle = document.createElementNS(SVG, "circle");
      circle.setAttribute("class", "pin");
      circle.setAttribute("r", 14);
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("class", "pin-n");
      text.setAttribute("y", 6);
      text.textContent = places.indexOf(link.dataset.place) + 1;
      badge.append(circle, text);
      return badge;
    });
    figure.querySelector(".badges").replaceChildren(...badges);
  }
})();
