"""`manage.py audit`: the list of points, for a person and for a program."""

import json


def test_audit_names_every_card_and_what_was_seen(run):
    lines = run("audit").stdout.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "(site)",
        "signaux-alerte",
        "fiche-essai",
        "urgence-essai",
        "anatomie-essai",
        "guide-essai",
    ]
    of_card = lines[lines.index("fiche-essai") : lines.index("urgence-essai")]
    assert "  open       sources-dated     1 of 3" in of_card
    assert "  confirmed  danger-signs      3 of 3" in of_card


def test_audit_of_one_card_says_nothing_of_others_nor_of_the_site(run):
    assert list(json.loads(run("audit", "fiche-essai", "--json").stdout)) == ["fiche-essai"]


def test_audit_for_a_program_has_each_point_with_who_asks_for_it(run):
    rows = json.loads(run("audit", "--json").stdout)
    by_point = {row["point"]: row for row in rows["fiche-essai"]}
    assert by_point["sources-dated"] == {
        "point": "sources-dated",
        "state": "open",
        "asked_by": ["DISCERN"],
        "count": 1,
        "total": 3,
        "passage": None,
        "signed": [],
    }
    assert [row["point"] for row in rows["(site)"] if row["asked_by"] == ["EQIP", "JAMA"]] == ["funding"]


def test_sign_off_by_a_person_is_named_until_the_words_change(run, publish):
    run("content", "review", "fiche-essai", "--by", "Camille Essai", "--role", "rhumatologue d’essai")
    assert "  signed     clinician         Camille Essai, rhumatologue d’essai, " in run("audit").stdout
    publish("cards/fiche-essai", "La loupe", "La lampe")
    assert "signed " not in run("audit").stdout


def test_settings_of_the_host_are_read(run, monkeypatch):
    assert "  open       funding" in run("audit").stdout
    monkeypatch.setenv("REPERE_FUNDING", "Fondation d’essai")
    assert "  confirmed  funding           Fondation d’essai" in run("audit").stdout


def test_unknown_card_and_two_questions_at_once_are_told_plainly(run):
    line = run("audit", "nothing", code=1).stderr.splitlines()[-1]
    assert line.startswith("nothing: is not published -> ")
    for words in (("fiche-essai", "--licences"), ("--licences", "--vulnerabilities")):
        assert "Usage: " in run("audit", *words, code=2).stderr
