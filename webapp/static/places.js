// What the map answers, worked out on the phone: the words of /<l>/map/results/, put together from table.json.
// Pure: values in, HTML out. Every sentence comes from the table, already in the reader's language.
//
// A selection is { places: [ids], view, window, layers: [names] }, as webapp/views/body_map.py has it.
"use strict";
(() => {
  const WINDOWS = ["full", "pelvis-knee", "pelvis", "knee-foot"];
  const VIEWS = { front: WINDOWS, back: WINDOWS, left: WINDOWS, right: WINDOWS, soles: ["full"] };
  const LAYERS = ["nerve", "bones", "paths"];
  const BARE = { places: [], view: "back", window: "pelvis-knee", layers: [] };

  const fitting = (view, window) => (VIEWS[view].includes(window) ? window : "full");

  // The canonical address of a selection below `path`.
  function address(path, { places, view, window, layers }) {
    const query = [...places].sort().map((place) => ["zone", place]);
    if (view !== BARE.view) query.push(["view", view]);
    if (window !== fitting(view, BARE.window)) query.push(["window", window]);
    for (const layer of layers) query.push(["layer", layer]);
    return path + (query.length ? `?${new URLSearchParams(query)}` : "");
  }

  // What an address asks for, with its places in the order of `known`; null for what does not exist.
  function read(search, known) {
    const asked = { zone: [], view: [], window: [], layer: [] };
    for (const [name, value] of new URLSearchParams(search)) {
      if (!Object.hasOwnProperty.call(asked, name)) return null;
      asked[name].push(value);
    }
    const { zone, view: [view = BARE.view, ...views], window: [window = BARE.window, ...windows], layer } = asked;
    const exist = [[zone, known], [[view], Object.keys(VIEWS)], [[window], WINDOWS], [layer, LAYERS]];
    if (views.length || windows.length || exist.some(([some, all]) => some.some((one) => !all.includes(one)))) return null;
    return {
      places: known.filter((place) => zone.includes(place)),
      view,
      window: fitting(view, window),
      layers: LAYERS.filter((name) => layer.includes(name)),
    };
  }

  // The selection after a touch of a place, or of the switch of a layer.
  const toggled = (list, one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);

  const fill = (piece, values) => piece.replace(/⟦(\w+)⟧/g, (_hole, name) => values[name]);

  const counted = ({ forms, of }, count) => fill(forms[of[count]], { count });

  // «a, b et c», by the locale's patterns, as Babel's format_list has it.
  function listed(patterns, items) {
    const join = (pattern, ...two) => pattern.replace(/\{([01])\}/g, (_hole, index) => two[index]);
    if (items.length < 2) return items.join("");
    if (items.length === 2) return join(patterns[2], ...items);
    const last = items.length - 1;
    return items.reduce((left, right, index) =>
      join(index === 1 ? patterns.start : index < last ? patterns.middle : patterns.end, left, right),
    );
  }

  // Which cards speak of which of the chosen places; the rule is webapp/content/places.py's.
  function find({ zones, cards }, places) {
    const found = { chosen: [], others: [], learn: new Set(), felt: cards.map(() => []), covered: 0 };
    for (const zone of zones) {
      for (const place of zone.places.filter(({ id }) => places.includes(id))) {
        found.chosen.push(place);
        found.others.push(...zone.places.filter(({ id }) => !places.includes(id)));
        if (!zone.covered) continue;
        found.covered++;
        for (const card of zone.cards) found.felt[card].push(place.short);
        for (const card of zone.learn) found.learn.add(card);
      }
    }
    return found;
  }

  // The fragment that /<l>/map/results/ sends for this selection; line breaks between elements may differ.
  function answer(table, selection) {
    const { pieces, counts } = table;
    const { chosen, others, learn, felt, covered } = find(table, selection.places);
    const write = (piece, values) => fill(pieces[piece], values);
    const each = (items, piece, values) => items.map((...item) => write(piece, values(...item))).join("");
    const link = ({ id }) =>
      address(table.address, { ...selection, places: toggled(selection.places, id) }).replace(/&/g, "&amp;");

    const all = [];
    const some = [];
    felt.forEach((places, card) => {
      if (places.length) (places.length === covered ? all : some).push(card);
    });
    const rows = (numbers) =>
      each(numbers, "listed", (card) => ({ words: table.cards[card], places: listed(table.list, felt[card]) }));

    let results = chosen.length ? "" : pieces.nothing;
    if (all.length) results += write("all", { heading: counted(counts.heading, chosen.length), cards: rows(all) });
    if (some.length) results += write("some", { note: all.length ? "" : pieces.caution, cards: rows(some) });
    if (learn.size) {
      const cards = [...learn].sort((a, b) => a - b);
      results += write("learn", { cards: each(cards, "card", (card) => ({ words: table.cards[card] })) });
    }

    let picked = "";
    if (chosen.length) {
      const places = each(chosen, "place", (place, index) => ({
        number: index + 1,
        plain: place.name,
        ...place,
        address: link(place),
      }));
      const sides = each(others, "other", (place) => ({ ...place, address: link(place) }));
      picked = write("chosen", { places, others: sides && write("others", { places: sides }) });
    }
    if (covered < chosen.length) picked += pieces.uncovered;

    const said = fill(table.summary, {
      places: counted(counts.places, chosen.length),
      cards: counted(counts.cards, all.length + some.length),
    });
    const bar = chosen.length ? write("bar", { summary: said }) : "";
    return write("answer", { results, picked, bar, said });
  }

  globalThis.reperePlaces = { BARE, LAYERS, address, answer, read, toggled };
})();
