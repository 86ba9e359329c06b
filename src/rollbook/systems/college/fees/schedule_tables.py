"""The lists of fee schedules, bills of a term, discounts and sponsors."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.models import Assessment, FeeSchedule, Sponsorship
from rollbook.systems.college.fees.tables import name_of, programme_choices
from rollbook.systems.college.records.models import Student

SCHEDULE_STATES = {
    FeeSchedule.State.DRAFT.value: State(_("Draft"), "wait", "pencil"),
    FeeSchedule.State.ACTIVE.value: State(_("In force"), "good"),
    FeeSchedule.State.RETIRED.value: State(_("Replaced"), "neutral", "archive"),
}
OFFERED_STATES = {True: State(_("Offered"), "good"), False: State(_("Not any more"), "neutral")}
KEPT_STATES = {True: State(_("Answers for students"), "good"), False: State(_("Not any more"), "neutral")}
SPONSORSHIP_STATES = {
    Sponsorship.State.ACTIVE.value: State(_("Runs"), "good"),
    Sponsorship.State.ENDED.value: State(_("Ended"), "neutral"),
}
ENROLMENT_STATES = {
    TermEnrolment.State.PENDING_PAYMENT.value: State(_("Waiting for month 1"), "wait"),
    TermEnrolment.State.ACTIVE.value: State(_("Active"), "good"),
    TermEnrolment.State.COMPLETED.value: State(_("Completed"), "neutral"),
    TermEnrolment.State.CANCELLED.value: State(_("Cancelled"), "bad"),
    TermEnrolment.State.WITHDRAWN.value: State(_("Withdrawn"), "neutral"),
}
_SCOPE = ("programme_code", "year_level", "term_code", "semester", "student_kind")
_NAME = ("family_name", "given_name")
_BASES = dict(Assessment.Basis.choices)


def scope_of(row: Any) -> str:
    """Whom a schedule is for, in words."""
    parts = [
        row["programme_code"] or "",
        _("year %(level)s") % {"level": row["year_level"]} if row["year_level"] else "",
        row["term_code"] or "",
        str(Term.Kind(row["semester"]).label) if row["semester"] else "",
        str(Student.Kind(row["student_kind"]).label) if row["student_kind"] else "",
    ]
    return ", ".join(part for part in parts if part) or str(_("Everybody"))


class ScheduleTable(Table):
    """Every version of every schedule, those in force first."""

    name = "fee-schedules"
    title = _("Fee schedules")
    columns = (
        Column("code", _("Schedule"), sortable=True, primary=True, link="fees:schedule"),
        Column("name", _("Name"), sortable=True),
        Column("version_number", _("Version"), kind="number"),
        Column("scope", _("For"), text=scope_of, needs=_SCOPE, export=scope_of),
        Column("line_count", _("Fees"), kind="number"),
        Column("state", _("State"), kind="state", states=SCHEDULE_STATES, sortable=True),
        Column("activated_at", _("In force since"), kind="datetime", nullable=True, sortable=True, visible=False),
    )
    filters = (
        TextFilter("find", _("Code or name"), ("code__istartswith", "name__icontains")),
        ChoiceFilter(
            "state", _("State"), choices=[(key, state.label) for key, state in SCHEDULE_STATES.items()], multiple=True
        ),
        ChoiceFilter("programme", _("Programme"), choices=programme_choices, lookup="programme__code"),
    )
    order = "code"
    empty_title = _("No fee schedule yet")
    empty_text = _("A schedule says what a term costs. Begin one as a draft; it holds when you put it in force.")
    empty_icon = "receipt-text"


class BillTable(Table):
    """What everybody in a term was assessed at."""

    name = "term-bills"
    title = _("Bills of the term")
    columns = (
        Column(
            "student",
            _("Student"),
            text=name_of,
            needs=(*_NAME, "student_id"),
            sortable=_NAME,
            primary=True,
            link="fees:assessment",
            link_args=("student_id", "id"),
        ),
        Column("student_number", _("Number"), sortable=True),
        Column("programme_code", _("Programme")),
        Column("year_level", _("Year"), kind="number"),
        Column("state", _("State"), kind="state", states=ENROLMENT_STATES, visible=False),
        Column("schedule", _("Schedule"), nullable=True),
        Column(
            "basis",
            _("Counted by"),
            nullable=True,
            visible=False,
            text=lambda row: _BASES.get(row["basis"], ""),
            needs=("basis",),
        ),
        Column("units", _("Units"), kind="number", nullable=True),
        Column("charges_minor", _("Charged"), kind="money", nullable=True, total=True, visible=False),
        Column("concessions_minor", _("Discounts"), kind="money", nullable=True, total=True),
        Column("total_minor", _("Owed"), kind="money", nullable=True, total=True),
        Column("paid_minor", _("Paid"), kind="money", nullable=True, total=True),
    )
    filters = (
        TextFilter("find", _("Name or number"), ("family_name__istartswith", "student_number__startswith")),
        ChoiceFilter("programme", _("Programme"), choices=programme_choices, lookup="programme_code"),
        ChoiceFilter(
            "state", _("State"), choices=[(key, state.label) for key, state in ENROLMENT_STATES.items()], multiple=True
        ),
        BooleanFilter("without", _("Without a plan"), lookup={"invoice__isnull": True}),
        BooleanFilter("agreed", _("An agreed sum"), lookup={"invoice__isnull": False, "schedule__isnull": True}),
        BooleanFilter("discounted", _("With a discount"), lookup={"concessions_minor__gt": 0}),
    )  # fmt: skip
    order = "student"
    export_permission = permissions.BILL_TERMS
    empty_title = _("Nobody is in this term yet")
    empty_text = _("As soon as students are enrolled in it, what each of them owes stands here.")
    empty_icon = "receipt-text"


class DiscountTable(Table):
    """What the college offers, in the order in which it comes off."""

    name = "discounts"
    title = _("Discounts")
    columns = (
        Column("name", _("Discount"), sortable=True, primary=True, link="fees:change_discount"),
        Column("code", _("Code"), sortable=True),
        Column("percent", _("Percent"), kind="number", nullable=True),
        Column("amount_minor", _("Amount"), kind="money", nullable=True),
        Column("cap_minor", _("Never more than"), kind="money", nullable=True, visible=False),
        Column("position", _("Order"), kind="number", sortable=True),
        Column("students", _("Students now"), kind="number"),
        Column("is_active", _("State"), kind="state", states=OFFERED_STATES),
    )
    filters = (
        TextFilter("find", _("Code or name"), ("code__istartswith", "name__icontains")),
        BooleanFilter("offered", _("Offered"), lookup={"is_active": True}),
    )
    order = "position"
    empty_title = _("No discount yet")
    empty_text = _("Discounts and scholarships that the college gives stand here. Two people give one to a student.")
    empty_icon = "percent"


class SponsorTable(Table):
    """Who pays for students."""

    name = "sponsors"
    title = _("Sponsors")
    columns = (
        Column("name", _("Sponsor"), sortable=True, primary=True, link="fees:sponsor"),
        Column("code", _("Code"), sortable=True),
        Column("contact_name", _("Contact")),
        Column("contact_email", _("E-mail"), visible=False),
        Column("students", _("Students now"), kind="number"),
        Column("is_active", _("State"), kind="state", states=KEPT_STATES),
    )
    filters = (
        TextFilter("find", _("Code or name"), ("code__istartswith", "name__icontains")),
        BooleanFilter("kept", _("Answers for students"), lookup={"is_active": True}),
    )
    order = "name"
    empty_title = _("No sponsor yet")
    empty_text = _("Companies, agencies and people who pay for students stand here with what they owe.")
    empty_icon = "handshake"


class StatementTable(Table):
    """What a sponsor answers for, student by student."""

    name = "sponsor-statement"
    title = _("Statement")
    columns = (
        Column(
            "student",
            _("Student"),
            text=name_of,
            needs=_NAME,
            sortable=_NAME,
            primary=True,
            link="fees:assessment",
            link_args=("student_id", "term_enrolment_id"),
        ),
        Column("student_number", _("Number"), sortable=True),
        Column("programme_code", _("Programme")),
        Column("term_code", _("Term"), sortable=True),
        Column("letter", _("Letter")),
        Column("state", _("State"), kind="state", states=SPONSORSHIP_STATES),
        Column("share_minor", _("Answers for"), kind="money", total=True),
        Column("paid_minor", _("Paid"), kind="money", total=True),
        Column("open_minor", _("Open"), kind="money", total=True),
    )
    filters = (
        TextFilter("find", _("Name or number"), ("family_name__istartswith", "student_number__startswith")),
        ChoiceFilter(
            "state", _("State"), choices=[(key, state.label) for key, state in SPONSORSHIP_STATES.items()]
        ),
        BooleanFilter("open", _("Still open"), lookup={"open_minor__gt": 0}),
    )  # fmt: skip
    order = "student_number"
    empty_title = _("Nobody yet")
    empty_text = _("As soon as a supervisor accepts that this sponsor answers for a student, it stands here.")
    empty_icon = "users"
