// On every page: what nobody needs for reading is fetched once the page stands. What the reader chose earlier,
// tools, reading aloud, keeping the site offline.
addEventListener("load", () => {
  for (const { dataset } of document.querySelectorAll("[data-script]")) {
    import(dataset.script).catch(() => {}); // without a network the page is there all the same
  }
});
