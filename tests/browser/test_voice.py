"""Reading aloud, with an invented speech engine in the place of the browser's: no real voice was heard here.

The engine records what it is asked to say and tells the end of it when the test says so. It has the faults of
real ones: voices that come late, speech dropped in the same breath as cancel(), a pause() that does not pause.
"""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

ENGINE = """(voices) => {
  const engine = { voices, said: [], current: null, dropped: 0, justCancelled: false, starts: true };
  const tell = (utterance, kind, more) =>
    setTimeout(() => utterance?.["on" + kind]?.(Object.assign(new Event(kind), more)));
  const synth = {
    onvoiceschanged: null,
    get speaking() { return Boolean(engine.current); },
    pending: false,
    paused: false,
    getVoices: () => engine.voices,
    speak(utterance) {
      if (engine.justCancelled) { engine.dropped += 1; return; }
      if (engine.current) throw new Error("two utterances at once");
      engine.current = utterance;
      engine.said.push({
        text: utterance.text, lang: utterance.lang, voice: utterance.voice?.name ?? null, rate: utterance.rate,
        marked: document.querySelector(".said")?.textContent ?? null,
        count: document.querySelectorAll(".said").length,
      });
      if (engine.starts) { tell(utterance, "start"); tell(utterance, "boundary", { charIndex: 0 }); }
    },
    cancel() {
      if (!engine.current) return;
      tell(engine.current, "error", { error: "interrupted" });
      tell(engine.current, "end");
      engine.current = null;
      engine.justCancelled = true;
      setTimeout(() => { engine.justCancelled = false; }, 20);
    },
    pause() {},
    resume() {},
  };
  engine.end = () => { const done = engine.current; engine.current = null; done.onend?.(new Event("end")); };
  engine.break = () => { const broken = engine.current; engine.current = null; broken.onerror?.(new Event("error")); };
  engine.arrive = (late) => { engine.voices = late; synth.onvoiceschanged?.(new Event("voiceschanged")); };
  Object.defineProperty(window, "speechSynthesis", { value: synth });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  window.engine = engine;
}"""

LISTEN = ".listen button"
CARD = "/fr/cards/sciatique/"


def voice(lang: str, name: str = "", *, local: bool = True, uri: str = "", default: bool = False) -> dict:
    """Return a voice as browsers list them."""
    name = name or f"{lang} voice"
    return {"lang": lang, "name": name, "localService": local, "voiceURI": uri or name, "default": default}


FRENCH, ARABIC = voice("fr-FR"), voice("ar_SA")


@pytest.fixture
def arrive(open_page):
    """`arrive("/fr/…", [voices])`: a page whose reading aloud is ready, in a browser with these voices."""

    def open_(path: str, voices: list[dict], *, first: str = "", **options):
        page = open_page(path, first=f"({ENGINE})({json.dumps(voices)}); {first}", **options)
        page.locator(f"{LISTEN} svg").wait_for(state="attached")
        return page

    return open_


@pytest.fixture
def listen(arrive):
    """The same, with the button pressed."""

    def open_(path: str, voices: list[dict], **options):
        page = arrive(path, voices, **options)
        page.locator(LISTEN).click()
        return page

    return open_


def said(page) -> list[dict]:
    """Return everything the engine was asked to say so far."""
    return page.evaluate("() => engine.said")


def texts(page) -> list[str]:
    """Return the words of it."""
    return [one["text"] for one in said(page)]


def end(page, times: int = 1) -> None:
    """Let the engine come to the end of as many utterances, one after the other."""
    page.evaluate("(times) => { for (let n = 0; engine.current && n < times; n += 1) engine.end(); }", times)


def wait_until_said(page, count: int) -> list[str]:
    """Wait until the engine was asked `count` times: after a cancel the page lets it breathe."""
    page.evaluate(
        """(count) => new Promise((resolve, reject) => {
          const look = (left) => engine.said.length >= count ? resolve()
            : left ? setTimeout(look, 20, left - 1) : reject(new Error(`said ${engine.said.length}, not ${count}`));
          look(250);
        })""",
        count,
    )
    assert len(texts(page)) == count
    assert page.evaluate("() => engine.dropped") == 0
    return texts(page)


def press(page, name: str) -> None:
    """Press a button of the bar."""
    page.locator(".reader").get_by_role("button", name=name).click()


# What is read, and in which order.


@pytest.mark.parametrize(
    ("path", "voices", "calls"),
    [
        (CARD, [FRENCH], ["Appeler le 15, France", "Appeler le 112, Union européenne"]),
        ("/fr/urgent/", [FRENCH], ["Appeler le 15, France", "Appeler le 112, Union européenne"]),
        ("/ar/cards/sciatique/", [ARABIC], None),
    ],
)
def test_the_page_is_read_from_its_title_on_with_the_danger_signs_first(listen, path, voices, calls):
    page = listen(path, voices)
    flat = "(element) => element.textContent.replace(/\\s+/g, ' ').trim()"
    title = page.locator("h1").evaluate(flat)
    signs = [sign.evaluate(flat) for sign in page.locator(".sos .signs li").all()]
    headings = [one.evaluate(flat) for one in page.locator("main h2:not(#sos, #h-sources)").all()]
    end(page, 5000)
    heard = said(page)
    words = [one["text"] for one in heard]
    assert words[0] == title
    assert words[1].startswith(page.locator("#sos").evaluate("(h2) => h2.childNodes[1].data.trim()"))
    assert "15" in words[2] and "112" in words[3]
    assert calls in (words[2:4], None)
    assert [word for word in words if word in signs][: len(signs)] == signs
    assert words.index(headings[0]) > max(words.index(sign) for sign in signs) if signs else True
    assert [word for word in words if word in headings] == headings
    assert {one["lang"] for one in heard} == {voices[0]["lang"].replace("_", "-")}
    assert {one["count"] for one in heard} == {1}, "one block is marked, always"
    for one in heard:
        if one["marked"].strip()[0].isdigit():
            continue  # a call button: it shows a number, and the whole call is said
        assert one["text"].split(". ")[0].rstrip(".") in " ".join(one["marked"].split())
    assert max(map(len, words)) <= 201
    expect(page.locator(".said")).to_have_count(0)
    expect(page.locator(".reader")).to_have_count(0)
    expect(page.locator(LISTEN)).not_to_have_text("Pause")


def test_numbers_of_sources_figures_controls_and_hidden_words_are_not_read(arrive):
    page = arrive(CARD, [FRENCH])
    page.evaluate("""() => document.querySelector("h1").insertAdjacentHTML("afterend",
      `<p hidden>un</p><p aria-hidden="true">deux</p><details><summary>trois</summary><p>quatre</p></details>
       <details open><summary>cinq</summary><p>six</p></details><p><button>sept</button><input value="huit"></p>`)""")
    page.locator(LISTEN).click()
    end(page, 5000)
    heard = texts(page)
    assert heard[1:4] == ["trois", "cinq", "six"]
    first = page.locator(".prose p:has(.cite)").first
    assert first.evaluate("(p) => p.firstChild.data.trim()") in heard, "without the numbers behind it"
    assert not {"Sources", "Souvent", "Tous les signes", "sept"} & set(heard)
    assert not [text for text in heard if "Écouter" in text or "Votre gauche" in text]


def test_what_stands_on_its_own_line_is_set_apart_and_inline_words_are_not(arrive):
    page = arrive(CARD, [FRENCH])
    page.evaluate("""() => { document.querySelector("h1").innerHTML =
      "L’<strong>os</strong>&nbsp;: <b>un</b><br><span>deux</span> <a href='#main'>trois</a>" }""")
    page.locator(LISTEN).click()
    end(page)
    assert texts(page) == ["L’os : un. deux trois", "Urgence. Un seul signe suffit."]


LONG = "هل تشعر بألم في الورك؟ " * 12 + "كلمة طويلة، ثم أخرى " * 15 + "ا" * 450


def test_a_long_block_is_said_in_pieces_that_end_where_a_sentence_does(arrive):
    page = arrive("/ar/cards/sciatique/", [ARABIC])
    page.evaluate("(long) => { document.querySelector('h1').textContent = long }", LONG)
    page.locator(LISTEN).click()
    end(page, 5000)
    heard = said(page)
    pieces = [one["text"] for one in heard if one["marked"] == LONG]
    assert "".join(pieces).replace(" ", "") == LONG.replace(" ", "")
    assert max(map(len, pieces)) <= 201
    assert pieces[0].endswith("؟")
    assert pieces[1].endswith("؟")
    assert pieces[2].endswith("،")


def test_the_country_chosen_is_the_one_called(listen):
    chosen = """localStorage.setItem("repere-country", '{"code":"CH","number":"144"}');"""
    page = listen(CARD, [FRENCH], first=chosen)
    end(page, 3)
    assert texts(page)[2:] == ["Appeler le 144, Suisse", "Entrejambe engourdi, ou du mal à uriner."]


# Where the button stands.


def test_nothing_is_said_before_the_reader_asks(arrive):
    page = arrive(CARD, [FRENCH])
    expect(page.get_by_role("button", name="Écouter")).to_be_visible()
    assert said(page) == []


def test_without_a_voice_for_the_page_there_is_no_button(arrive):
    page = arrive(CARD, [])
    for voices in ([], [voice("en-GB")], [ARABIC, voice("frr-DE")]):
        page.evaluate("(voices) => engine.arrive(voices)", voices)
        expect(page.locator(LISTEN)).to_be_hidden()


def test_voices_may_come_late_and_nothing_moves_then(arrive):
    page = arrive(CARD, [])
    below = page.locator("#in-brief, .sec").first.bounding_box()
    page.evaluate("(late) => engine.arrive(late)", [FRENCH])
    expect(page.locator(LISTEN)).to_be_visible()
    assert page.locator("#in-brief, .sec").first.bounding_box() == below


def test_a_browser_that_cannot_speak_is_not_asked_to_load_anything(open_page, site):
    page = open_page("/fr/", first="delete window.speechSynthesis; delete Window.prototype.speechSynthesis;")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + CARD, wait_until="networkidle")
    assert not [url for url in asked if "/voice." in url]
    expect(page.locator(LISTEN)).to_be_hidden()


def test_without_script_there_is_no_button(open_page):
    expect(open_page(CARD, java_script_enabled=False).locator(LISTEN)).to_be_hidden()


def test_offline_only_a_voice_of_the_device_counts(arrive):
    page = arrive(CARD, [voice("fr-FR", local=False)])
    expect(page.locator(LISTEN)).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator(LISTEN)).to_be_hidden()
    page.evaluate("(late) => engine.arrive(late)", [voice("fr-FR", local=False), voice("fr-CA", "own")])
    page.locator(LISTEN).click()
    assert said(page)[0]["voice"] == "own"
    page.context.set_offline(False)


def test_a_kept_copy_counts_as_offline(arrive):
    mark = "addEventListener('DOMContentLoaded', () => { document.documentElement.dataset.copy = ''; });"
    expect(arrive(CARD, [voice("fr-FR", local=False)], first=mark).locator(LISTEN)).to_be_hidden()


APPLE = "com.apple.voice.compact.fr-FR.Thomas"


@pytest.mark.parametrize(
    ("path", "choices"),
    [
        (
            CARD,
            [
                ([voice("en-US"), voice("fr_CA", "found")], "found"),
                ([voice("fr-FR", local=False, default=True), voice("fr-BE", "own")], "own"),
                ([voice("fr-FR"), voice("fr", "exact")], "exact"),
                ([voice("fr-FR"), voice("fr-CA", "default", default=True)], "default"),
                ([voice("fr-FR", uri="com.apple.eloquence.fr-FR.Eddy"), voice("fr-FR", "T", uri=APPLE)], "T"),
            ],
        ),
        ("/pt/cards/sciatique/", [([voice("pt-BR", default=True), voice("pt_PT", "Portugal")], "Portugal")]),
    ],
)
def test_the_best_voice_is_taken(arrive, path, choices):
    page = arrive(path, [])
    for count, (voices, best) in enumerate(choices, 1):
        page.evaluate("(voices) => engine.arrive(voices)", voices)
        page.locator(LISTEN).click()
        wait_until_said(page, count)
        assert said(page)[-1]["voice"] == best
        page.keyboard.press("Escape")


# Words in another language.

FALLBACK = """(count) => {
  const rows = [...document.querySelectorAll(".sos .signs li")].slice(0, count);
  for (const row of rows) row.innerHTML = '<span lang="fr" dir="ltr">En français.</span>';
}"""


def test_a_french_passage_is_read_by_a_french_voice(arrive):
    page = arrive("/ar/cards/sciatique/", [ARABIC, FRENCH])
    page.evaluate(FALLBACK, 1)
    page.locator(LISTEN).click()
    end(page, 5)
    assert [one["lang"] for one in said(page)] == ["ar-SA"] * 4 + ["fr-FR", "ar-SA"]
    assert texts(page)[4] == "En français."


def test_without_a_french_voice_the_gap_is_said_once_and_marked(arrive):
    page = arrive("/ar/cards/sciatique/", [ARABIC])
    page.evaluate(FALLBACK, 2)
    skipped = page.locator(LISTEN).get_attribute("data-skipped")
    page.locator(LISTEN).click()
    end(page, 5)
    heard = said(page)
    assert [one["text"] == skipped for one in heard] == [False] * 4 + [True, False]
    assert heard[4]["marked"] == "En français."
    assert heard[4]["lang"] == "ar-SA"
    assert "En français." not in texts(page)


# Controls.


def test_pausing_keeps_the_place(listen):
    page = listen(CARD, [FRENCH])
    end(page, 4)
    place = texts(page)[-1]
    press(page, "Pause")
    assert page.evaluate("() => engine.current") is None
    expect(page.locator(".said")).to_have_text(place)
    expect(page.locator(LISTEN)).to_have_text("Reprendre")
    press(page, "Reprendre")
    assert wait_until_said(page, 6)[-1] == place
    page.locator(LISTEN).click()
    assert page.evaluate("() => engine.current") is None, "the first button pauses too"


def test_pausing_and_resuming_in_one_breath_loses_nothing(listen):
    page = listen(CARD, [FRENCH])
    page.locator(LISTEN).evaluate("(button) => { button.click(); button.click(); }")
    assert wait_until_said(page, 2) == ["Sciatique", "Sciatique"]


def test_back_and_on_go_block_by_block(listen):
    page = listen(CARD, [FRENCH])
    press(page, "Reculer")
    assert wait_until_said(page, 2)[-1] == "Sciatique", "before the first there is none"
    press(page, "Avancer")
    assert wait_until_said(page, 3)[-1] == "Urgence. Un seul signe suffit."
    press(page, "Avancer")
    assert wait_until_said(page, 4)[-1] == "Appeler le 15, France"
    press(page, "Reculer")
    assert wait_until_said(page, 5)[-1] == "Urgence. Un seul signe suffit."
    press(page, "Pause")
    before = len(said(page))
    press(page, "Avancer")
    expect(page.locator(".said")).to_contain_text("France")
    assert len(said(page)) == before, "while paused only the mark goes on"


def test_on_from_the_last_block_ends_the_reading(listen):
    page = listen(CARD, [FRENCH])
    page.locator(LISTEN).click()  # paused: nothing needs to be said on the way
    page.locator(".reader").evaluate(
        "(bar) => { for (let n = 0; bar.isConnected && n < 5000; n += 1) bar.children[2].click(); }"
    )
    expect(page.locator(".reader")).to_have_count(0)
    expect(page.locator(LISTEN)).to_have_text("Écouter")


def test_speed_changes_what_is_being_read_and_is_kept_on_the_phone(listen):
    page = listen(CARD, [FRENCH])
    press(page, "Vitesse normale")
    wait_until_said(page, 2)
    press(page, "Vitesse rapide")
    wait_until_said(page, 3)
    assert [(one["text"], one["rate"]) for one in said(page)] == [
        ("Sciatique", 1),
        ("Sciatique", 1.2),
        ("Sciatique", 0.8),
    ]
    page.reload()
    page.locator(f"{LISTEN} svg").wait_for()
    page.locator(LISTEN).click()
    assert said(page)[0]["rate"] == 0.8
    expect(page.locator(".reader").get_by_role("button", name="Vitesse lente")).to_be_visible()


@pytest.mark.parametrize(
    "first",
    [
        "localStorage.setItem('repere-speed', 'garbled');",
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });",
    ],
)
def test_a_garbled_or_refused_storage_means_normal_speed(listen, first):
    page = listen(CARD, [FRENCH], first=first)
    press(page, "Vitesse normale")
    wait_until_said(page, 2)
    assert [one["rate"] for one in said(page)] == [1, 1.2]


def test_by_keyboard_alone(arrive):
    page = arrive(CARD, [FRENCH])
    page.locator(LISTEN).focus()
    page.keyboard.press("Enter")
    assert texts(page) == ["Sciatique"]
    expect(page.locator(LISTEN)).to_be_focused()
    page.locator(".reader button").first.focus()
    names = []
    for _ in range(5):
        names.append(page.evaluate("() => document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert names == ["Reculer", "Pause", "Avancer", "Vitesse normale", "Arrêter"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.locator(".reader")).to_have_count(0)
    expect(page.locator(LISTEN)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_have_count(0)
    assert page.evaluate("() => engine.current") is None
    expect(page.locator(LISTEN)).to_be_focused()


def test_nothing_is_announced_over_the_voice(listen):
    page = listen(CARD, [FRENCH])
    end(page, 3)
    spoken = page.locator("[aria-live], [role=status], [role=alert]").filter(has_text=re.compile(r"\S"))
    expect(spoken).to_have_count(0)
    expect(page.get_by_role("region", name="Écouter")).to_be_visible()


def test_leaving_the_page_stops_the_voice(listen):
    page = listen(CARD, [FRENCH])
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert page.evaluate("() => engine.current") is None
    expect(page.locator(".said")).to_have_count(0)


# Trouble.


def test_a_voice_that_breaks_is_said_and_the_place_is_kept(listen):
    page = listen(CARD, [FRENCH])
    end(page, 4)
    page.evaluate("() => engine.break()")
    expect(page.get_by_role("alert")).to_contain_text("La voix ne répond pas")
    press(page, "Reprendre")
    heard = texts(page)
    assert heard[-1] == heard[-2]
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_voice_that_never_begins_is_said(arrive):
    page = arrive(CARD, [FRENCH], first="engine.starts = false;")
    page.clock.install()
    page.locator(LISTEN).click()
    page.clock.run_for(7000)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for(2000)
    expect(page.get_by_role("alert")).to_contain_text("La voix ne répond pas")


def test_a_network_voice_lost_on_the_way_gives_place_to_the_sentence_not_to_silence(listen):
    page = listen(CARD, [voice("fr-FR", local=False)])
    page.context.set_offline(True)
    end(page)
    expect(page.get_by_role("alert")).to_contain_text("La voix ne répond pas")
    page.context.set_offline(False)
    press(page, "Reprendre")
    assert texts(page) == ["Sciatique", "Urgence. Un seul signe suffit."]


# How it looks.


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 640)])
def test_the_bar_is_small_and_never_covers_what_is_read(listen, width, height):
    page = listen(CARD, [FRENCH], width=width, height=height)
    assert page.locator(".dock").bounding_box()["height"] <= height / 3
    for button in page.locator(".reader button").all():
        box = button.bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44
    covered = page.evaluate("""() => {
      const covered = [];
      for (let n = 0; n < 60; n += 1) {
        engine.end();
        const { top, bottom } = document.querySelector(".said").getBoundingClientRect();
        const edge = document.querySelector(".dock").getBoundingClientRect().top;
        if (top < 0 || bottom > edge) covered.push(document.querySelector(".said").textContent);
      }
      return covered;
    }""")
    assert covered == []


def test_who_reads_elsewhere_is_not_pulled_back(listen):
    page = listen(CARD, [FRENCH])
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    place = page.evaluate("() => scrollY")
    end(page, 2)
    assert page.evaluate("() => scrollY") == place
    press(page, "Avancer")
    assert page.evaluate("() => scrollY") < place


@pytest.mark.parametrize(
    ("path", "voices", "scheme"),
    [(CARD, [FRENCH], "light"), (CARD, [FRENCH], "dark"), ("/ar/urgent/", [ARABIC], "light")],
)
def test_axe_finds_nothing_while_a_page_is_read(listen, path, voices, scheme):
    page = listen(path, voices, color_scheme=scheme)
    end(page, 6)
    results = Axe().run(page)
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in results.response["violations"]] == []
