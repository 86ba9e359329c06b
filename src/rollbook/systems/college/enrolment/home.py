"""Enrolment at a glance: the student's own term, lists that wait for their adviser, the term by programme."""

from datetime import date, datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.formatting import number_text
from rollbook.core.web.home import LATE, SOON, TODAY, HomePart, Need, Picture, Tile, register_home_part
from rollbook.systems.college.catalogue.selectors.terms import current_term
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.pages import showing
from rollbook.systems.college.enrolment.reads.choices import classes_of
from rollbook.systems.college.enrolment.reads.gathering import standing_row, window_of
from rollbook.systems.college.enrolment.services.advising import advised
from rollbook.systems.college.scheduling.home import lines_of_today

_COLLEGE = ("college",)
PAID, WAITING, PROGRAMME = gettext_lazy("Active"), gettext_lazy("Waiting for month 1"), gettext_lazy("Programme")


@register_home_part(permission=permissions.ENROL_OWN, order=20, systems=_COLLEGE)
def own_term(actor: Actor, now: datetime) -> HomePart:
    """The student's running term: units, classes of today, seats that are offered, whether choosing is open."""
    enrolment = selectors.own_present_enrolment(actor)
    if enrolment is None:
        return HomePart()
    today = organisation_in_scope().local_date(now)
    classes = classes_of(enrolment.id)
    units = showing.meter(sum((one.row.units for one in classes), start=showing.ZERO), enrolment.max_units)
    return HomePart(
        needs=[*_offers(actor), *_choosing(enrolment, today, has_classes=bool(classes))],
        pictures=[Picture("college/enrolment/parts/home_units.html", {"units": units, "term": enrolment.term})],
        lines=lines_of_today(
            (entry for one in classes for entry in one.meetings), today, url=reverse("enrolment:own_timetable")
        ),
    )


def _offers(actor: Actor) -> list[Need]:
    waits = selectors.own_waits(actor).filter(state=SubjectEnrolment.State.OFFERED).order_by("offered_until")
    return [_offer(row.subject.code, row.offered_until) for row in waits[:2] if row.offered_until]


def _offer(code: str, until: datetime) -> Need:
    facts = {"moment": formatting.moment_text(until)}
    return Need(
        _("A seat in %(subject)s is yours") % {"subject": code}, _("Take it"), reverse("enrolment:own_waits"),
        why=_("Until %(moment)s; then the next in the queue is asked.") % facts, icon="hourglass", tone="warn",
        urgency=LATE,
    )  # fmt: skip


def _choosing(enrolment: TermEnrolment, today: date, *, has_classes: bool) -> list[Need]:
    is_open, _why = window_of(standing_row(enrolment.id), today)
    if has_classes or not is_open:
        return []
    title = _("Choose your classes for %(term)s") % {"term": enrolment.term.code}
    url = reverse("enrolment:own_enrol_in", args=[enrolment.id])
    return [Need(title, _("Choose"), url, icon="list-checks", urgency=TODAY)]


@register_home_part(permission=permissions.ADVISE, order=25, systems=_COLLEGE)
def advising(actor: Actor, now: datetime) -> HomePart:
    """Lists that wait for their adviser."""
    count = advised(actor).filter(advising_state=TermEnrolment.Advising.SUBMITTED).count()
    url = reverse("enrolment:advising")
    title = ngettext("%(n)s list waits for its adviser", "%(n)s lists wait for their adviser", count) % {"n": count}
    need = Need(title, _("Look through them"), url, icon="clipboard-check", urgency=SOON)
    tile = Tile(_("Lists to advise"), number_text(count), url)
    # Whoever enrols students has other figures to look at.
    return HomePart(needs=[need] if count else [], tiles=[] if actor.may(permissions.ENROL_STUDENTS) else [tile])


@register_home_part(permission=permissions.ENROL_STUDENTS, order=30, systems=_COLLEGE)
def term_by_programme(actor: Actor, now: datetime) -> HomePart:
    """How many are enrolled in the running term, and how many still wait for their first month, by programme."""
    term = current_term()
    if term is None:
        return HomePart()
    rows = selectors.enrolments(actor).filter(term=term, state__in=TermEnrolment.LIVE)
    counted = {
        (code, state): count
        for code, state, count in rows.order_by()
        .values("programme__code", "state")
        .annotate(n=Count("id"))
        .values_list("programme__code", "state", "n")
    }
    codes = sorted({code for code, _state in counted})
    active, waiting = (
        [counted.get((code, state), 0) for code in codes]
        for state in (TermEnrolment.State.ACTIVE, TermEnrolment.State.PENDING_PAYMENT)
    )
    chart = Chart(
        "bar", _("Enrolled in %(term)s") % {"term": term.code}, codes, [Series(PAID, active), Series(WAITING, waiting)],
        label_heading=PROGRAMME, stacked=True,
    )  # fmt: skip
    return HomePart(
        tiles=[
            Tile(_("Enrolled"), number_text(sum(active)), note=term.code),
            Tile(_("Waiting for month 1"), number_text(sum(waiting)), tone="warn" if sum(waiting) else ""),
        ],
        chart=chart if codes else None,
    )
