// On every page: what nobody needs for reading is fetched once the page stands. What the reader chose earlier,
// tools, reading aloud, keeping the site offline.
addEventListener("load", () => {
  for (const element of document.querySelectorAll("[data-script]")) {
    if (element.closest(".listen") && !("speechSynthesis" in window)) continue;
    const { dataset } = element;
    import(dataset.script).catch(() => {}); // without a network the page is there all the same
  }
});
