"""Exams: the permit on a telephone and on paper, the door, and anybody who holds the code."""

import io
import re
from datetime import timedelta

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.journeys import support
from tests.journeys.college.year.money import all_stand_as_reckoned
from tests.journeys.college.year.screens import a_screen, look, open_page
from tests.journeys.college.year.world import Year

ON_SCREEN = "R01"


def words_of(content: bytes) -> str:
    """What a PDF says."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def the_prelim_is_sat(year: Year) -> None:
    """This week is the prelim: shown at the door it opens once and stays good for the week's other classes."""
    first = year.codes[0]
    administrator, proctor = year.desk("administrator"), year.desk("F-001")
    (prelim,) = [
        one for one in administrator.get("/college/exam-periods", term_id=year.terms[first]) if one["code"] == "PRELIM"
    ]
    days = (year.today - timedelta(days=2), year.today + timedelta(days=3))
    administrator.patch(
        f"/college/exam-periods/{prelim['id']}",
        {"opens_on": days[0].isoformat(), "closes_on": days[1].isoformat()}, match="*",
    )  # fmt: skip
    student = year.one(ON_SCREEN)
    code = _permit_on_screen(year)
    shown = proctor.post("/college/permits/verify", {"code": code})
    assert (shown["valid"], shown["may_sit"]) == (True, True)
    assert (shown["name"], shown["exam"]) == (f"{student.given} {student.family}", "Prelim")
    assert not any(word in str(shown).lower() for word in ("balance", "due", "paid", "₱"))
    proctor.post("/college/exam-sittings", {"code": code, "class_name": "GE 1 ACT-1A"}, expect=201)
    proctor.post("/college/exam-sittings", {"code": code, "class_name": "GE 2 ACT-1A"}, expect=201)
    (used,) = [one for one in student.desk.get("/college/me/permits") if one["exam"] == "PRELIM"]
    assert used["state"] == "USED"
    assert proctor.post("/college/permits/verify", {"code": "PRM-2026-00000000"})["valid"] is False
    all_stand_as_reckoned(year, first)
    with open_page(year, width=support.PHONE) as page:
        page.goto(year.site.url(f"/verify/{year.slug}/{code}/"))
        expect(page.locator("main")).to_contain_text(f"{student.given} {student.family}")
        assert "₱" not in page.locator("main").inner_text()
        look(page)


def _permit_on_screen(year: Year) -> str:
    """All four exams are open; the paper says the code and nothing of money."""
    with a_screen(year, year.kept[f"member {ON_SCREEN}"], width=support.PHONE) as page:
        page.goto(year.site.url("/my/permits/"), wait_until="networkidle")
        card = page.locator("article", has_text="Prelim")
        code = re.search(r"PRM-\d{4}-[0-9A-Z]{8}", card.inner_text())
        assert code is not None
        assert page.get_by_text(re.compile(r"PRM-\d{4}")).count() == 4
        look(page, "permits")
        paper = page.context.request.post(
            card.locator("form").evaluate("form => form.action"),
            form={"csrfmiddlewaretoken": page.locator("body").get_attribute("data-csrf") or ""},
            headers={"Referer": page.url},
        )
        said = words_of(paper.body())
        assert code.group() in said
        assert "₱" not in said
        return code.group()
