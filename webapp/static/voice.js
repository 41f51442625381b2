// Reads the page aloud, block by block, with a voice of the reader's device. site.js fetches this after the page.
// Nothing is spoken before the reader asks. Browsers speak badly in known ways; each way round has its reason below.
"use strict";
(() => {
  const KEY = "repere-speed";
  const RATES = [0.8, 1, 1.2];
  const LONGEST = 200; // characters: Chrome falls silent after some 15 s of one utterance of a network voice
  const AFTER_CANCEL = 80; // ms: Chrome drops what is spoken in the same breath as cancel()
  const NO_START = 8000; // ms: some phones list voices that never begin
  const REGIONS = { pt: "pt-pt" }; // the site's Portuguese is that of Portugal
  const ROBOTIC = /eloquence|speech\.synthesis/; // Apple lists its joke voices and its oldest ones first

  const BLOCKS = "h1,h2,h3,p,li,dt,dd,div,td,th,figcaption,summary,.call a,.tel";
  const SILENT =
    "svg,button,select,input,textarea,[hidden],[aria-hidden=true],.vh,.cite,.more,.mini,.plate,.leg," +
    "[aria-labelledby=h-sources],details:not([open])>:not(summary)";
  const ICONS = {
    listen: "M4 9.5v5h3.5l5 4v-13l-5 4zM16 8.5a5 5 0 0 1 0 7",
    back: "M12 19.5v-15M6 10.5l6-6 6 6",
    pause: "M8.5 5v14M15.5 5v14",
    resume: "M7 4.5v15l12-7.5z",
    next: "M12 4.5v15M6 13.5l6 6 6-6",
    stop: "M6 6h12v12H6z",
  };

  const root = document.documentElement;
  const synth = speechSynthesis;
  const listen = document.querySelector(".listen button");
  const words = listen.dataset;
  const dock = document.querySelector(".dock");
  const title = listen.textContent;
  const speeds = words.speeds.split("|");

  let state = "off"; // off, reading, paused
  let blocks = []; // {element, parts: [{lang, text}]}
  let at = 0; // the block being read, and its part
  let part = 0;
  let utterance = null; // kept here: Chrome collects an utterance nobody holds, and its end is never told
  let timer = 0;
  let cancelled = -Infinity; // when speech was last cut short
  let hasSkipped = false;
  let speed = 1;
  try {
    speed = RATES.indexOf(Number(localStorage.getItem(KEY) ?? 1));
    if (speed < 0) speed = 1;
  } catch {
    // storage refused: normal speed
  }

  // Offline only a voice that stands on the device can speak; a device's own is better in any case,
  // for a network voice sends the text to the browser's maker.
  function voiceFor(tag) {
    const plain = (voice) => voice.lang.replace("_", "-").toLowerCase(); // Android writes fr_FR
    const wanted = REGIONS[tag] ?? tag.toLowerCase();
    const [primary] = wanted.split("-");
    const isOffline = navigator.onLine === false || "copy" in root.dataset;
    const rank = (voice) =>
      8 * (plain(voice) === wanted) + 4 * voice.localService + 2 * !ROBOTIC.test(voice.voiceURI) + voice.default;
    return synth
      .getVoices()
      .filter((voice) => plain(voice).split("-")[0] === primary && (voice.localService || !isOffline))
      .sort((one, other) => rank(other) - rank(one))[0];
  }

  function offer() {
    listen.parentElement.classList.toggle("can", state !== "off" || Boolean(voiceFor(root.lang)));
  }

  // What is read: the words of main as they are shown, in the order of the page.
  function collect() {
    const found = [];
    let last = null;
    let gap = false; // something stands on a line of its own: the voice must pause there
    const walker = document.createTreeWalker(document.getElementById("main"), NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.nodeType === Node.ELEMENT_NODE) {
        gap ||= node.nodeName === "BR" || getComputedStyle(node).display !== "inline";
        continue;
      }
      const parent = node.parentElement;
      if (parent.closest(SILENT) || !parent.getClientRects().length) continue;
      const element = parent.closest(BLOCKS);
      const { lang } = parent.closest("[lang]");
      if (last?.element !== element) {
        if (!node.data.trim()) continue;
        found.push((last = { element, runs: [] }));
        gap = false;
      }
      const run = last.runs[last.runs.length - 1];
      if (run?.lang !== lang) last.runs.push({ lang, text: node.data });
      else if (gap && node.data.trim()) run.text = ended(run.text) + node.data;
      else run.text += node.data;
      if (node.data.trim()) gap = false;
    }
    return found.map(({ element, runs }) => ({
      element,
      parts: element.matches(".call a,.tel")
        ? [{ lang: root.lang, text: callOf(element) }]
        : runs.flatMap(({ lang, text }) => split(text).map((piece) => ({ lang, text: piece }))),
    }));
  }

  const ended = (text) => text.trimEnd() + (/\p{P}\s*$/u.test(text) ? " " : ". ");

  const callOf = (link) =>
    link.getAttribute("aria-label") ??
    words.call
      .replace("{number}", link.querySelector("bdi").textContent)
      .replace("{country}", link.querySelector("span").textContent);

  // As much as fits up to the end of a sentence; else to a lesser mark, to a space, to anything.
  const PIECE = new RegExp(
    [`(?:[.!?…؟۔](?=\\s)|$)`, `[,;:،؛](?=\\s)`, `(?=\\s)`, ``].map((end) => `.{1,${LONGEST}}${end}`).join("|"),
    "gu",
  );
  const split = (text) =>
    (text.replace(/\s+/g, " ").trim().match(PIECE) ?? []).map((piece) => piece.trim()).filter(Boolean);

  function hush() {
    clearTimeout(timer);
    utterance = null;
    if (synth.speaking || synth.pending) cancelled = performance.now();
    synth.cancel();
  }

  // Reads from the current part on. The first call comes straight from the reader's touch: iOS asks for that.
  function read() {
    hush();
    mark();
    warn("");
    const rest = AFTER_CANCEL - (performance.now() - cancelled);
    if (rest > 0) timer = setTimeout(speak, rest);
    else speak();
  }

  function speak() {
    const { lang, text } = blocks[at].parts[part];
    const own = voiceFor(lang);
    if (!own && hasSkipped) return advance(); // said once for neighbours
    const voice = own ?? voiceFor(root.lang);
    if (!voice) return fail();
    hasSkipped = !own;
    const mine = (utterance = new SpeechSynthesisUtterance(own ? text : words.skipped));
    mine.voice = voice;
    mine.lang = voice.lang.replace("_", "-");
    mine.rate = RATES[speed];
    const isMine = () => mine === utterance; // what was cancelled may still tell its end
    mine.onstart = () => isMine() && clearTimeout(timer);
    mine.onend = () => isMine() && advance();
    mine.onerror = () => isMine() && fail();
    timer = setTimeout(fail, NO_START);
    synth.resume(); // Chrome keeps a pause made by another page
    synth.speak(mine);
  }

  function advance() {
    clearTimeout(timer);
    part += 1;
    if (part === blocks[at].parts.length) {
      part = 0;
      at += 1;
      if (at === blocks.length) return stop();
      mark();
    }
    speak();
  }

  function fail() {
    hush();
    state = "paused";
    paint();
    warn(words.failed);
  }

  // The bar at the block's edge, and the block in view: unless the reader has gone elsewhere on the page.
  function mark(isAsked = false) {
    const before = document.querySelector(".said");
    const { element } = blocks[at];
    if (element === before) return;
    const isFollowing = !before || isInView(before);
    before?.classList.remove("said");
    element.classList.add("said");
    if (!isAsked && !isFollowing) return;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    element.scrollIntoView({ block: "nearest", behavior });
  }

  function isInView(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  // Pausing is to stop and keep the place: on Android pause() does not pause.
  function toggle() {
    if (state === "reading") {
      hush();
      state = "paused";
    } else {
      if (state === "off") {
        blocks = collect();
        at = part = 0;
        dock.prepend(bar);
        root.style.scrollPaddingBlockEnd = `${dock.offsetHeight + 16}px`; // the bar never covers what is read
      }
      hasSkipped = false;
      state = "reading";
      read();
    }
    paint();
  }

  function move(step) {
    if (at + step === blocks.length) return stop();
    at = Math.max(0, at + step);
    part = 0;
    hasSkipped = false;
    mark(true);
    if (state === "reading") read();
  }

  function changeSpeed() {
    speed = (speed + 1) % RATES.length;
    try {
      localStorage.setItem(KEY, RATES[speed]);
    } catch {
      // storage refused: the speed lasts as long as this page
    }
    if (state === "reading") read();
    paint();
  }

  function stop() {
    if (state === "off") return;
    hush();
    state = "off";
    document.querySelector(".said")?.classList.remove("said");
    if (bar.contains(document.activeElement)) listen.focus({ preventScroll: true });
    bar.remove();
    root.style.scrollPaddingBlockEnd = "";
    warn("");
    paint();
    offer();
  }

  const bar = document.createElement("div");
  bar.className = "tabs reader";
  bar.setAttribute("role", "region");
  bar.setAttribute("aria-label", title);
  const button = (act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.addEventListener("click", act);
    bar.append(made);
    return made;
  };
  const dress = (made, name) => {
    made.innerHTML = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
    made.append(words[name] ?? title);
  };
  dress(button(() => move(-1)), "back");
  const pause = button(toggle);
  dress(button(() => move(1)), "next");
  const pace = button(changeSpeed);
  dress(button(stop), "stop");
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "alert");

  function warn(text) {
    notice.textContent = text;
    if (text) bar.before(notice);
    else notice.remove();
  }

  // No live region speaks over the voice: what changes is the name of the button.
  function paint() {
    const next = { off: "listen", reading: "pause", paused: "resume" }[state];
    dress(pause, next);
    dress(listen, next);
    pace.textContent = speeds[speed];
  }

  listen.addEventListener("click", toggle);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) stop();
  });
  addEventListener("pagehide", stop);
  addEventListener("online", offer);
  addEventListener("offline", offer);
  // Voices come late, and not every browser says when: Safari learnt the event in version 16.
  synth.onvoiceschanged = offer;
  for (const wait of [0, 500, 2000, 5000]) setTimeout(offer, wait);
  paint();
})();
