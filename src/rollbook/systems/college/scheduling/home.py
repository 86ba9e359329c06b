"""The homes of those who teach and of those who make the schedule."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.formatting import number_text
from rollbook.core.web.home import LATE, SOON, HomePart, Line, Lines, Need, Tile, register_home_part
from rollbook.systems.college.catalogue.selectors.terms import current_term
from rollbook.systems.college.scheduling import permissions, selectors
from rollbook.systems.college.scheduling.checklist import CONFLICTS, NO_PROFESSOR, findings_of
from rollbook.systems.college.scheduling.pages.places import load_chart
from rollbook.systems.college.scheduling.rules import hours_text
from rollbook.systems.college.scheduling.selectors import Entry

_COLLEGE = ("college",)


def lines_of_today(entries: Iterable[Entry], today: date, *, url: str) -> Lines:
    """The classes of a day, by the hour."""
    here = [
        entry for entry in entries if entry.weekday == today.isoweekday() and entry.from_date <= today <= entry.to_date
    ]
    here.sort(key=lambda entry: (entry.start_min or 0, entry.class_name))
    return Lines(_("Classes today"), [_line(entry) for entry in here], _("No classes today."), url)


def _line(entry: Entry) -> Line:
    room = entry.room_code or _("room to be announced")
    return Line(
        entry.class_name, note=entry.subject_title, end=f"{hours_text(entry.start_min, entry.end_min)} · {room}"
    )


@register_home_part(permission=permissions.VIEW_OWN_CLASSES, order=20, systems=_COLLEGE)
def teaching(actor: Actor, now: datetime) -> HomePart:
    """A professor's day."""
    term = current_term()
    sections = list(selectors.own_sections(actor).filter(term=term).values_list("id", flat=True)) if term else []
    mine = set(selectors.own_faculty_ids(actor))
    entries = selectors.timetable(section_ids=sections) if sections else []
    own = [entry for entry in entries if entry.professor_id is None or entry.professor_id in mine]
    today, url = organisation_in_scope().local_date(now), reverse("schedule:own_classes")
    return HomePart(
        tiles=[Tile(_("My classes"), number_text(len(sections)), url)], lines=lines_of_today(own, today, url=url)
    )


@register_home_part(permission=permissions.PUBLISH, order=60, systems=_COLLEGE)
def schedule(actor: Actor, now: datetime) -> HomePart:
    """What is not right with the running term's schedule."""
    term = current_term()
    if term is None:
        return HomePart()
    found = [finding for finding in findings_of(term.id) if not finding.is_excused]
    clashes = sum(finding.kind in CONFLICTS for finding in found)
    nobody = sum(finding.kind == NO_PROFESSOR for finding in found)
    conflicts, query = reverse("schedule:conflicts"), f"?term={term.id}"
    needs = []
    if clashes:
        title = ngettext("%(n)s conflict in the schedule", "%(n)s conflicts in the schedule", clashes) % {"n": clashes}
        needs.append(Need(title, _("Solve"), conflicts + query, icon="triangle-alert", tone="bad", urgency=LATE))
    if not selectors.is_published(term.id):
        title = _("The schedule of %(term)s is not published") % {"term": term.code}
        needs.append(Need(title, _("Publish"), reverse("schedule:publish") + query, icon="send", urgency=SOON))
    return HomePart(
        needs=needs,
        tiles=[
            Tile(_("Conflicts"), number_text(clashes), conflicts + query, tone="bad" if clashes else "good"),
            Tile(_("Without a professor"), number_text(nobody), conflicts + query, tone="warn" if nobody else ""),
        ],
        chart=load_chart(term),
    )
