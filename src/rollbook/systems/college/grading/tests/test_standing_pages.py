"""The rules of standing on the screen."""

from decimal import Decimal

import pytest

from rollbook.core.errors import Invalid
from rollbook.systems.college.examples import a_browser, a_programme, a_registrar, an_administrator
from rollbook.systems.college.grading.band_lines import read_bands, write_bands
from rollbook.systems.college.grading.models import StandingRule
from rollbook.systems.college.grading.services.standing import bands_of_programmes

pytestmark = [pytest.mark.usefixtures("tenant"), pytest.mark.rule("R54")]


def text_of(response):
    return response.content.decode()


def test_bands_are_read_as_they_are_written():
    for kind in ("STANDING", "HONOURS"):
        usual = bands_of_programmes()[None]
        written = write_bands(kind, usual)
        assert write_bands(kind, usual) == written
        assert [rule.name for rule in read_bands(kind, written)] == [
            getattr(one, "standing", None) or one.name
            for one in (usual.honours if kind == "HONOURS" else usual.standings)
        ]
    assert read_bands("STANDING", "probation; ; 3.00; overall")[0].gpa_limit == Decimal("3.00")


@pytest.mark.parametrize("line", ["WARNING; a quarter", "WARNING; 25%; ; always", "A; B; C; D; E"])
def test_a_line_that_cannot_be_read_is_named(line):
    with pytest.raises(Invalid) as refusal:
        read_bands("STANDING", f"WARNING; 25%\n{line}")

    assert refusal.value.errors[0]["message"].startswith("Line 2: ")


def test_an_administrator_sets_the_bands_of_a_programme_and_a_registrar_does_not():
    programme, browser = a_programme("BSIT"), a_browser(an_administrator())
    place = "/grades/rules/STANDING/"
    assert "25% of the units failed" in text_of(browser.get("/grades/rules/"))
    assert "WARNING; 25%" in text_of(browser.get(place))

    refused = browser.post(place, {"programme_id": "", "lines": "SAD; 25%"})
    assert refused.status_code == 422
    assert "Line 1: Choose one of: WARNING, PROBATION, SUSPENDED." in text_of(refused)
    assert not StandingRule.objects.exists()

    typed = {"programme_id": str(programme.id), "lines": "WARNING; 30%\nPROBATION; ; 3.00; overall"}
    assert browser.post(place, typed).status_code == 303
    shown = text_of(browser.get("/grades/rules/"))
    assert "30% of the units failed" in shown
    assert "average worse than 3.00" in shown
    assert (
        browser.post("/grades/rules/HONOURS/", {"programme_id": "", "lines": "Dean's list; 1.50; 12"}).status_code
        == 303
    )
    assert StandingRule.objects.filter(kind="HONOURS", programme=None).count() == 1

    assert a_browser(a_registrar()).get("/grades/rules/").status_code == 403
