"""The papers that students send with what they ask the registrar for."""

from typing import Any

from rollbook.core.permissions.actor import Actor
from rollbook.shared.files.buckets import MEGABYTE, PDF, PICTURES, Bucket, register_bucket
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.models import StatusRequest, Student

#: What a stored paper says it belongs to.
SUBJECT = "college_records.statusrequest"


def may_read_papers(actor: Actor, student: Student) -> bool:
    """Papers may say why somebody is ill: the registrars read them, and the student whose they are."""
    is_own = actor.person_id is not None and student.person_id == actor.person_id
    return actor.may(permissions.VIEW_CONFIDENTIAL) or (is_own and actor.may(permissions.REQUEST_OWN))


def _may_view(actor: Actor, stored: Any) -> bool:
    if stored.subject_type != SUBJECT:
        return False
    found = StatusRequest.objects.select_related("student").filter(id=stored.subject_id).first()
    return found is not None and may_read_papers(actor, found.student)


REQUEST_PAPERS = register_bucket(
    Bucket(
        name="college.records.request_paper",
        label="Papers of leaves and withdrawals",
        types=PICTURES | {PDF},
        max_bytes=10 * MEGABYTE,
        # The service asks: a student for what is their own, the desk for anybody.
        upload_permission="",
        view_permission="",
        may_view=_may_view,
        # Medical papers: rows are seen only where this is asked for, and every reading leaves an entry.
        grant="leave_papers",
    )
)
