// Only with `serve --translator`: the page reloads when a catalog was saved.
"use strict";
(() => {
  let seen;
  setInterval(async () => {
    try {
      const { version } = await (await fetch("/version.json", { cache: "no-store" })).json();
      if (seen && version !== seen) location.reload();
      seen = version;
    } catch {
      // the server is being restarted: ask again at the next turn
    }
  }, 1000);
})();
