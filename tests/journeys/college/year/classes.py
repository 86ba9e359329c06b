"""Credits, advising, enrolment, drops and the queue: who sits in which class, and every unit of it."""

from collections.abc import Iterable, Sequence

from playwright.sync_api import Page, expect

from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from tests.journeys import support
from tests.journeys.college.year import plan
from tests.journeys.college.year.acts import at_once
from tests.journeys.college.year.asking import Desk
from tests.journeys.college.year.cast import FRESHMAN, Student
from tests.journeys.college.year.screens import a_screen, look
from tests.journeys.college.year.sums import earned, off_plan, recommended, sentences, units_of, year_level
from tests.journeys.college.year.world import Year

ON_SCREEN, WAITS, DROPS, WITHDRAWS = "R01", "I01", "R08", "R09"
#: Their lists come back once before they are approved.
RETURNED = "I02"
FIRST_YEAR = sorted(one.code for one in plan.SUBJECTS if one.year == 1)
ELSEWHERE = ("1.25", "2.00", "2.50")


def record(year: Year, student: Student) -> list[tuple[str, str]]:
    """Everything a student has a grade or a credit for, oldest first: (subject, grade)."""
    found: list[tuple[str, str]] = year.kept.setdefault("records", {}).setdefault(
        student.key, list(student.past.items())
    )
    return found


def wishes(student: Student) -> list[str]:
    """What each takes in the first term."""
    if student.is_transferee:
        return list(plan.codes_of(2, plan.FIRST))
    taken = [code for code in plan.codes_of(1, plan.FIRST) if student.past.get(code, "5.00") == "5.00"]
    if student.key in ("R11", "R12", "I03", "I04"):
        taken.append("GE 6")
    return taken


def items(year: Year, codes: Iterable[str], term: str) -> list[dict[str, str]]:
    """A cart."""
    return [{"subject_id": year.subjects[code], "section_id": year.sections[term, code]} for code in codes]


def enrol_at(student: Student, term: str) -> str:
    return f"/college/me/term-enrolments/{student.enrolments[term]}/enrol"


def classes(student: Student, term: str) -> dict[str, dict]:
    """What a student takes, by subject."""
    rows = student.desk.get(f"/college/me/term-enrolments/{student.enrolments[term]}/classes")
    return {row["subject"]: row for row in rows}


def takes(year: Year, student: Student, term: str) -> list[str]:
    """What a student should be taking in a term."""
    found: list[str] = year.kept.setdefault("takes", {}).setdefault((student.key, term), [])
    return found


def all_sit_where_they_should(year: Year, term: str) -> None:
    """Classes, attempts and units of everybody, against what each chose."""
    those = [student for student in year.students if term in student.enrolments]
    found = at_once(lambda student: classes(student, term), those)
    asked = at_once(
        lambda student: student.desk.get(f"/college/me/term-enrolments/{student.enrolments[term]}/recommendations"),
        those,
    )
    for student, rows, offered in zip(those, found, asked, strict=True):
        wanted = takes(year, student, term)
        assert sorted(rows) == sorted(wanted), str(student)
        tried = [code for code, grade in record(year, student) if grade != "CR"]
        for code, row in rows.items():
            assert row["state"] == "ENROLLED", (str(student), row)
            assert float(row["units"]) == plan.BY_CODE[code].units
            assert (row["attempt_no"], row["is_retake"]) == (tried.count(code) + 1, code in tried), (str(student), row)
        assert (float(offered["units"]), float(offered["max_units"])) == (units_of(wanted), plan.MOST_UNITS), str(
            student
        )
        student.rows[term] = {code: row["id"] for code, row in rows.items()}


def stands(year: Year, student: Student, term: str, *, semester: str) -> None:
    """Year level and regularity as they were noted when the term was opened, against the sums (R28, R29)."""
    grades = record(year, student)
    level = year_level(earned(grades))
    reasons = off_plan(grades, level=level, semester=semester, is_transferee=student.is_transferee)
    row = TermEnrolment.objects.get(id=student.enrolments[term])
    assert row.year_level == level, (str(student), row.year_level, level)
    assert row.irregular_reasons == sentences(reasons), (str(student), row.irregular_reasons, reasons)
    assert row.regularity == ("IRREGULAR" if reasons else "REGULAR"), str(student)


def is_told_what_to_take(year: Year, student: Student, term: str, *, semester: str) -> list[str]:
    """The recommendation of a term, in its order (R30)."""
    offered = student.desk.get(f"/college/me/term-enrolments/{student.enrolments[term]}/recommendations")
    grades = record(year, student)
    level = student.desk.get("/college/me/term-enrolments")["items"][0]["year_level"]
    expected = recommended(grades, level=level, semester=semester, room=plan.MOST_UNITS)
    found = [one["code"] for one in offered["items"]]
    assert found == expected, (str(student), found, expected)
    assert all(one["why"] for one in offered["items"])
    return found


def credits_are_granted(year: Year) -> None:
    """Eight from elsewhere bring a whole year with them: the registrar proposes, the programme head decides (R56)."""
    first = year.codes[0]
    with year.scope():
        for student in year.students:
            stands(year, student, first, semester=plan.FIRST)
    registrar, head = year.desk("registrar"), year.desk("program_head")
    (scale,) = [one for one in registrar.every("/college/grade-scales") if one["code"] == "PH_5"]
    transferees = [student for student in year.students if student.is_transferee]
    for student in transferees:
        wanted = [
            {
                "external_code": f"CS {number}", "external_title": plan.BY_CODE[code].title, "subject_id": year.subjects[code],
                "external_units": str(plan.BY_CODE[code].units), "units_granted": str(plan.BY_CODE[code].units),
                "external_grade": ELSEWHERE[number % 3],
            }
            for number, code in enumerate(FIRST_YEAR, start=101)
        ]  # fmt: skip
        body = {"institution": "Batangas Institute of Technology", "scale_id": scale["id"], "credits": wanted}
        asked = registrar.post(f"/college/students/{student.id}/credits", body)
        registrar.post(f"/college/credit-requests/{asked['id']}/submit")
        registrar.post(f"/college/credit-requests/{asked['id']}/decision", {"approve": True}, expect=(403, 409))
        decided = head.post(f"/college/credit-requests/{asked['id']}/decision", {"approve": True, "note": "Seen"})
        assert decided["state"] == "APPROVED"
        record(year, student).extend((code, "CR") for code in FIRST_YEAR)
        shown = registrar.get(f"/college/students/{student.id}/credits")
        assert {(one["subject"], one["state"]) for one in shown} == {(code, "CREDITED") for code in FIRST_YEAR}
        grades = student.desk.get("/college/me/grades")
        assert grades["cumulative"]["gpa"] is None
        assert float(grades["cumulative"]["units_earned"]) == units_of(FIRST_YEAR) == 34


def lists_are_advised(year: Year) -> None:
    """Who is off the plan takes a list to the programme head; one comes back; the rest are approved at once (R29, R30)."""
    first = year.codes[0]
    for student in year.students:
        is_told_what_to_take(year, student, first, semester=plan.FIRST)
    off = [student for student in year.students if student.kind != FRESHMAN]
    for student in off:
        student.desk.refused(
            enrol_at(student, first), {"items": items(year, wishes(student)[:1], first)}, status=409,
            code="ADVISING_REQUIRED",
        )  # fmt: skip
        if student.key != WAITS:
            submit(year, student, first, wishes(student))
    _submit_on_screen(year, year.one(WAITS), first)
    approve_on_screen(year, first, off, returned=year.one(RETURNED), picture="advising")


def submit(year: Year, student: Student, term: str, codes: Sequence[str]) -> None:
    sent = student.desk.post(
        f"/college/me/term-enrolments/{student.enrolments[term]}/advising",
        {"subject_ids": [year.subjects[code] for code in codes]},
    )
    assert sent["advising_state"] == "SUBMITTED"


def _submit_on_screen(year: Year, student: Student, term: str) -> None:
    """Ticked on a telephone and sent to the adviser."""
    with a_screen(year, year.kept[f"member {student.key}"], width=support.PHONE) as page:
        page.goto(year.site.url(f"/my/enrol/{student.enrolments[term]}/"), wait_until="networkidle")
        expect(page.get_by_text("To be taken again").first).to_be_visible()
        for code in wishes(student):
            tick(page, code)
        expect(page.locator("#enrol-cart")).to_contain_text(f"{units_of(wishes(student))}")
        look(page, "enrol-irregular")
        page.get_by_role("button", name="Send the list to my adviser").click()
        expect(page.get_by_text("Your list waits for your adviser")).to_be_visible()


def approve(year: Year, term: str, students: Sequence[Student]) -> None:
    """All lists at once, by API."""
    ids = [student.enrolments[term] for student in students]
    done = year.desk("program_head").post("/college/advising/approve", {"term_enrolment_ids": ids})
    assert [one["advising_state"] for one in done] == ["APPROVED"] * len(ids)


def tick(page: Page, code: str) -> None:
    """Put a subject on the list; the cart follows."""
    with page.expect_response(lambda answer: "/preview/" in answer.url):
        page.get_by_role("checkbox", name=code).check()


def approve_on_screen(
    year: Year, term: str, students: Sequence[Student], *, returned: Student | None = None, picture: str = ""
) -> None:
    """The programme head reads the lists, sends one back, and approves the others with one button."""
    ids = {student.key: student.enrolments[term] for student in students}
    with a_screen(year, year.staff["program_head"]) as page:
        page.goto(year.site.url("/advising/"), wait_until="networkidle")
        expect(page.get_by_text(f"{len(students)} lists wait for you.")).to_be_visible()
        look(page, picture)
        if returned:
            page.get_by_role("link", name=f"Return to {returned.number}").click()
            page.get_by_role("textbox").fill("Take the failed subject first, please")
            look(page)
            page.get_by_role("button", name="Return").click()
            expect(page.get_by_text(f"{len(students) - 1} lists wait for you.")).to_be_visible()
            ids.pop(returned.key)
        for enrolment_id in ids.values():
            page.locator(f"input[value='{enrolment_id}']").check()
        page.get_by_role("button", name="Approve those that are ticked").click()
        expect(page.get_by_text("Nobody waits")).to_be_visible()
    if returned:
        submit(year, returned, term, wishes(returned))
        year.desk("program_head").post(f"/college/term-enrolments/{returned.enrolments[term]}/advising/approve")


def thirty_enrol(year: Year) -> None:
    """Each takes what was planned; one with the cart on a telephone; the last finds one class full and waits."""
    first = year.codes[0]
    _enrol_on_screen(year, year.one(ON_SCREEN), first)
    takes(year, year.one(ON_SCREEN), first).extend(wishes(year.one(ON_SCREEN)))
    crowd = [student for student in year.students if student.key not in (ON_SCREEN, WAITS)]
    answers = at_once(lambda student: enrol(year, student, first, wishes(student)), crowd)
    for student, answer in zip(crowd, answers, strict=True):
        assert float(answer["units"]) == units_of(wishes(student)), str(student)
        takes(year, student, first).extend(wishes(student))
    _the_last_waits(year, year.one(WAITS), first)
    _rules_hold(year, first)
    all_sit_where_they_should(year, first)
    with year.scope():
        states = set(TermEnrolment.objects.filter(term=year.terms[first]).values_list("state", flat=True))
        seats = SubjectEnrolment.objects.filter(section=year.sections[first, plan.SCARCE], state="ENROLLED").count()
    assert states == {"ACTIVE"}
    assert seats == plan.SCARCE_SEATS
    with a_screen(year, year.staff["registrar"]) as page:
        page.goto(year.site.url(f"/enrolments/{year.one('I02').enrolments[first]}/desk/"), wait_until="networkidle")
        look(page, "enrolment-desk")


def enrol(year: Year, student: Student, term: str, codes: Sequence[str]) -> dict:
    """A whole cart, by API."""
    done: dict = student.desk.post(enrol_at(student, term), {"items": items(year, codes, term)}, expect=201)
    assert [item["verdict"] for item in done["items"]] == ["OK"] * len(codes), (str(student), done)
    return done


def _enrol_on_screen(year: Year, student: Student, term: str) -> None:
    """The recommended subjects are ticked, the units counted along, and all are taken at once."""
    with a_screen(year, year.kept[f"member {student.key}"], width=support.PHONE) as page:
        page.goto(year.site.url("/my/enrol/"), wait_until="networkidle")
        look(page, "enrol")
        for code in wishes(student):
            tick(page, code)
        cart = page.locator("#enrol-cart")
        expect(cart).to_contain_text(f"{units_of(wishes(student))}")
        expect(cart.get_by_text("possible", exact=True)).to_have_count(len(wishes(student)))
        look(page, "enrol-cart")
        cart.get_by_role("button", name="Enrol", exact=True).click()
        expect(page.get_by_text(f"Enrolled in {len(wishes(student))} subjects")).to_be_visible()
        look(page, "enrolled")
        page.goto(year.site.url(f"/my/timetable/{student.enrolments[term]}/"), wait_until="networkidle")
        for code in wishes(student):
            expect(page.get_by_role("main").get_by_text(code).last).to_be_visible()
        look(page, "timetable")


def _the_last_waits(year: Year, student: Student, term: str) -> None:
    """Everything but the full class; then the place in its queue, on a telephone (R25)."""
    said = student.desk.refused(
        enrol_at(student, term), {"items": items(year, wishes(student), term)}, status=409, code="SECTION_FULL"
    )
    verdicts = {item["code"]: item["verdict"] for item in said["facts"]["items"]}
    assert verdicts == {code: "SECTION_FULL" if code == plan.SCARCE else "OK" for code in wishes(student)}
    assert classes(student, term) == {}
    possible = [code for code in wishes(student) if code != plan.SCARCE]
    enrol(year, student, term, possible)
    takes(year, student, term).extend(possible)
    with a_screen(year, year.kept[f"member {student.key}"], width=support.PHONE) as page:
        page.goto(
            year.site.url(f"/my/enrol/{student.enrolments[term]}/subjects/{year.subjects[plan.SCARCE]}/"),
            wait_until="networkidle",
        )
        look(page, "section-full")
        page.get_by_role("button", name="Wait for a seat in").click()
        expect(page.get_by_text("Number 1 in the queue")).to_be_visible()
        look(page)


def _rules_hold(year: Year, term: str) -> None:
    """More units than the cap, a subject before its time, an override of one's own: refused, and nothing is taken."""
    full = year.one("R12").desk
    said = full.refused(
        enrol_at(year.one("R12"), term), {"items": items(year, ["GE 7"], term)}, status=409, code="UNIT_CAP_EXCEEDED"
    )
    assert "20 + 3 > 21" in said["facts"]["items"][0]["problems"][0]["sentence"]
    early = year.one("R03")
    said = early.desk.refused(
        enrol_at(early, term), {"items": items(year, ["IT 201"], term)}, status=409, code="PREREQUISITE_NOT_MET"
    )
    assert "IT 103" in said["facts"]["items"][0]["problems"][0]["sentence"]
    early.desk.refused(
        enrol_at(early, term),
        {
            "items": items(year, ["IT 201"], term),
            "overrides": [{"rule": "PREREQUISITE", "reason": "I know all of this already"}],
        },
        status=403, code="OVERRIDE_NOT_ALLOWED",
    )  # fmt: skip
    stranger: Desk = year.one("R02").desk
    stranger.post(enrol_at(early, term), {"items": items(year, ["GE 7"], term)}, expect=404)


def classes_begin(year: Year) -> None:
    """One drops a class, the first of the queue takes the seat, nobody jumps it; one withdraws after add and drop."""
    first = year.codes[0]
    administrator = year.desk("administrator")
    administrator.post(f"/college/terms/{year.terms[first]}/move", {"state": "IN_PROGRESS"})
    drops, waits = year.one(DROPS), year.one(WAITS)
    (row,) = drops.desk.post(
        f"/college/me/subject-enrolments/{drops.rows[first][plan.SCARCE]}/drop", {"reason": "I work on Saturdays"}
    )
    assert row["state"] == "DROPPED"
    takes(year, drops, first).remove(plan.SCARCE)
    drops.desk.refused(
        enrol_at(drops, first), {"items": items(year, [plan.SCARCE], first)}, status=409, code="SECTION_FULL"
    )
    (offer,) = waits.desk.get("/college/me/waitlist")
    assert offer["state"] == "OFFERED"
    _accept_on_screen(year, waits)
    takes(year, waits, first).append(plan.SCARCE)
    all_sit_where_they_should(year, first)
    _withdraw(year, year.one(WITHDRAWS), first)


def _accept_on_screen(year: Year, student: Student) -> None:
    with a_screen(year, year.kept[f"member {student.key}"], width=support.PHONE) as page:
        page.goto(year.site.url("/my/waitlist/"), wait_until="networkidle")
        look(page, "waitlist-offer")
        page.get_by_role("button", name=f"Accept the seat in {plan.SCARCE}").click()
        page.wait_for_url(lambda address: "/accept/" not in address)
        page.goto(year.site.url("/my/waitlist/"))
        expect(page.get_by_text("You wait for nothing")).to_be_visible()


def _withdraw(year: Year, student: Student, term: str) -> None:
    """Add and drop is over: the student is sent to the programme head, whose act leaves a W (R26)."""
    from datetime import timedelta

    administrator = year.desk("administrator")
    yesterday = year.today - timedelta(days=2)
    span = {"opens_on": yesterday.isoformat(), "closes_on": yesterday.isoformat()}
    later = {"opens_on": yesterday.isoformat(), "closes_on": (year.today + timedelta(days=6)).isoformat()}
    administrator.patch(
        f"/college/terms/{year.terms[term]}", {"windows": {"ADD_DROP": span, "WITHDRAWAL": later}},
        match="*",
    )  # fmt: skip
    row = student.rows[term]["NSTP 1"]
    student.desk.post(f"/college/me/subject-enrolments/{row}/drop", {"reason": "Too much"}, expect=403)
    (left,) = year.desk("program_head").post(f"/college/subject-enrolments/{row}/drop", {"reason": "Ill for a month"})
    assert left["state"] == "WITHDRAWN"
    takes(year, student, term).remove("NSTP 1")
    record(year, student).append(("NSTP 1", "W"))
