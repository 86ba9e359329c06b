"""Grades of the year: sheets by API and one typed in the grid, finalised, incompletes resolved and left, averages proved."""

from datetime import date
from fractions import Fraction

from playwright.sync_api import expect

from rollbook.systems.college.grading.services.results import differing
from tests.journeys.college.year import plan
from tests.journeys.college.year.acts import at_once
from tests.journeys.college.year.cast import PASSING, Student
from tests.journeys.college.year.classes import record, takes
from tests.journeys.college.year.screens import a_screen, look
from tests.journeys.college.year.sums import average, earned, months_later, rounded, units_of
from tests.journeys.college.year.world import Year

ON_SCREEN_SHEET = "IT 101"
RESOLVED, LEFT_MINOR, LEFT_MAJOR, CHANGED = "R06", "R07", "T02", "R10"
#: What befalls whom in which subject; everybody else passes.
BEFALLS = {
    ("R05", "IT 102"): "5.00", (RESOLVED, "IT 101"): "INC", (LEFT_MINOR, "GE 1"): "INC", (CHANGED, "GE 2"): "2.50",
    (LEFT_MAJOR, "IT 203"): "INC", ("I05", "IT 102"): "5.00", ("I08", "IT 101"): "5.00", ("T03", "GE 8"): "5.00",
    ("R02", "PE 2"): "INC",
}  # fmt: skip
WORK = "The term paper and its defence"


def grade_of(student: Student, code: str) -> str:
    """What a professor gives: by turns one of the passing grades, unless something befell the student."""
    turn = (student.place * 5 + list(plan.BY_CODE).index(code) * 3) % len(PASSING)
    return BEFALLS.get((student.key, code), PASSING[turn])


def professor_of(code: str) -> str:
    kind = code.split(" ", maxsplit=1)[0]
    return next(number for number, _, _, prefixes in plan.PROFESSORS if kind in prefixes)


def roll(year: Year, term: str, code: str) -> list[Student]:
    """Who sits in a class."""
    return [student for student in year.students if code in takes(year, student, term)]


def codes_of_term(year: Year, term: str) -> list[str]:
    return sorted({code for student in year.students for code in takes(year, student, term)})


def rows_of(year: Year, term: str, code: str) -> list[dict[str, str]]:
    return [
        {
            "subject_enrolment_id": student.rows[term][code], "grade": grade_of(student, code),
            **({"required_work": WORK} if grade_of(student, code) == "INC" else {}),
        }
        for student in roll(year, term, code)
    ]  # fmt: skip


def midterms_are_entered(year: Year) -> None:
    """One professor hands midterms in while the term runs; students see them, and no final grade."""
    first, code = year.codes[0], "IT 102"
    owner = year.desk(professor_of(code))
    sheet = owner.post("/college/grade-sheets", {"section_id": year.sections[first, code], "component": "MIDTERM"})
    rows = [{**row, "grade": "2.00"} for row in rows_of(year, first, code)]
    saved = owner.put(f"/college/grade-sheets/{sheet['id']}/rows", {"rows": rows})
    assert (len(saved["saved"]), saved["errors"]) == (len(rows), [])
    owner.post(f"/college/grade-sheets/{sheet['id']}/submit")
    for student in roll(year, first, code):
        (row,) = [one for one in grades_of(student)[first]["subjects"] if one["code"] == code]
        assert (row["midterm"], row["final"], row["result"]) == ("2.00", "", ""), str(student)


def grades_of(student: Student) -> dict[str, dict]:
    """A student's own page of grades, by term."""
    shown = student.desk.get("/college/me/grades")
    return {**{term["term"]: term for term in shown["terms"]}, "all": shown}


def first_grades_are_final(year: Year) -> None:
    """Every sheet of the first term: nine by API, one typed in the grid; the registrar finalises them on the screen."""
    first = year.codes[0]
    year.desk("administrator").post(f"/college/terms/{year.terms[first]}/move", {"state": "GRADING"})
    _wrong_grades_are_refused(year, first)
    hand_in(year, first, [code for code in codes_of_term(year, first) if code != ON_SCREEN_SHEET])
    _type_on_screen(year, first)
    for student in year.students:
        assert all(row["final"] == "" for row in grades_of(student)[first]["subjects"] if row["result"] != "WITHDRAWN")
    _finalise_on_screen(year, first)
    note_grades(year, first)
    averages_are_right(year)
    _final_is_final(year, first)


def hand_in(year: Year, term: str, codes: list[str]) -> None:
    """Enter and submit sheets by API."""

    def one(code: str) -> None:
        owner = year.desk(professor_of(code))
        sheet = owner.post("/college/grade-sheets", {"section_id": year.sections[term, code], "component": "FINAL"})
        rows = rows_of(year, term, code)
        shown = owner.get(f"/college/grade-sheets/{sheet['id']}/rows")
        assert {row["student_number"] for row in shown} == {student.number for student in roll(year, term, code)}
        saved = owner.put(f"/college/grade-sheets/{sheet['id']}/rows", {"rows": rows})
        assert (len(saved["saved"]), saved["errors"]) == (len(rows), []), code
        assert owner.post(f"/college/grade-sheets/{sheet['id']}/submit")["state"] == "SUBMITTED"

    for code in codes:
        one(code)


def _wrong_grades_are_refused(year: Year, term: str) -> None:
    """Another professor's class is not there; a grade that the scale has not is named with those that it has (R48)."""
    owner, stranger = year.desk(professor_of("GE 1")), year.desk(professor_of("PE 1"))
    asked = {"section_id": year.sections[term, "GE 1"], "component": "FINAL"}
    stranger.post("/college/grade-sheets", asked, expect=404)
    sheet = owner.post("/college/grade-sheets", asked)
    row = {**rows_of(year, term, "GE 1")[0], "grade": "4.00"}
    refused = owner._answer(
        owner._client.put(f"/college/grade-sheets/{sheet['id']}/rows", json={"rows": [row]}),
        (200, 422),
    )
    assert "1.00" in str(refused["errors"]), refused
    assert all(not one["grade"] for one in owner.get(f"/college/grade-sheets/{sheet['id']}/rows"))


def _type_on_screen(year: Year, term: str) -> None:
    """A professor types down the column with Enter; every row is saved as it is left; then the sheet is handed in."""
    section = year.sections[term, ON_SCREEN_SHEET]
    students = sorted(roll(year, term, ON_SCREEN_SHEET), key=lambda one: (one.family, one.given))
    with a_screen(year, year.staff[professor_of(ON_SCREEN_SHEET)]) as page:
        page.goto(year.site.url("/grades/"), wait_until="networkidle")
        look(page, "grade-sheets")
        page.goto(year.site.url(f"/grades/classes/{section}/FINAL/"), wait_until="networkidle")
        fields = page.locator("input[data-grade]")
        expect(fields).to_have_count(len(students))
        fields.first.focus()
        for student in students:
            name = f"Grade of {student.family}, {student.given}"
            expect(page.get_by_label(name, exact=True)).to_be_focused()
            if grade_of(student, ON_SCREEN_SHEET) == "INC":
                page.get_by_label(f"Work still required of {student.family}, {student.given}").fill(WORK)
                page.get_by_label(name, exact=True).focus()
            page.keyboard.type(grade_of(student, ON_SCREEN_SHEET))
            page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        # What was typed while its row was being saved is in the row, and the sheet as a whole agrees.
        for student in students:
            field = page.get_by_label(f"Grade of {student.family}, {student.given}", exact=True)
            expect(field).to_have_value(grade_of(student, ON_SCREEN_SHEET))
        page.get_by_role("button", name="Save all rows").click()
        expect(page.get_by_text("0 grades are missing.")).to_be_visible()
        expect(page.get_by_text("Look again")).to_have_count(0)
        look(page, "grade-sheet")
        page.get_by_role("button", name="Submit to the registrar").click()
        expect(page.get_by_text("Submitted; the registrar finalises or returns it.")).to_be_visible()


def _finalise_on_screen(year: Year, term: str) -> None:
    """The registrar ticks every submitted sheet and finalises them together."""
    with a_screen(year, year.staff["registrar"]) as page:
        page.goto(year.site.url(f"/grades/queue/?term={year.terms[term]}"), wait_until="networkidle")
        look(page, "finalisation-queue")
        ticks = page.get_by_role("checkbox", name="Final")
        expect(ticks).to_have_count(len(codes_of_term(year, term)))
        for tick in ticks.all():
            tick.check()
        page.get_by_role("button", name="Finalise the chosen sheets").click()
        expect(ticks).to_have_count(0)
        look(page)


def finalise(year: Year, term: str) -> None:
    """Every submitted sheet of a term at once, by API."""
    registrar = year.desk("registrar")
    sheets = registrar.get("/college/grade-sheets", term_id=year.terms[term], state="SUBMITTED")
    ids = [sheet["id"] for sheet in sheets if sheet["component"] == "FINAL"]
    done = registrar.post("/college/grade-sheets/finalize", {"sheet_ids": ids})
    assert sorted(done["sheet_ids"]) == sorted(ids)
    assert done["students"] == len([student for student in year.students if takes(year, student, term)])


def note_grades(year: Year, term: str) -> None:
    """From now on these grades are on the record."""
    for student in year.students:
        record(year, student).extend((code, grade_of(student, code)) for code in takes(year, student, term))
        year.kept.setdefault("by term", {}).setdefault(student.key, {})[term] = [
            (code, grade_of(student, code)) for code in takes(year, student, term)
        ]


def averages_are_right(year: Year) -> None:
    """Every final grade, every average of every term and of all, and every unit earned, against fractions (R51, R52)."""
    pages = at_once(grades_of, year.students)
    for student, page in zip(year.students, pages, strict=True):
        everything = record(year, student)
        for term, given in year.kept.get("by term", {}).get(student.key, {}).items():
            shown = {row["code"]: row["final"] for row in page[term]["subjects"]}
            dropped_w = {code for code, grade in everything if grade == "W"}
            assert {code: grade for code, grade in shown.items() if code not in dropped_w} == dict(given), str(student)
            result = page[term]["result"]
            if result is not None:
                exact = average(given)
                assert (result["gpa_exact"], result["gpa"]) == (rounded(exact, 4), rounded(exact, 2)), (
                    str(student),
                    term,
                )
                assert Fraction(result["units_earned"]) == earned(given), (str(student), term)
        overall = page["all"]["cumulative"]
        exact = average(everything)
        assert (overall["gpa_exact"], overall["gpa"]) == (rounded(exact, 4), rounded(exact, 2)), (str(student), overall)
        assert Fraction(overall["units_earned"]) == earned(everything), (str(student), overall)
    with year.scope():
        assert differing([student.id for student in year.students]) == []


def _final_is_final(year: Year, term: str) -> None:
    """Nobody writes on a finalised sheet; incompletes have begun with their deadlines (R45, R50)."""
    owner = year.desk(professor_of("GE 1"))
    (sheet,) = [
        one
        for one in owner.get("/college/grade-sheets", term_id=year.terms[term])
        if one["section_id"] == year.sections[term, "GE 1"] and one["component"] == "FINAL"
    ]
    body = {"rows": [{**rows_of(year, term, "GE 1")[0], "grade": "1.00"}]}
    refused = owner._answer(owner._client.put(f"/college/grade-sheets/{sheet['id']}/rows", json=body), 409)
    assert refused["code"] == "GRADE_FINALIZED"
    cases = year.desk("registrar").every("/college/inc-cases")
    found = {(case["student_number"], case["subject"]): case for case in cases}
    for (key, code), grade in BEFALLS.items():
        if grade != "INC" or code not in takes(year, year.one(key), term):
            continue
        case = found[year.one(key).number, code]
        started = date.fromisoformat(case["started_on"])
        assert abs((started - year.today).days) <= 1
        months = 6 if plan.BY_CODE[code].is_major else 12
        assert (case["state"], case["months"], case["required_work"]) == ("OPEN", months, WORK)
        assert date.fromisoformat(case["deadline"]) == months_later(started, months)
        year.kept.setdefault("cases", {})[key, code] = case


def an_incomplete_is_resolved(year: Year) -> None:
    """Asked for, allowed, graded, approved, finalised: five steps, three people, on the screen (R47)."""
    case, student = year.kept["cases"][RESOLVED, "IT 101"], year.one(RESOLVED)
    year.desk("registrar").post(f"/college/inc-cases/{case['id']}/finalize", expect=409)
    owner = professor_of("IT 101")
    for who, step, button, typed in (
        (owner, "request", "Ask to resolve it", {"Reason": "The paper was handed in and defended"}),
        ("registrar", "approve", "Allow the resolution", {}),
        (owner, "grade", "Enter the grade", {"Grade": "2.00"}),
        ("program_head", "head-approve", "Approve the grade", {}),
        ("registrar", "finalize", "Finalise the grade", {}),
    ):
        with a_screen(year, year.staff[who]) as page:
            page.goto(year.site.url(f"/grades/incompletes/{case['id']}/"), wait_until="networkidle")
            if step in ("request", "grade"):
                look(page, "incomplete" if step == "request" else "")
            page.get_by_role("link", name=button).click()
            for field in typed.values():
                page.get_by_role("main").get_by_role("textbox").fill(field)
            page.get_by_role("button", name=button).click()
            page.wait_for_url(lambda address: address.endswith(f"/{case['id']}/"))
    rewrite(year, student, "IT 101", "2.00")
    averages_are_right(year)
    with a_screen(year, year.staff["registrar"]) as page:
        page.goto(year.site.url("/grades/incompletes/"), wait_until="networkidle")
        look(page, "incompletes")


def rewrite(year: Year, student: Student, code: str, grade: str) -> None:
    """A grade is another from now on."""
    everything = record(year, student)
    place = max(number for number, (taken, _) in enumerate(everything) if taken == code)
    everything[place] = (code, grade)
    for given in year.kept["by term"][student.key].values():
        given[:] = [(taken, grade if taken == code else before) for taken, before in given]


def a_grade_is_changed(year: Year) -> None:
    """A registrar proposes, cannot approve it, the head registrar does, on the screen (R50)."""
    first, student, code = year.codes[0], year.one(CHANGED), "GE 2"
    registrar = year.desk("registrar")
    from rollbook.systems.college.grading.models import GradeRecord

    with year.scope():
        row = GradeRecord.objects.get(subject_enrolment=student.rows[first][code], component="FINAL")
    change = registrar.post(
        "/college/grade-changes",
        {
            "record_id": str(row.id), "grade": "2.00", "reason": "Two pages of the exam were not counted",
            "evidence_note": "Exam booklet 14, in the faculty room",
        },
        expect=201,
    )  # fmt: skip
    registrar.refused(
        f"/college/grade-changes/{change['id']}/decision", {"approve": True}, status=409, code="SELF_APPROVAL"
    )
    averages_are_right(year)
    with a_screen(year, year.staff["head_registrar"]) as page:
        page.goto(year.site.url("/grades/changes/"), wait_until="networkidle")
        look(page, "grade-changes")
        page.goto(year.site.url("/approvals/"), wait_until="networkidle")
        asked = page.get_by_role("article").filter(has_text=student.number)
        expect(asked).to_contain_text("2.50")
        look(page, "grade-change-decision")
        asked.get_by_role("button", name="Approve").click()
        expect(asked).to_have_count(0)
    assert registrar.get(f"/college/grade-changes/{change['id']}")["state"] == "APPROVED"
    rewrite(year, student, code, "2.00")
    averages_are_right(year)
    story = registrar.get(f"/college/grade-records/{row.id}/events")
    assert [(one["old"], one["new"]) for one in story if one["kind"] == "CHANGE"] == [("2.50", "2.00")]


def the_students_look_at_their_grades(year: Year) -> None:
    """One of each kind: average, terms, what is still required."""
    for key, picture in (("R01", "grades"), (LEFT_MINOR, "grades-incomplete"), ("I01", ""), ("T01", "")):
        student = year.one(key)
        with a_screen(year, year.kept.get(f"member {key}"), width=360) as page:
            page.goto(year.site.url("/my/grades/"), wait_until="networkidle")
            main = page.get_by_role("main")
            expect(main).to_contain_text(str(rounded(average(record(year, student)), 2)))
            expect(main).to_contain_text(
                f"{units_of([c for c, g in record(year, student) if g not in ('INC', '5.00', 'W')])}"
            )
            look(page, picture)
