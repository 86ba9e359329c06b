"""Grades: sheets that wait, for professors and registrars; incompletes, for whoever owes or looks after them."""

from collections import Counter
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.core.web.formatting import number_text
from rollbook.core.web.home import LATE, MOST_LINES, TODAY, HomePart, Line, Lines, Need, Tile, register_home_part
from rollbook.systems.college.catalogue.selectors.terms import current_term
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.models import GradeSheet, IncompleteCase
from rollbook.systems.college.grading.reads.at_risk import SOON_DAYS
from rollbook.systems.college.grading.rules.entry import is_open_to_grades
from rollbook.systems.college.grading.words import CASE_STATES
from rollbook.systems.college.records.selectors import get_own_student

_COLLEGE = ("college",)
#: An incomplete is looked at from so many days before its deadline.


@register_home_part(permission=permissions.FINALISE, order=30, systems=_COLLEGE)
def sheets(actor: Actor, now: datetime) -> HomePart:
    """Sheets that professors submitted, in the running term."""
    term = current_term()
    rows = selectors.grade_sheets(actor, term_id=term.id) if term else []
    counted, url = Counter(row["state"] for row in rows if row["students"]), reverse("grading:queue")
    waiting = counted["SUBMITTED"]
    title = ngettext("%(n)s grade sheet waits to be finalised", "%(n)s grade sheets wait to be finalised", waiting)
    need = Need(title % {"n": waiting}, _("Look through them"), url, icon="badge-check", urgency=TODAY)
    note = _("of %(n)s") % {"n": number_text(counted.total())}
    return HomePart(
        needs=[need] if waiting else [],
        tiles=[Tile(_("Sheets finalised"), number_text(counted["FINALIZED"]), url, note=note)],
    )


@register_home_part(permission=permissions.ENTER_GRADES, order=15, systems=_COLLEGE)
def own_sheets(actor: Actor, now: datetime) -> HomePart:
    """The sheets that a professor can fill in now."""
    today = organisation_in_scope().local_date(now)
    open_now = [
        row
        for row in selectors.grade_sheets(actor, own_only=True)
        if row["state"] in GradeSheet.WRITABLE
        and row["students"]
        and is_open_to_grades(row["opens_on"], row["closes_on"], row["opened_until"], today)
    ]
    title = ngettext("%(n)s grade sheet is open", "%(n)s grade sheets are open", len(open_now)) % {"n": len(open_now)}
    closes = min((row["closes_on"] for row in open_now if row["closes_on"]), default=None)
    why = _("The first closes on %(day)s.") % {"day": formatting.day_text(closes)} if closes else ""
    url = reverse("grading:my_sheets")
    need = Need(title, _("Enter grades"), url, why=why, icon="notebook-pen", urgency=TODAY)
    return HomePart(needs=[need] if open_now else [], tiles=[Tile(_("Sheets open"), number_text(len(open_now)), url)])


@register_home_part(permission=permissions.VIEW_INCOMPLETES, order=50, systems=_COLLEGE)
def incompletes(actor: Actor, now: datetime) -> HomePart:
    """Incompletes by their deadlines, those that end soon first."""
    today = organisation_in_scope().local_date(now)
    live = selectors.incompletes(actor).filter(state__in=IncompleteCase.LIVE)
    count, url = live.count(), reverse("grading:incompletes")
    soon = selectors.whole_cases(live.filter(deadline__lte=today + timedelta(days=SOON_DAYS)))
    rows = [
        Line(
            case.student.person.roll_name, reverse("grading:incomplete", args=[case.id]),
            note=case.subject_enrolment.subject.code, end=formatting.day_text(case.deadline) if case.deadline else "",
            state=CASE_STATES[case.state],
        )
        for case in soon.order_by("deadline", "id")[:MOST_LINES]
    ]  # fmt: skip
    empty = _("No incomplete ends within 30 days.")
    return HomePart(
        tiles=[Tile(_("Open incompletes"), number_text(count), url)],
        lines=Lines(_("Incompletes that end soon"), rows, empty, url) if actor.may(permissions.VIEW_SHEETS) else None,
    )


@register_home_part(permission=permissions.VIEW_OWN_GRADES, order=40, systems=_COLLEGE)
def own_incompletes(actor: Actor, now: datetime) -> HomePart:
    """What the student still owes in a subject, and how long there is."""
    today = organisation_in_scope().local_date(now)
    mine = IncompleteCase.objects.filter(student=get_own_student(actor), state__in=IncompleteCase.EXPIRES)
    needs = []
    for case in mine.select_related("subject_enrolment__subject").order_by("deadline", "id")[:2]:
        code = case.subject_enrolment.subject.code
        if case.deadline is None:
            title = _("%(subject)s is incomplete; its clock stands while you are on leave") % {"subject": code}
        else:
            facts = {"subject": code, "n": (case.deadline - today).days, "day": formatting.day_text(case.deadline)}
            title = _("%(subject)s is incomplete: %(n)s days left, until %(day)s") % facts
        is_late = case.deadline is not None and case.deadline - today <= timedelta(days=SOON_DAYS)
        needs.append(
            Need(
                title, _("My grades"), reverse("grading:own_grades"), why=case.required_work, icon="hourglass",
                tone="warn" if is_late else "", urgency=LATE if is_late else TODAY,
            )
        )  # fmt: skip
    return HomePart(needs=needs)
