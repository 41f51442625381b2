"""No page breaks its own policy, leaves the origin or keeps anything; and each of these would be noticed."""

import pytest

from tests.browser.conftest import watch
from tests.contracts.routes import routes

BREACHES = {
    "inline script": "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
    "inline style": "document.body.append(Object.assign(document.createElement('style'), {textContent: 'p{}'}))",
    "style attribute": "document.body.setAttribute('style', 'color: red')",
    "event attribute": "document.body.setAttribute('onclick', '1'), document.body.click()",
    "foreign image": "new Image().src = 'https://evil.example/x.png'",
    "foreign request": "fetch('https://evil.example/').catch(() => 0)",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: '/fr/'}))",
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_would_be_noticed(browser, site, breach):
    context, complaints = browser.new_context(), []
    watch(context, site, complaints)
    page = context.new_page()
    page.goto(f"{site}/fr/legal/")
    assert complaints == []
    page.evaluate(f"() => {{ {BREACHES[breach]}; }}")
    page.wait_for_timeout(200)
    context.close()
    assert complaints


@pytest.mark.parametrize("locale", ["fr", "ar"])
def test_every_kind_of_page_keeps_to_its_policy_and_stores_nothing(open_page, site, real_app, locale):
    page = open_page(f"/{locale}/")
    seen = set()
    for route in routes(real_app):
        if (
            not route.address.startswith(f"/{locale}/")
            or route.endpoint in seen
            or "GET" not in route.methods
        ):
            continue
        if any(part in route.address for part in ("results", "manifest", ".json", ".svg")):
            continue  # a fragment, and what machines read
        seen.add(route.endpoint)
        address = route.address.replace("fiche-essai", "sciatique")
        page.goto(site + address, wait_until="load")
        kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        # htmx 2.0 notes the address on the screen, for Back; it goes with the tab, as does the note. The language
        # shown to a clinician stays; `/offline/` clears them all.
        assert set(kept) <= {"htmx-current-path-for-history", "repere-note", "repere-second"}, address
    assert page.context.cookies() == []
    assert len(seen) >= 8
