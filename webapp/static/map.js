// The figure is the form's twin: a touch on it ticks the form's box, and the form does the rest.
// Without this script the same links are plain addresses.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const form = document.getElementById("list");
  const boxes = () => [...form.querySelectorAll('[name="zone"]')];
  const chosen = () => boxes().filter((box) => box.checked).map((box) => box.value);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-place]");
    // Ctrl-click, middle click and long press keep what browsers do with links.
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const box = boxes().find((one) => one.value === link.dataset.place);
    event.preventDefault();
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });

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
      const address = new URL(link.href);
      const rest = [...address.searchParams].filter(([name]) => name !== "zone");
      const query = new URLSearchParams([...[...places].sort().map((place) => ["zone", place]), ...rest]).toString();
      link.href = address.pathname + (query && `?${query}`);
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
