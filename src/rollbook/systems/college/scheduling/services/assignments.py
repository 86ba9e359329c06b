"""Who teaches a class: one owner of its grades, and others beside."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import AssignmentNotFound, OneOwnerNeeded
from rollbook.systems.college.scheduling.models import Component, Faculty, Meeting, Section, TeachingAssignment
from rollbook.systems.college.scheduling.selectors import get_section_for_update
from rollbook.systems.college.scheduling.services.faculty import get_faculty_for_update
from rollbook.systems.college.scheduling.services.meetings import place_again
from rollbook.systems.college.scheduling.services.sections import must_be_open, must_not_be_cancelled
from rollbook.systems.college.scheduling.words import class_name

Role = TeachingAssignment.Role


@transaction.atomic
def assign_professor(
    actor: Actor,
    *,
    section_id: UUID,
    professor_id: UUID | None,
    component: str = Component.LEC,
    role: str = Role.PRIMARY,
    override_reason: str = "",
) -> TeachingAssignment:
    """Say who teaches a part of a class. The PRIMARY one owns the grades; the hours of that part become theirs."""
    actor.require(permissions.ASSIGN)
    if component not in Component.values or role not in Role.values:
        raise Invalid.field("component", _("Choose LEC or LAB, and PRIMARY or CO."))
    section = get_section_for_update(section_id)
    must_be_open(section.term)
    must_not_be_cancelled(section)
    professor = _active(professor_id)
    if role == Role.CO and professor is None:
        raise Invalid.field("professor_id", _("Choose who teaches beside the owner of the grades."))
    standing = TeachingAssignment.objects.filter(section=section).select_related("professor")
    owner = next(row for row in standing if row.role == Role.PRIMARY)
    before = [_said(row) for row in standing]
    if role == Role.PRIMARY:
        assignment, was = owner, owner.professor_id
        # Who taught beside the owner and becomes the owner is not named twice.
        standing.filter(role=Role.CO, component=component, professor=professor).delete()
        assignment.component, assignment.professor = component, professor
        assignment.save(update_fields=["component", "professor"])
    else:
        was = None
        assignment = standing.filter(
            component=component, professor=professor
        ).first() or TeachingAssignment.objects.create(
            section=section, component=component, professor=professor, role=role
        )
    after = [_said(row) for row in TeachingAssignment.objects.filter(section=section)]
    record(actor, "college.professor_assigned", section, before={"taught_by": before}, after={"taught_by": after})
    _hand_over(actor, section, component, professor, was=was, reason=override_reason)
    return assignment


@transaction.atomic
def end_assignment(actor: Actor, *, assignment_id: UUID) -> None:
    """Somebody no longer teaches beside the owner of the grades. The owner is replaced, never taken away."""
    actor.require(permissions.ASSIGN)
    section_id = TeachingAssignment.objects.filter(id=assignment_id).values_list("section_id", flat=True).first()
    if section_id is None:
        raise AssignmentNotFound
    section = get_section_for_update(section_id)
    must_be_open(section.term)
    assignment = TeachingAssignment.objects.filter(id=assignment_id).first()
    if assignment is None:
        raise AssignmentNotFound
    if assignment.role == Role.PRIMARY:
        raise OneOwnerNeeded(section=class_name(section))
    was = assignment.professor_id
    record(actor, "college.assignment_ended", section, before=_said(assignment), after={})
    TeachingAssignment.objects.filter(id=assignment.id).delete()
    _hand_over(actor, section, assignment.component, None, was=was, reason="")


def _hand_over(
    actor: Actor, section: Section, component: str, professor: Faculty | None, *, was: UUID | None, reason: str
) -> None:
    """The hours that nobody had, or that the one before had, are the new professor's."""
    meetings = Meeting.objects.filter(section=section, component=component).select_related("room", "professor__person")
    for meeting in meetings.select_for_update(of=("self",)).order_by("id"):
        is_theirs = meeting.professor_id is None or meeting.professor_id == was
        if is_theirs and meeting.professor_id != (professor.id if professor else None):
            meeting.section = section
            place_again(actor, meeting, section, professor, reason)


def _active(professor_id: UUID | None) -> Faculty | None:
    if professor_id is None:
        return None
    professor = get_faculty_for_update(professor_id)
    if not professor.is_active:
        raise Invalid.field(
            "professor_id",
            _("%(full_name)s does not teach now. Choose somebody else.") % {"full_name": professor.person.full_name},
        )
    return professor


def _said(row: TeachingAssignment) -> dict[str, str | None]:
    professor_id = str(row.professor_id) if row.professor_id else None
    return {"component": row.component, "role": row.role, "professor_id": professor_id}
