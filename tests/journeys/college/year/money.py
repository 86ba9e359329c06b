"""Money at the counter: a shift, payments of every shape, a mistake voided, a cheque that bounced, the books."""

import re
from collections.abc import Iterable
from uuid import uuid4

from playwright.sync_api import expect

from rollbook.systems.college.records.models import Hold
from tests.journeys.college.year.acts import at_once
from tests.journeys.college.year.cast import Student
from tests.journeys.college.year.screens import a_screen, look
from tests.journeys.college.year.sums import EXAMS, Purse, text
from tests.journeys.college.year.world import Year

FLOAT = 2_000_00
ON_SCREEN, MISTAKEN, BOUNCING, STILL_OWING = "R01", "R14", "R04", "R13"
#: What is left over at the end of the first term, by turns.
MUCH_TOO_MUCH, A_LITTLE_TOO_MUCH = 1_250_50, 777_77


def purse(year: Year, student: Student) -> Purse:
    """What should stand of a student's money."""
    found: Purse = year.kept["purses"][student.key]
    return found


def method_of(student: Student) -> str:
    if student.key == BOUNCING:
        return "CHECK"
    return "CASH" if student.place % 2 == 0 else "EWALLET"


def pay(year: Year, student: Student, term: str, centavos: int, *, method: str = "", key: str = "") -> dict:
    """One payment at the counter. The answer must say what the sums say: where it lands, the exams that open."""
    method = method or method_of(student)
    mine = purse(year, student)
    before, was_open = mine.terms[term].paid, set(mine.terms[term].exams)
    had = mine.terms[term].over
    mine.terms[term].pay(centavos)
    reference = "" if method == "CASH" else f"{method[:2]}-{uuid4().hex[:10]}"
    done: dict = year.desk("cashier").post(
        "/college/cashier/payments",
        {
            "student_id": str(student.id), "term_enrolment_id": student.enrolments[term], "amount": text(centavos),
            "method": method, "external_reference": reference,
        },
        expect=201, key=key,
    )  # fmt: skip
    after = mine.terms[term]
    landed = [
        {"number": number, "amount": text(now - then)}
        for number, (then, now) in enumerate(zip(before, after.paid, strict=True), start=1)
        if now > then
    ]
    assert done["allocations"] == landed, (str(student), done["allocations"], landed)
    assert done["credit"] == text(after.over - had), str(student)
    assert {one["exam"] for one in done["permits_issued"]} == set(after.exams) - was_open, str(student)
    if method == "CASH":
        year.kept["drawer"] += centavos
    year.kept["received"] = year.kept.get("received", 0) + centavos
    return done


def first_payments(student: Student) -> list[int]:
    """What each brings before enrolment: exactly a month, two, one and a half, three, all and more, a centavo short."""
    month = student.monthly
    return [
        [month], [2 * month], [month + month // 2], [3 * month], [6 * month + MUCH_TOO_MUCH], [month - 1, 1],
    ][student.place % 6]  # fmt: skip


def all_pay_their_first_months(year: Year) -> None:
    """The cashier opens a shift and serves thirty; one of them is watched on the screen."""
    first = year.codes[0]
    year.desk("cashier").refused(
        "/college/cashier/payments",
        {"student_id": str(year.students[1].id), "amount": "1.00", "method": "CASH"},
        status=409, code="NO_OPEN_SHIFT",
    )  # fmt: skip
    open_drawer(year)
    _pay_on_screen(year, year.one(ON_SCREEN))
    for student in year.students:
        if student.key == ON_SCREEN:
            continue
        for number, centavos in enumerate(first_payments(student)):
            if number:
                gate = year.desk("registrar").get(f"/college/term-enrolments/{student.enrolments[first]}")["gate"]
                assert gate["text"] == "0.01 still due", str(student)
            pay(year, student, first, centavos)
    _pays_twice_by_mistake(year, year.one("R02"))
    _is_voided(year, year.one(MISTAKEN))
    _bounces(year, year.one(BOUNCING))
    all_stand_as_reckoned(year, first)
    _months_are_not_skipped(year, year.one("R02"))


def open_drawer(year: Year) -> None:
    """The cashier's shift begins."""
    opened = year.desk("cashier").post("/college/cashier/shifts", {"station": "Window 1", "opening_float": text(FLOAT)})
    year.kept["shift"], year.kept["drawer"] = opened["id"], FLOAT


def _pay_on_screen(year: Year, student: Student) -> None:
    """Find, amount, Enter; see where it lands before anything is saved."""
    first = year.codes[0]
    with a_screen(year, year.staff["cashier"]) as page:
        page.goto(year.site.url("/cashier/"))
        page.get_by_role("main").get_by_role("combobox").fill(student.number)
        page.locator("#rb-found-desk [role=option]").first.wait_for()
        page.keyboard.press("Enter")
        page.get_by_role("textbox", name="Amount").fill(text(student.monthly))
        expect(page.locator("#landing")).to_contain_text("Prelim")
        look(page)
        page.keyboard.press("Enter")
        page.get_by_role("button", name=f"Record ₱{student.monthly // 100:,}.00").click()
        page.wait_for_url(re.compile("/cashier/payments/"))
        expect(page.get_by_role("status")).to_contain_text("receipt RCP-")
        look(page)
    purse(year, student).terms[first].pay(student.monthly)
    year.kept["drawer"] += student.monthly
    year.kept["received"] = year.kept.get("received", 0) + student.monthly


def _pays_twice_by_mistake(year: Year, student: Student) -> None:
    """The same key again is the same payment; with another amount it is refused (R3)."""
    first, key = year.codes[0], str(uuid4())
    cashier = year.desk("cashier")
    body = {
        "student_id": str(student.id), "term_enrolment_id": student.enrolments[first], "amount": "100.00",
        "method": "CASH",
    }  # fmt: skip
    once = cashier.post("/college/cashier/payments", body, expect=201, key=key)
    again = cashier.post("/college/cashier/payments", body, expect=(200, 201), key=key)
    assert again["id"] == once["id"]
    assert again["receipt"] == once["receipt"]
    other = cashier.post("/college/cashier/payments", {**body, "amount": "200.00"}, expect=422, key=key)
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    purse(year, student).terms[first].pay(100_00)
    year.kept["drawer"] += 100_00
    year.kept["received"] += 100_00


def _is_voided(year: Year, student: Student) -> None:
    """Entered for the wrong student: the cashier asks, cannot approve it, the supervisor does."""
    first = year.codes[0]
    done = pay(year, student, first, 1_000_00, method="CASH")
    asked = year.desk("cashier").post(
        f"/college/cashier/payments/{done['id']}/void-request", {"reason": "Entered for the wrong student"}
    )
    year.desk("cashier").post(
        f"/approvals/{asked['id']}/decision", {"approve": True, "note": ""}, expect=(403, 404, 409)
    )
    decided = year.desk("cashier_supervisor").post(
        f"/approvals/{asked['id']}/decision", {"approve": True, "note": "Seen at the window"}
    )
    assert decided["state"] == "APPROVED", decided
    purse(year, student).terms[first].pay(-1_000_00)
    year.kept["drawer"] -= 1_000_00
    _goes_back(year, 1_000_00)


def _goes_back(year: Year, centavos: int) -> None:
    year.kept["received"] -= centavos
    year.kept["returned"] = year.kept.get("returned", 0) + centavos


def _bounces(year: Year, student: Student) -> None:
    """A cheque for three months bounces: exams close, a hold stands; paid again, the same permits come back (R36, R41)."""
    first = year.codes[0]
    (payment,) = year.desk("cashier_supervisor").every("/college/cashier/payments", student_id=str(student.id))
    before = {one["exam"]: one["code"] for one in student.desk.get("/college/me/permits") if one["code"]}
    assert set(before) == {"PRELIM", "MIDTERM", "PREFINAL"}
    year.desk("cashier_supervisor").post(
        f"/college/cashier/payments/{payment['id']}/reversals", {"kind": "BOUNCED", "reason": "The bank sent it back"}
    )
    centavos = 3 * student.monthly
    purse(year, student).terms[first].pay(-centavos)
    _goes_back(year, centavos)
    states = {one["exam"]: one["state"] for one in student.desk.get("/college/me/permits")}
    assert states == {"PRELIM": "SUSPENDED", "MIDTERM": "SUSPENDED", "PREFINAL": "SUSPENDED", "FINAL": "LOCKED"}
    with year.scope():
        assert Hold.objects.filter(student=student.id, released_at__isnull=True, kind="FINANCIAL").count() == 1
    pay(year, student, first, centavos, method="CASH")
    after = {one["exam"]: one["code"] for one in student.desk.get("/college/me/permits") if one["state"] == "ISSUED"}
    assert after == before
    with year.scope():
        assert not Hold.objects.filter(student=student.id, released_at__isnull=True).exists()


def _months_are_not_skipped(year: Year, student: Student) -> None:
    """Nobody pays month 6 while month 3 is open, and nothing is written (R33)."""
    first = year.codes[0]
    cashier = year.desk("cashier")
    before = len(year.desk("cashier_supervisor").every("/college/cashier/payments", student_id=str(student.id)))
    cashier.refused(
        "/college/cashier/payments",
        {
            "student_id": str(student.id), "term_enrolment_id": student.enrolments[first], "amount": "50.00",
            "method": "CASH", "target_month": 6,
        },
        status=409, code="MONTH_NOT_SEQUENTIAL",
    )  # fmt: skip
    after = year.desk("cashier_supervisor").every("/college/cashier/payments", student_id=str(student.id))
    assert len(after) == before


def all_stand_as_reckoned(year: Year, term: str, students: Iterable[Student] | None = None) -> None:
    """Every month, balance, credit and permit of everybody in a term, against the sums."""
    cashier = year.desk("cashier")
    wanted = [one for one in (students or year.students) if term in purse(year, one).terms]
    accounts = at_once(lambda one: cashier.get(f"/college/cashier/students/{one.id}/account"), wanted)
    permits = at_once(lambda one: one.desk.get("/college/me/permits"), wanted)
    for student, account, shown in zip(wanted, accounts, permits, strict=True):
        mine = purse(year, student)
        _account_is_right(student, account, mine, term)
        here = {one["exam"]: one["state"] for one in shown if one["term"] == term}
        expected = {exam: "ISSUED" if exam in mine.terms[term].exams else "LOCKED" for exam in EXAMS}
        assert {
            exam: "ISSUED" if state in ("PRINTED", "USED") else state for exam, state in here.items()
        } == expected, str(student)


def _account_is_right(student: Student, account: dict, mine: Purse, term: str) -> None:
    (shown,) = [one for one in account["plans"] if one["term_enrolment_id"] == student.enrolments[term]]
    reckoned = mine.terms[term]
    assert [(part["due"], part["paid"]) for part in shown["instalments"]] == [
        (text(due), text(paid)) for due, paid in zip(reckoned.dues, reckoned.paid, strict=True)
    ], str(student)
    for part, due, paid in zip(shown["instalments"], reckoned.dues, reckoned.paid, strict=True):
        state = "PAID" if paid == due and due else "COVERED" if due == 0 else "PARTIAL" if paid else "UNPAID"
        # The first month is due on the day of admission, so that nothing of it is late.
        assert part["state"] == state, (str(student), part)
    assert account["credit"] == text(mine.credit), str(student)
    assert account["balance"] == text(mine.owes), str(student)


def the_rest_of_the_term_is_paid(year: Year) -> None:
    """During the term everybody pays up, some too much; one leaves a month open. The drawer is counted to the centavo."""
    first = year.codes[0]
    for student in year.students:
        left = purse(year, student).terms[first].owes
        if student.key == STILL_OWING:
            left -= student.monthly
        elif student.place % 6 == 2:
            left += A_LITTLE_TOO_MUCH
        if left:
            pay(year, student, first, left)
    all_stand_as_reckoned(year, first)
    left_over = {student.key: purse(year, student).credit for student in year.students}
    assert {key for key, centavos in left_over.items() if centavos} == {
        student.key for student in year.students if student.place % 6 in (2, 4)
    }
    _count_the_drawer(year)
    the_books_are_right(year)


def _count_the_drawer(year: Year) -> None:
    """Counted in the largest notes first; to the centavo it closes without anybody's leave (R40)."""
    left, pieces = year.kept["drawer"], {}
    for face in (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 100, 25, 10, 5, 1):
        pieces[str(face)], left = divmod(left, face)
    shown = year.desk("cashier").post(
        f"/college/cashier/shifts/{year.kept['shift']}/close",
        {"denominations": {face: count for face, count in pieces.items() if count}},
    )
    assert (shown["state"], shown["expected"], shown["variance"]) == (
        "CLOSED", text(year.kept["drawer"]), "0.00",
    ), shown  # fmt: skip


def the_books_are_right(year: Year) -> None:
    """`rollbook books`, and what it prints is what was taken."""
    import argparse
    import contextlib
    import io

    from rollbook.site.commands.college import books

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        verdict = books(argparse.Namespace(organisation=year.slug))
    assert verdict == 0, said.getvalue()
    lines = said.getvalue().splitlines()
    assert lines[0] == "The books are right."
    purses = [purse(year, student) for student in year.students]
    allocated = sum(term.heap for one in purses for term in one.terms.values())
    credit = sum(one.credit for one in purses)
    received = year.kept["received"]
    returned = year.kept["returned"]
    assert received == allocated + credit
    assert lines[1] == (
        f"received {text(received + returned)} = allocated {text(allocated)} + credit {text(credit)} + refunded"
        f" {text(returned)}"
    )
    assert lines[2].startswith("debits ")
    debits, opposite = lines[2].removeprefix("debits ").split(" = credits ")
    assert debits == opposite
