// What /sw.js becomes when a host no longer offers the site offline (REPERE_OFFLINE=0): phones that kept
// a copy drop it and go back to the network at their next visit.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("repere-")) await caches.delete(name);
      await self.registration.unregister();
    })(),
  );
});
