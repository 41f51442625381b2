// The site without a network. Pages come from the network first, and after three seconds or a failure from
// the pack of their language (webapp/packs.py makes it). A pack is kept whole or not at all, and all kept
// languages are of one content version, so a withdrawn card goes from all of them at once.
// Addresses with places are never stored: a copy is the bare page, and its script reads the address.
"use strict";

const STATE = "repere-state";
const PACKS = "repere-pack-";
const PATIENCE = 3000; // ms, then the copy is shown (design, section 8)
const OLD = 30 * 24 * 3600 * 1000; // ms, then the copy says so loudly
const [PART, STRING, FIRST, SECOND, END, PLACE] = ["\ue003", "\ue004", "\ue000", "\ue001", "\ue002", "\ue005"];
const SLOT = new RegExp(`([${PART}${STRING}${FIRST}${SECOND}])([0-9a-z]*)${END}|${PLACE}`, "g");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin || request.method !== "GET") return;
  // htmx asks for a whole page when it has lost its history entry.
  if (request.mode === "navigate" || request.headers.get("HX-History-Restore-Request")) {
    event.respondWith(page(event, url));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(asset(request));
  } else if (/^\/[\w-]+\/[\w/-]+\.json$/.test(url.pathname) && !url.pathname.startsWith("/pack/")) {
    event.respondWith(data(request, url));
  }
});

self.addEventListener("message", (event) => {
  const { type, locale } = event.data ?? {};
  const work = { hello: () => hello(locale, false), keep: () => hello(locale, true), forget, status }[type];
  if (!work) return;
  event.waitUntil(
    work().then(
      (answer) => event.ports[0]?.postMessage(answer),
      () => event.ports[0]?.postMessage(null),
    ),
  );
});

// --- What is kept -------------------------------------------------------------------------------------

// {version, checked: ms, locales: {tag: bytes}, last: tag, newer: version, fault: "", off: bool}
async function readState() {
  const kept = await (await caches.open(STATE)).match("/state");
  const state = kept ? await kept.json() : {};
  // Storage may be cleared under a running worker: a state without its packs is none.
  if (state.version && !(await caches.has(PACKS + state.version))) return { locales: {}, off: state.off };
  return { locales: {}, ...state };
}

async function writeState(state) {
  await (await caches.open(STATE)).put("/state", new Response(JSON.stringify(state)));
}

let memory = { version: "", read: new Map() };

async function read(version, path) {
  if (memory.version !== version) memory = { version, read: new Map() };
  if (!memory.read.has(path)) {
    const kept = await (await caches.open(PACKS + version)).match(path);
    memory.read.set(path, kept ? await kept.json() : null);
  }
  return memory.read.get(path);
}

const readCommon = (version) => read(version, `/pack/common/${version}.json`);
const readPack = (version, tag) => read(version, `/pack/${tag}/${version}.json`);

let queue = Promise.resolve();
const inTurn = (work) => (queue = queue.then(work, work));

// Fills the cache of a version for all wanted languages, then points to it; until then the old one stands.
async function keep(version, wanted, state) {
  const isNew = version !== state.version;
  try {
    const cache = await caches.open(PACKS + version);
    const take = async (path) => {
      const had = await cache.match(path);
      if (had) return had.text();
      const response = await fetch(path);
      const isThis = response.headers.get("X-Content-Version") === version;
      if (response.status === 404 && isThis) return ""; // a language that is no longer offered
      if (!response.ok || !isThis) throw new Error(path);
      const text = await response.text();
      JSON.parse(text);
      await cache.put(path, new Response(text, { headers: { "Content-Type": "application/json" } }));
      return text;
    };
    const common = JSON.parse(await take(`/pack/common/${version}.json`));
    const locales = {};
    for (const tag of wanted) {
      const text = await take(`/pack/${tag}/${version}.json`);
      if (text) locales[tag] = text.length;
    }
    for (const path of common.assets) {
      if (await cache.match(path)) continue;
      const response = (await caches.match(path)) ?? (await fetch(path));
      if (!response.ok) throw new Error(path);
      await cache.put(path, response);
    }
    Object.assign(state, { version, locales, newer: "", fault: "" });
    await writeState(state);
  } catch (error) {
    if (isNew) await caches.delete(PACKS + version);
    if (error.name === "QuotaExceededError") state.fault = "quota";
    return false;
  }
  memory = { version: "", read: new Map() };
  for (const name of await caches.keys()) {
    if (name.startsWith(PACKS) && name !== PACKS + version) await caches.delete(name);
  }
  return true;
}

// Takes note of what the server serves now; brings every kept language to it.
function learn(version, checked, tag, isAsked = false) {
  return inTurn(async () => {
    const state = await readState();
    if (isAsked) state.off = false;
    const had = state.version;
    const mayFetch = isAsked || !(state.off || navigator.connection?.saveData);
    const wanted = new Set(Object.keys(state.locales));
    if (tag && mayFetch) wanted.add(tag);
    const isCurrent = had === version && [...wanted].every((one) => one in state.locales);
    if (!isCurrent && wanted.size && !(await keep(version, wanted, state)) && had && had !== version) {
      state.newer = version;
    }
    if (state.version === version) state.checked = checked;
    if (tag) state.last = tag;
    await writeState(state).catch(() => {}); // a full disk: the site goes on online
    if (had && had !== version) await tell({ type: "version", version });
    return state;
  });
}

async function hello(tag, isAsked) {
  const response = await fetch("/version.json", { cache: "no-store" });
  const { version } = await response.json();
  return learn(version, dateOf(response), tag, isAsked);
}

function forget() {
  return inTurn(async () => {
    for (const name of await caches.keys()) if (name.startsWith("repere-")) await caches.delete(name);
    memory = { version: "", read: new Map() };
    await writeState({ off: true });
    return readState();
  });
}

async function status() {
  const state = await readState();
  const pack = state.version && state.last in state.locales && (await readPack(state.version, state.last));
  return { ...state, say: pack ? pack.say : null };
}

async function tell(message) {
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage(message);
}

// --- Answers ------------------------------------------------------------------------------------------

// The server's clock, not the phone's, dates a copy.
const dateOf = (response) => Date.parse(response.headers.get("Date")) || Date.now();

// A captive portal answers too, but it does not know which content we serve.
const isOurs = (response) => response.headers.has("X-Content-Version");

async function page(event, url) {
  const network = fromNetwork(event.request);
  const noted = network.then(
    (response) =>
      isOurs(response) &&
      response.status < 500 &&
      learn(response.headers.get("X-Content-Version"), dateOf(response), response.headers.get("Content-Language")),
    () => {},
  );
  event.waitUntil(noted);
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE)));
  const response = await Promise.race([network.catch(() => null), late]);
  clearTimeout(timer);
  // A static host knows no query: the second language of a note is filled in here.
  const isBare = response?.headers.has("X-Frozen") && url.searchParams.has("with");
  if (response && !isBare && (response.type === "default" || (isOurs(response) && response.status < 500))) return response;
  const why = isBare ? "" : response === undefined ? "slow" : response ? "trouble" : "copy";
  const copy = await copyOf(url, why).catch(() => null);
  return copy ?? response ?? network.catch(() => Response.error());
}

// A redirection is followed here, so that a portal's does not lead the reader away from a copy.
async function fromNetwork(request) {
  const response = await fetch(request);
  if (response.type !== "opaqueredirect") return response;
  const followed = await fetch(request.url);
  if (!isOurs(followed) || new URL(followed.url).origin !== location.origin) return followed;
  return Response.redirect(followed.url, 302);
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function data(request, url) {
  try {
    const response = await fetch(request);
    if (response.ok && isOurs(response)) return response;
  } catch {
    // no network: the pack knows
  }
  const state = await readState();
  const [, tag, ...rest] = url.pathname.split("/");
  const path = rest.join("/");
  const pack = tag in state.locales && (await readPack(state.version, tag));
  const common = state.version && (await readCommon(state.version));
  const own = pack && pack.data[path];
  const found =
    own && path === "search/index.json" ? searchData(common.data[path], own, pack.texts) : own || common?.data[url.pathname.slice(1)];
  if (!found) return Response.error();
  return new Response(JSON.stringify(found), {
    headers: { "Content-Type": "application/json", "X-Content-Version": state.version },
  });
}

// The pack of a language has what its search data say otherwise than the French ones, and texts by number.
function searchData(french, own, texts) {
  const cards = french.cards.map((card, place) => ({ ...card, ...own.cards[place] }));
  const withTexts = (data) => {
    if (typeof data === "number") return plain(texts[data]);
    if (Array.isArray(data)) return data.map(withTexts);
    if (typeof data !== "object") return data;
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, withTexts(value)]));
  };
  return withTexts({ ...own, cards });
}

const ESCAPES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };
const plain = (html) => html.replace(/<[^>]*>/g, "").replace(/&(?:amp|lt|gt|#34|#39);/g, (code) => ESCAPES[code]);

// The page of an address as the server would have sent it, from what is kept; null when there is nothing.
async function copyOf(url, why) {
  const state = await readState();
  if (!state.version) return null;
  const [, tag, ...rest] = url.pathname.split("/");
  if (!tag) return Response.redirect(`/${state.last}/`, 302);
  if (!(tag in state.locales)) return missing(state, state.last in state.locales ? state.last : Object.keys(state.locales)[0]);
  const path = rest.join("/");
  if (path === "cards/signaux-alerte/") return Response.redirect(`/${tag}/urgent/`, 302);
  if (path === "map/results/") return Response.redirect(`/${tag}/map/${url.search}`, 302);
  const pair = /^(.+\/with\/)([\w-]+)\/$/.exec(path);
  const second = pair ? pair[2] : (url.searchParams.get("with") ?? (tag === "fr" ? "" : "fr"));
  if (pair && !(second in state.locales)) return missing(state, tag);
  const html = await unfold(state, tag, pair ? pair[1] : path, second in state.locales ? second : tag);
  return html === null ? missing(state, tag) : send(html, state, tag, why);
}

async function missing(state, tag) {
  return send(await unfold(state, tag, "offline/", tag), state, tag, "missing");
}

async function unfold(state, tag, path, second) {
  const common = await readCommon(state.version);
  const pack = await readPack(state.version, tag);
  const other = await readPack(state.version, second);
  const skeleton = pack.pages[path] ?? common.pages[path];
  if (skeleton === undefined) return null;
  const lists = { [PART]: common.parts, [STRING]: pack.strings, [FIRST]: pack.texts, [SECOND]: other.texts };
  const last = { [PART]: -1, [STRING]: -1, [FIRST]: -1, [SECOND]: -1 };
  return skeleton.replace(SLOT, (slot, kind, number) => {
    if (slot === PLACE) return `/${tag}/`;
    last[kind] = number ? parseInt(number, 36) : last[kind] + 1;
    return lists[kind][last[kind]];
  });
}

async function send(html, state, tag, why) {
  const { headers } = await readCommon(state.version);
  const { say } = await readPack(state.version, tag);
  const age = Date.now() - state.checked; // negative when the phone's clock was set back: then only the date
  const isOld = age > OLD && why !== "missing";
  const date = new Intl.DateTimeFormat(tag, { dateStyle: "long" }).format(state.checked);
  const text = why && say[isOld ? "old" : state.newer && why === "copy" ? "newer" : why].replace("{date}", date);
  const notice = text && `<p class="copy${isOld ? " notice" : ""}">${text}</p>`;
  const marked = html
    .replace("<html ", `<html data-copy="${state.version}" `)
    .replace("</header>", `${notice}</header>`);
  return new Response(marked, {
    status: why === "missing" ? 404 : 200,
    headers: { ...headers, "Content-Language": tag, "X-Content-Version": state.version, "Cache-Control": "no-store" },
  });
}
