"""The guide for cashiers and their supervisors is true."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from rollbook.core.identity.examples import an_actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Shift
from rollbook.shared.jobs.testing import work_off
from rollbook.systems.college.fees.reads.counter import plan_shown
from rollbook.systems.college.fees.selectors import plan_to_pay
from rollbook.systems.college.fees.services.bankfiles import import_payments
from rollbook.systems.college.fees.services.corrections import request_void
from rollbook.systems.college.fees.services.notes import request_note
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.fees.services.shifts import open_shift
from tests.journeys.college.world import College, money
from tests.journeys.guides.guide import Guide
from tests.journeys.guides.reader import Visitor
from tests.journeys.support import Site

pytestmark = pytest.mark.journey

guide = Guide("cashier")


@pytest.fixture
def desk(site: Site, college: College, visit: Callable[..., Page]) -> Visitor:
    return Visitor(visit(), site, college=college, visit=visit)


@pytest.mark.parametrize("task", guide.headings)
def test_the_guide_for_cashiers_is_true(task, desk, complaints):
    guide.run(task, desk)
    assert complaints.said == []


def test_the_guide_for_cashiers_has_no_step_too_many_or_too_few():
    guide.compare()


# What the guide says one needs.


def the_counter(desk: Visitor) -> None:
    desk.sit_down(desk.college.cashier, "/cashier/")


def an_open_shift(desk: Visitor) -> None:
    the_shift_is_open(desk)
    the_counter(desk)


def the_shift_is_open(desk: Visitor) -> None:
    cashier = desk.college.cashier
    with tenant_scope(desk.college.organisation_id):
        if not Shift.objects.filter(cashier_id=cashier.user_id, state=Shift.State.OPEN).exists():
            open_shift(an_actor(cashier), station="Window 3", opening_float=money("2000.00"))


def a_payment(desk: Visitor) -> None:
    """Taken by the cashier a minute ago; its receipt is on the screen."""
    the_shift_is_open(desk)
    with tenant_scope(desk.college.organisation_id):
        taken = record_payment(
            an_actor(desk.college.cashier), student_id=desk.college.student_named("Reyes", "Maricel").id,
            amount=money("5000.00"), method="CASH",
        )  # fmt: skip
    desk.note["receipt"], desk.note["payment"] = taken.taken.receipt_number, taken.taken.payment_id
    the_counter(desk)


def a_receipt_on_the_screen(desk: Visitor) -> None:
    a_payment(desk)
    desk.go(f"/cashier/payments/{desk.note['payment']}/")


def a_void_that_was_asked_for(desk: Visitor) -> None:
    a_payment(desk)
    with tenant_scope(desk.college.organisation_id):
        request_void(
            an_actor(desk.college.cashier), payment_id=desk.note["payment"], reason="Meant for her sister Maria."
        )
    desk.sit_down(desk.college.supervisor)


def a_promise_that_was_recorded(desk: Visitor) -> None:
    with tenant_scope(desk.college.organisation_id):
        student = desk.college.student_named("Santos", "Christian")
        months = plan_shown(an_actor(desk.college.supervisor), plan_to_pay(student.id, None)).months
        first_open = next(month.number for month in months if month.state.room_minor and not month.state.cover)
        request_note(
            an_actor(desk.college.cashier), student_id=student.id, month=first_open, reason="His scholarship is late."
        )
    desk.sit_down(desk.college.supervisor)


def rows_that_fit_nobody(desk: Visitor) -> None:
    rows = [
        "reference,student_number,amount,method,paid_at",
        "BPI-71,999999,1500.00,BANK_TRANSFER,2026-09-20T10:15",
        "BPI-72,999998,0.00,BANK_TRANSFER,2026-09-20T10:20",
    ]
    with tenant_scope(desk.college.organisation_id):
        import_payments(an_actor(desk.college.supervisor), name="bpi.csv", content="\n".join(rows).encode())
    desk.sit_down(desk.college.supervisor)


def the_supervisor(desk: Visitor) -> None:
    desk.sit_down(desk.college.supervisor)


# What the guide says one does.

opening = guide.task("Open your shift", given=the_counter)


@opening.step("On the **Cashier desk**, press **Open shift**.")
def _(desk, place, open_shift):
    expect(desk.page.get_by_role("heading", name=place)).to_be_visible()
    desk.press(open_shift)


@opening.step("Type the name of your window into **Station**, and the cash you start with into **Cash in the drawer**.")
def _(desk, station, cash):
    desk.look("open-shift")
    desk.fill(station, "Window 3")
    desk.fill(cash, "2000")


@opening.step("Press **Open shift**. You will see **Your shift at Window 3 is open since** and the time.")
def _(desk, open_shift, is_open):
    desk.press(open_shift)
    desk.sees(is_open)


paying = guide.task("Take a payment", given=an_open_shift)


@paying.step(
    "On the **Cashier desk** the search box has the cursor already. Type the student's number, or scan it, and press "
    "**Enter**."
)
def _(desk, place, enter):
    box = desk.main.get_by_role("combobox")
    expect(desk.page.get_by_role("heading", name=place)).to_be_visible()
    expect(box).to_be_focused()
    desk.page.keyboard.type(desk.college.student_named("Quizon", "Rodrigo").student_number)
    desk.page.keyboard.press(enter)


@paying.step(
    "Type the amount. Below it stands at once which months it fills and whether it opens an exam permit. If it is what "
    "is due next, type nothing."
)
def _(desk):
    expect(desk.page.get_by_role("textbox", name="Amount")).to_be_focused()
    expect(desk.page.locator("#landing")).to_contain_text("Enter alone proposes")
    desk.page.keyboard.type("5000")
    expect(desk.page.locator("#landing")).to_contain_text("₱5,000.00")
    # The amount is one entry; what is pressed from here on is counted.
    desk.note["entries"] = 1


@paying.step("Press **Enter**. Read the amount to the payer; the page still says **Not recorded yet**.")
def _(desk, enter, not_yet):
    desk.page.keyboard.press(enter)
    desk.note["entries"] += 1
    desk.sees(not_yet)
    expect(desk.main.locator(".rb-review-amount")).to_have_text("₱5,000.00")


@paying.step("Press **Enter** once more. Now it is recorded, and the receipt with its number stands before you.")
def _(desk, enter):
    expect(desk.control("Record ₱5,000.00")).to_be_focused()
    desk.page.keyboard.press(enter)
    desk.note["entries"] += 1
    desk.page.wait_for_url(re.compile("/cashier/payments/"))
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("RCP-")
    # With the one after the number: an amount and three keys.
    assert desk.note["entries"] + 1 == 4


wallet = guide.task("Take a payment that is not cash", given=an_open_shift)


@wallet.step(
    "Find the student: type a part of the name into the search box of the **Cashier desk** and press the right line."
)
def _(desk, place):
    expect(desk.page.get_by_role("heading", name=place)).to_be_visible()
    desk.main.get_by_role("combobox").press_sequentially("pangil")
    desk.page.get_by_role("option", name="Pangilinan").click()


@wallet.step("Type the amount into **Amount**.")
def _(desk, amount):
    desk.page.get_by_role("textbox", name=amount, exact=True).fill("1500")


@wallet.step("Press **E-wallet**, or the method it is, and type its number into **Reference**.")
def _(desk, method, reference):
    desk.main.get_by_text(method, exact=True).click()
    expect(desk.main.get_by_role("radio", name=method)).to_be_checked()
    desk.fill(reference, "GC-90017")


@wallet.step("Press **Check the payment**, then **Record ₱1,500.00** with the amount you took.")
def _(desk, check, record):
    desk.press(check)
    desk.press(record)
    desk.page.wait_for_url(re.compile("/cashier/payments/"))
    desk.sees("E-wallet, GC-90017")


printing = guide.task("Print the receipt", given=a_receipt_on_the_screen)


@printing.step(
    "After a payment **Print, 80 mm** has the cursor. Press **Enter**, and the receipt opens as a PDF for your printer."
)
def _(desk, small, enter):
    expect(desk.control(small)).to_be_focused()
    _prints(desk, lambda: desk.page.keyboard.press(enter))
    desk.page.reload()
    desk.sees("the next print says COPY 1")


@printing.step("For a full page press **A5** instead. From the second print on the paper says COPY.")
def _(desk, full):
    _prints(desk, lambda: desk.press(full))
    desk.page.reload()
    desk.sees("the next print says COPY 2")


@printing.step("Press **Next student**.")
def _(desk, following):
    desk.press(following)
    expect(desk.main.get_by_role("combobox")).to_be_focused()


def _prints(desk: Visitor, act: Callable[[], None]) -> None:
    """A new window asks for the paper, and gets it."""
    with (
        desk.page.context.expect_event("response", lambda answer: "/print/" in answer.url) as answered,
        desk.page.expect_popup(),
    ):
        act()
    assert answered.value.status == 200


voiding = guide.task("Ask for a void", given=a_payment)


@voiding.step("Press **Payments** in the menu, then the number of the receipt.")
def _(desk, payments):
    desk.choose_in_menu(payments)
    desk.press(desk.note["receipt"])


@voiding.step("Press **Ask for a void**.")
def _(desk, ask):
    desk.press(ask)


@voiding.step(
    "Say what went wrong under **Reason, at least ten letters** and press **Ask for the void**. You will see **A "
    "supervisor has to decide**."
)
def _(desk, reason, ask, waits):
    dialog = desk.page.get_by_role("alertdialog")
    desk.fill(reason, "Meant for her sister Maria.", within=dialog)
    desk.press(ask, within=dialog)
    desk.sees(waits)


promising = guide.task("Record a promise to pay", given=the_counter)


@promising.step("Find the student as for a payment and press **Record a promise**.")
def _(desk, record):
    desk.page.keyboard.type(desk.college.student_named("Tolentino", "Princess").student_number)
    desk.page.keyboard.press("Enter")
    desk.press(record)


@promising.step("Choose the **Month**, set the day in **Promised for**, and write down the student's **Reason**.")
def _(desk, month, day, reason):
    desk.look("record-a-promise")
    desk.field(month).select_option(index=0)
    assert desk.field(day).get_attribute("type") == "date"
    desk.fill(reason, "The harvest is sold on the first of the month.")


@promising.step("Press **Record the promise**. You will see **Recorded. A supervisor approves it.**")
def _(desk, record, recorded):
    desk.press(record)
    desk.sees(recorded)


safe = guide.task("Take cash to the safe", given=an_open_shift)


@safe.step("On the **Cashier desk**, press **Cash in or out**.")
def _(desk, place, cash):
    desk.note["held"] = _held(desk)
    expect(desk.page.get_by_role("heading", name=place)).to_be_visible()
    desk.press(cash)


@safe.step("Leave **Cash goes to the safe** chosen, type the **Amount**, and in the **Note** who took it.")
def _(desk, to_the_safe, amount, note):
    desk.look("cash-in-or-out")
    expect(desk.main.get_by_role("radio", name=to_the_safe)).to_be_checked()
    desk.fill(amount, "500")
    desk.fill(note, "Mrs Villar, envelope 4")


@safe.step("Press **Note it**. What the drawer should hold is less by that amount.")
def _(desk, note_it):
    desk.press(note_it)
    desk.sees("Mrs Villar, envelope 4")
    desk.go("/cashier/")
    assert _held(desk) == desk.note["held"] - 500_00


def _held(desk: Visitor) -> int:
    said = desk.page.get_by_text("The drawer should hold").inner_text().replace(",", "")
    return money(re.search(r"should hold ₱([\d.]+\d)", said).group(1)).minor


closing = guide.task("Close your shift", given=an_open_shift)


@closing.step("On the **Cashier desk**, press **Close shift**.")
def _(desk, place, close):
    desk.note["held"] = _held(desk)
    expect(desk.page.get_by_role("heading", name=place)).to_be_visible()
    desk.press(close)


@closing.step(
    "Count each kind of note and coin, and type how many pieces there are. **Difference** is worked out while you count."
)
def _(desk, difference):
    left = desk.note["held"]
    for piece in desk.page.locator("input[name^=face_]").all():
        face = int(piece.get_attribute("name").removeprefix("face_"))
        if left // face:
            piece.fill(str(left // face))
        left %= face
    expect(desk.page.locator("#count tr", has_text=difference).locator("td")).to_have_text("₱0.00")


@closing.step(
    "When you see **To the centavo.**, press **Close shift**. The **Z report** is your proof; print it with **Print, 80 "
    "mm**."
)
def _(desk, exact, close, report, printed):
    desk.sees(exact)
    desk.press(close)
    expect(desk.page.get_by_role("heading", name=report)).to_be_visible()
    answer = desk.page.context.request.get(desk.site.url(desk.control(printed).get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"


deciding = guide.task("Supervisor: decide about a void", given=a_void_that_was_asked_for)


@deciding.step("Press **Approvals** in the menu. Each card says who asks, why, and what changes.")
def _(desk, approvals):
    desk.choose_in_menu(approvals)
    card = _card(desk)
    expect(card).to_contain_text("Carlo Reyes")
    expect(card).to_contain_text("₱5,000.00")


@deciding.step("Read the card, and press **Approve**. You will see **Approved and done.**")
def _(desk, approve, done):
    expect(desk.control("Return", within=_card(desk))).to_be_visible()
    desk.press(approve, within=_card(desk))
    desk.sees(done)


def _card(desk: Visitor) -> Locator:
    return desk.main.get_by_role("article").filter(has_text=desk.note["receipt"]).first


approving = guide.task("Supervisor: approve a promise", given=a_promise_that_was_recorded)


@approving.step("Press **Promissory notes** in the menu.")
def _(desk, notes):
    desk.choose_in_menu(notes)


@approving.step("On the card of the student press **Approve**. You will see **Approved. The month counts as covered**.")
def _(desk, approve, approved):
    desk.press(approve, within=desk.main.get_by_role("article").filter(has_text="Santos, Christian"))
    desk.sees(approved)


crediting = guide.task("Supervisor: credit a bank file", given=the_supervisor)


@crediting.step("Press **Bank files** in the menu.")
def _(desk, files):
    desk.choose_in_menu(files)


@crediting.step(
    "Choose the file under **File** and press **Credit it**. The file is worked through in the background; you can "
    "leave the page."
)
def _(desk, file, credit):
    desk.look("bank-files")
    known = desk.college.student_named("Aquino", "Juan Miguel").student_number
    rows = [
        "reference,student_number,amount,method,paid_at",
        f"BPI-81,{known},1500.00,BANK_TRANSFER,2026-09-20T10:15",
        "BPI-82,999999,2000.00,BANK_TRANSFER,2026-09-20T11:00",
    ]
    desk.field(file).set_input_files(
        {"name": "bpi-october.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    )
    desk.press(credit)
    desk.sees("You can leave this page.")
    assert "college.fees.import_bank_file" in work_off()


@crediting.step("When **Fit nobody** is not 0, press **Settle the rest**.")
def _(desk, nobody, settle):
    desk.sees(nobody)
    desk.press(settle)
    desk.sees("BPI-82")


settling = guide.task("Supervisor: settle a row that fits nobody", given=rows_that_fit_nobody)


@settling.step(
    "Press **Bank files** in the menu, then the line that says how many rows wait. Each row says **Why it waits**."
)
def _(desk, files, why):
    desk.choose_in_menu(files)
    desk.press(re.compile("rows? waits?$"))
    desk.sees(why)


@settling.step("Press the row, type the name of the right student into **Find a student**, and press the student.")
def _(desk, find):
    desk.press("BPI-71")
    desk.fill(find, "garcia")
    desk.press(re.compile("Garcia, Ramon"), within=desk.main)


@settling.step("Press **Credit it**. You will see **Credited to** and the name.")
def _(desk, credit, credited):
    desk.press(credit)
    desk.sees(re.compile(f"^{credited} Garcia, Ramon"))


@settling.step(
    "For a row that is not a payment, open it, press **Dismiss the row**, write a **Reason, at least ten letters** and "
    "press **Dismiss it**."
)
def _(desk, dismiss, reason, dismiss_it):
    desk.press("BPI-72")
    desk.press(dismiss)
    dialog = desk.page.get_by_role("alertdialog")
    desk.fill(reason, "The bank's own correction, no payment.", within=dialog)
    desk.press(dismiss_it, within=dialog)
    desk.sees("Dismissed, with your reason.")
