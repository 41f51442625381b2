// A link to one card of the audit opens that card: a browser scrolls to a closed <details>, no more.
"use strict";
(() => {
  const aimed = document.getElementById(location.hash.slice(1));
  if (aimed?.matches("details")) aimed.open = true;
})();
