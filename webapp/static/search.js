// The search of webapp/content/search.py and folding.py, for when no server answers: same texts, same
// rule, same whole numbers, same result (tests/browser/test_search_on_the_phone.py compares them). Functions here have
// the names they have there, where each says what it does and why. On the search page it also shows what
// it finds, in the page's own <template> elements.
"use strict";
(() => {
  const [LONGEST_QUERY, MOST_TERMS, MOST_ROWS] = [200, 16, 10];
  const [TITLE, SYNONYM, ALSO, SUMMARY, WORD, BLOCK] = [8, 7, 6, 4, 3, 1];
  const [EXACT, INFLECTED, BEGINNING, WITHIN] = [4, 3, 2, 1];
  const [NAME, COMPLETE, CODE_FOUND] = [3, 400, 1000000];
  const DANGERS = ["emergency", "urgent"];
  const COMMAS = "؛،；，、,";

  // --- folding ---

  const DROPPED =
    /[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061c\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]/g;
  const SAME = new Map(
    Object.entries({ œ: "oe", æ: "ae", ß: "ss", ı: "i", ø: "o", đ: "d", ł: "l", ς: "σ", ʼ: " " }).concat(
      Object.entries({ ٱ: "ا", ى: "ي", ة: "ه", ی: "ي", ک: "ك", ہ: "ه" }),
      [..."٠١٢٣٤٥٦٧٨٩"].map((digit, value) => [digit, `${value}`]),
      [..."۰۱۲۳۴۵۶۷۸۹"].map((digit, value) => [digit, `${value}`]),
    ),
  );
  const HYPHENS = "-\u2010\u2011";
  const IDEOGRAPH = /^[\u3040-\u30ff\u3400-\u9fff]/;
  const ARTICLE = /^(?:[وفبك]?ال|لل)(?=...)/;
  const known = new Map();

  function foldCharacter(character) {
    let found = known.get(character);
    if (!found) {
      const plain = character.normalize("NFKD").toLowerCase().normalize("NFKD").replace(DROPPED, "");
      const folded = [...plain].map((one) => (one > "\uffff" || one.length > 1 ? " " : SAME.get(one) ?? one)).join("");
      found = [folded, /^[\p{L}\p{N}\p{M}]*$/u.test(folded), IDEOGRAPH.test(folded)];
      known.set(character, found);
    }
    return found;
  }

  const fold = (text) => [...text].map((character) => foldCharacter(character)[0]).join("");

  function withoutArticle(folded) {
    for (let match; (match = ARTICLE.exec(folded)); ) folded = folded.slice(match[0].length);
    return folded;
  }

  function words(text) {
    const found = [];
    let [folded, start, isAlone, place] = ["", -1, false, 0];
    for (const character of `${text} `) {
      const [letters, isWord, isIdeograph] = foldCharacter(character);
      if (letters) {
        if (folded && (!isWord || isIdeograph || isAlone)) {
          found.push({ folded: withoutArticle(folded), start, end: place });
          folded = "";
        }
        if (isWord) {
          if (!folded) start = place;
          folded += letters;
          isAlone = isIdeograph;
        }
      }
      place += character.length;
    }
    return found;
  }

  const joined = (text, found) =>
    found
      .slice(1)
      .map((after, number) => [found[number], after])
      .filter(([before, after]) => after.start - before.end === 1 && HYPHENS.includes(text[before.end]))
      .map(([before, after]) => before.folded + after.folded);

  // --- the index ---

  const rarityOf = (cards, having) => 32 - Math.clz32(Math.floor(cards / having));
  const rarity = (index, word) =>
    index.small.has(word) ? 1 : rarityOf(index.cards.length, index.worth.get(word).size);
  const distinct = (text) => [...new Set(words(text).map((word) => word.folded))];
  const split = (text, marks) =>
    [...text]
      .map((one) => (marks.includes(one) ? ";" : one))
      .join("")
      .split(";")
      .filter((part) => part.replace(/ /g, ""));

  function sentencesOf(text) {
    const found = [];
    let start = 0;
    for (let place = 0; place < text.length; place++) {
      if (".!?؟…。".includes(text[place]) && ["", " ", "\u00a0"].includes(text.charAt(place + 1))) {
        found.push(text.slice(start, place + 1));
        start = place + 2;
      }
    }
    if (start < text.length) found.push(text.slice(start));
    return found;
  }

  function buildIndex(data) {
    const cards = data.cards;
    const index = {
      cards,
      small: new Set(data.small.flatMap(distinct)),
      worth: new Map(),
      shown: new Map(),
      buckets: new Map(),
      sentences: cards.map(() => []),
    };
    for (const [weight, texts] of [
      [TITLE, (card) => [card.title]],
      [SYNONYM, (card) => card.synonyms],
      [ALSO, (card) => [card.also]],
      [SUMMARY, (card) => [card.summary]],
      [WORD, (card) => card.words],
      [BLOCK, (card) => card.blocks],
    ]) {
      cards.forEach((card, place) => {
        for (const sentence of texts(card).flatMap(sentencesOf)) {
          const said = read(index, place, weight, sentence);
          if (weight === SUMMARY || weight === BLOCK) index.sentences[place].push([sentence, said]);
        }
      });
    }
    index.phrases = cards.map((card) =>
      [card.title, ...split(card.title, ":()"), ...card.synonyms, ...split(card.also, COMMAS)].map(distinct),
    );
    for (const word of index.worth.keys()) {
      const bucket = index.buckets.get(word.slice(0, 2));
      bucket ? bucket.push(word) : index.buckets.set(word.slice(0, 2), [word]);
    }
    return index;
  }

  function read(index, place, weight, text) {
    const found = words(text);
    for (const { folded, start, end } of found)
      if (!index.shown.has(folded)) index.shown.set(folded, text.slice(start, end));
    const said = [...new Set([...found.map((word) => word.folded), ...joined(text, found)])];
    for (const folded of said) {
      if (!index.worth.has(folded)) index.worth.set(folded, new Map());
      const places = index.worth.get(folded);
      if (!places.has(place)) places.set(place, weight);
    }
    return said;
  }

  // --- the search ---

  function search(index, asked) {
    const query = tidy(asked);
    const [typed, codes] = withoutCodes(index, query);
    const terms = [];
    const corrections = new Map();
    let isUnknown = false;
    for (const folded of [...new Set(typed)].slice(0, MOST_TERMS)) {
      const isSmall = index.small.has(folded);
      let parts = knownAs(index, folded);
      if (!parts.length && !isSmall && !codes.length) {
        let meant;
        [parts, meant] = guessed(index, folded);
        if (meant) corrections.set(folded, meant);
      }
      if (!parts.length && !isSmall) isUnknown = true;
      terms.push(...parts.map((answers) => termOf(index, answers, isSmall)));
    }
    const labels = new Map(index.cards.flatMap((card) => card.codes.filter(([, label]) => label)));
    const wanted = orAll(terms, (term) => !term.isSmall);
    const telling = orAll(wanted, (term) => term.places.size * 2 <= index.cards.length);
    const scores = new Map();
    let isComplete = false;
    index.cards.forEach((card, place) => {
      const hasAll = telling.every((term) => term.places.has(place));
      const isNamed = card.codes.some(([code]) => codes.includes(code));
      if (isNamed || wanted.some((term) => term.places.has(place))) {
        const bonus = (isNamed ? CODE_FOUND : 0) + (hasAll ? COMPLETE : 0);
        scores.set(place, bonus + scoreOf(index, terms, place));
        isComplete = isComplete || isNamed || hasAll;
      }
    });
    const best = Math.max(0, ...scores.values());
    const ranked = [...scores.keys()].filter((place) => scores.get(place) * 3 >= best);
    ranked.sort((one, other) => scores.get(other) - scores.get(one));
    const isTold = codes.length > 0 || terms.some((term) => !term.isSmall);
    const isFirst = ranked.length > 0 && isTold && DANGERS.includes(index.cards[ranked[0]].kind);
    return {
      query,
      corrected: corrections.size ? corrected(index, query, corrections) : "",
      is_danger: isFirst || namesDanger(index, terms),
      codes: codes.filter((code) => labels.has(code)).map((code) => [code, labels.get(code)]),
      is_partial: ranked.length > 0 && (isUnknown || !isComplete),
      rows: ranked.slice(0, MOST_ROWS).map((place) => rowOf(index, telling, place)),
    };
  }

  function orAll(terms, test) {
    const found = terms.filter(test);
    return found.length ? found : terms;
  }

  const BLANK = /[\u0000-\u0020\u007f-\u00a0\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/gu;

  const tidy = (query) =>
    [...query.replace(BLANK, " ")]
      .slice(0, LONGEST_QUERY)
      .join("")
      .split(" ")
      .filter(Boolean)
      .join(" ");

  function withoutCodes(index, query) {
    const found = words(query);
    const [typed, codes] = [[], new Set()];
    for (let number = 0; number < found.length; number++) {
      const [word, after] = [found[number], found[number + 1]];
      let compact = word.folded;
      if (after && [".", ","].includes(query.slice(word.end, after.start)) && compact.length === 3)
        compact += after.folded;
      const named = codesOf(index, compact);
      if (named.length && compact !== word.folded) number++;
      if (named.length) named.forEach((code) => codes.add(code));
      else typed.push(word.folded);
    }
    return [typed, [...codes]];
  }

  function codesOf(index, compact) {
    if (!/^[a-z][0-9]{2}(?:$|[0-9])/.test(compact)) return [];
    const all = [...new Set(index.cards.flatMap((card) => card.codes.map(([code]) => code)))];
    const plain = (code) => code.replace(".", "").toLowerCase();
    const same = all.filter((code) => plain(code) === compact);
    const above = all.filter((code) => compact.startsWith(plain(code)));
    const finest = Math.max(0, ...above.map((code) => code.length));
    const below = () => all.filter((code) => plain(code).startsWith(compact));
    return same.length ? same : above.length ? above.filter((code) => code.length === finest) : below();
  }

  function termOf(index, answers, isSmall) {
    const places = new Set([...answers.keys()].flatMap((word) => [...index.worth.get(word).keys()]));
    return { answers, places, isSmall, weight: isSmall ? 1 : rarityOf(index.cards.length, places.size) };
  }

  function knownAs(index, word) {
    const near = close(index, word);
    for (let cut = 4; cut < word.length - 3; cut++) {
      const [left, right] = [close(index, word.slice(0, cut)), close(index, word.slice(cut))];
      if (left.size && right.size) return [new Map([...left, ...near]), new Map([...right, ...near])];
    }
    if (near.size) return [word.length >= 4 ? new Map([...beginning(index, word), ...near]) : near];
    const longer = word.length >= 2 ? beginning(index, word) : near;
    if (longer.size) return [longer];
    const around = word.length >= 5 ? [...index.worth.keys()].filter((one) => one.includes(word)) : [];
    return around.length ? [new Map(around.map((one) => [one, WITHIN]))] : [];
  }

  const bucket = (index, word) => index.buckets.get(word.slice(0, 2)) ?? [];

  const close = (index, word) =>
    new Map(
      bucket(index, word)
        .filter((one) => one === word || isInflected(word, one))
        .map((one) => [one, one === word ? EXACT : INFLECTED]),
    );

  function isInflected(one, other) {
    if (Math.abs(one.length - other.length) > 2) return false;
    let common = 0;
    while (common < Math.min(one.length, other.length) && one[common] === other[common]) common++;
    const tails = [one.length - common, other.length - common].sort((a, b) => a - b);
    if (tails[1] > 2 || common < 3) return false;
    const isArabic = "\u0600" <= one[0] && one[0] <= "\u06ff";
    return common >= 4 || isArabic || (tails[0] === 0 && tails[1] === 1);
  }

  const beginning = (index, word) =>
    new Map(
      bucket(index, word)
        .filter((one) => one.startsWith(word))
        .map((one) => [one, BEGINNING]),
    );

  function guessed(index, word) {
    const [meant, far] = meantBy(index, word);
    if (far !== 1) {
      for (const trunk of [word.slice(0, -1), word.slice(0, -2)]) {
        const found = trunk.length >= 5 ? beginning(index, trunk) : new Map();
        if (found.size) return [[found], ""];
      }
    }
    return meant ? [knownAs(index, meant), meant] : [[], ""];
  }

  function meantBy(index, word) {
    const most = word.length >= 7 ? 2 : word.length >= 4 ? 1 : 0;
    let [best, nearest] = ["", most + 1];
    for (const one of index.worth.keys()) {
      const far = one.length >= 3 ? distance(word, one, nearest - 1) : nearest;
      if (far < nearest) [best, nearest] = [one, far];
    }
    return [best, nearest];
  }

  function distance(one, other, most) {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let before = [];
    let last = Array.from({ length: other.length + 1 }, (_, number) => number);
    for (let i = 1; i <= one.length; i++) {
      const row = [i];
      for (let j = 1; j <= other.length; j++) {
        const change = last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
        let best = Math.min(last[j] + 1, row[j - 1] + 1, change);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
          best = Math.min(best, before[j - 2] + 1);
        row.push(best);
      }
      if (Math.min(...row) > most) return most + 1;
      [before, last] = [last, row];
    }
    return Math.min(last[other.length], most + 1);
  }

  function corrected(index, query, corrections) {
    let [out, end] = ["", 0];
    for (const word of words(query)) {
      const meant = corrections.get(word.folded);
      if (meant) {
        out += query.slice(end, word.start) + (index.shown.get(meant) ?? meant);
        end = word.end;
      }
    }
    return out + query.slice(end);
  }

  function namesDanger(index, terms) {
    const typed = new Set(
      terms.flatMap((term) => [...term.answers].filter(([, quality]) => quality >= INFLECTED).map(([word]) => word)),
    );
    return index.cards.some(
      (card, place) =>
        DANGERS.includes(card.kind) &&
        index.phrases[place].some((phrase) => {
          const said = phrase.filter((word) => !index.small.has(word)).map((word) => typed.has(word));
          return said.includes(true) && said.filter((is) => !is).length <= (said.length >= 4 ? 1 : 0);
        }),
    );
  }

  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

  function scoreOf(index, terms, place) {
    const total = sum(terms.map((term) => term.weight));
    if (!total) return 0;
    const found = sum(
      terms.map(
        (term) =>
          term.weight *
          Math.max(0, ...[...term.answers].map(([word, q]) => (index.worth.get(word).get(place) ?? 0) * q)),
      ),
    );
    let nearest = 0;
    const typed = new Set(terms.flatMap((term) => [...term.answers.keys()]));
    for (const phrase of index.phrases[place]) {
      const answered = phrase.filter((word) => typed.has(word));
      if (!answered.length) continue;
      const all = sum(phrase.map((word) => rarity(index, word)));
      const said = sum(answered.map((word) => rarity(index, word)));
      const asked = sum(
        terms.filter((term) => phrase.some((word) => term.answers.has(word))).map((term) => term.weight),
      );
      const both = Math.floor((1000 * said) / all) * Math.floor((1000 * asked) / total);
      nearest = Math.max(nearest, Math.floor(both / 1000));
    }
    return Math.floor((100 * found) / total) + NAME * nearest;
  }

  function rowOf(index, telling, place) {
    const card = index.cards[place];
    const marked = new Set(telling.flatMap((term) => [...term.answers.keys()]));
    let [best, sentence] = [0, card.summary];
    for (const [text, said] of index.sentences[place]) {
      if (!said.some((word) => marked.has(word))) continue;
      const weight = sum(
        telling.filter((term) => said.some((word) => term.answers.has(word))).map((term) => term.weight),
      );
      if (weight > best) [best, sentence] = [weight, text];
    }
    return { slug: card.slug, title: card.title, lang: card.lang ?? "", pieces: piecesOf(sentence, marked) };
  }

  function piecesOf(sentence, marked) {
    const pieces = [];
    let end = 0;
    for (const word of words(sentence)) {
      if (!marked.has(word.folded)) continue;
      if (word.start > end) pieces.push([sentence.slice(end, word.start), false]);
      pieces.push([sentence.slice(word.start, word.end), true]);
      end = word.end;
    }
    if (end < sentence.length) pieces.push([sentence.slice(end), false]);
    return pieces;
  }

  globalThis.repereSearch = { fold, buildIndex, search };

  // --- the page: a copy without the answer to its address's `q` is filled in here ---

  const region = globalThis.document?.getElementById("results");
  const query = tidy((region && new URLSearchParams(location.search).get("q")) ?? "");
  if (region && region.dataset.query !== query) answer();

  async function answer() {
    document.getElementById("q").value = query;
    try {
      const response = await fetch(region.dataset.texts);
      if (!response.ok) throw new Error(response.status);
      show(search(buildIndex(await response.json()), query));
    } catch {
      const notice = document.createElement("p");
      notice.className = "notice";
      notice.textContent = region.dataset.failed;
      region.replaceChildren(notice);
    }
  }

  function piece(name) {
    return document.getElementById(`t-${name}`).content.cloneNode(true);
  }

  function show(result) {
    document.getElementById("danger").hidden = !result.is_danger;
    const part = piece(result.rows.length ? "found" : "nothing");
    if (result.rows.length) {
      const before = result.codes.map(codePiece);
      if (result.corrected) before.push(correctedPiece(result.corrected));
      if (result.is_partial) before.push(piece("partial"));
      part.querySelector("h2").after(...before);
      part.querySelector("ul").append(...result.rows.map(rowPiece));
    } else {
      part.querySelector("bdi").textContent = result.query;
    }
    region.replaceChildren(part);
    region.dataset.query = result.query;
  }

  function correctedPiece(query) {
    const part = piece("corrected");
    const link = part.querySelector("a");
    link.setAttribute("href", `?${new URLSearchParams({ q: query })}`);
    link.firstChild.textContent = query;
    return part;
  }

  function codePiece(pair) {
    const part = piece("code");
    part.querySelectorAll("bdi").forEach((slot, number) => (slot.textContent = pair[number]));
    return part;
  }

  function rowPiece(row) {
    const part = piece("row");
    const [item, link] = [part.querySelector("li"), part.querySelector("a")];
    if (row.lang) {
      item.lang = row.lang;
      item.dir = "ltr";
    }
    const isUrgent = row.slug === "signaux-alerte";
    link.setAttribute("href", isUrgent ? region.dataset.urgent : `${region.dataset.cards}${row.slug}/`);
    link.textContent = row.title;
    item.querySelector("p").append(
      ...row.pieces.map(([text, isMarked]) => {
        if (!isMarked) return text;
        const mark = document.createElement("mark");
        mark.textContent = text;
        return mark;
      }),
    );
    return part;
  }
})();
