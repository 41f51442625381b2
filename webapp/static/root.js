// The first page of a frozen site: a static host cannot ask for the reader's language, the browser knows it.
// Without this script the page is the list of languages.
"use strict";
(() => {
  const pages = new Map(
    [...document.querySelectorAll("main a[hreflang]")].map((link) => [link.hreflang.toLowerCase(), link.href]),
  );
  for (const wish of navigator.languages) {
    const tag = wish.toLowerCase();
    const found = pages.get(tag) ?? pages.get(tag.split("-")[0]);
    if (found) {
      location.replace(found);
      return;
    }
  }
})();
