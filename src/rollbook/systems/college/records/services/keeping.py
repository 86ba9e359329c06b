"""How long what is kept of a student besides their record stays (R63)."""

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from rollbook.core.policies import services as policies
from rollbook.shared.people.events import ErasureConsidered
from rollbook.systems.college.records.models import Student, StudentStatusPeriod
from rollbook.systems.college.records.policies import RETENTION_YEARS

#: Whoever has one of these may still come to class.
HERE = frozenset({Student.Status.ACTIVE, Student.Status.LOA})


def keep_students(event: ErasureConsidered) -> None:
    """Whoever studies here is kept; whoever left, for the years that the college says, counted from that day."""
    student: Student | None = Student.objects.filter(person_id=event.person_id, taken_back_at__isnull=True).first()
    if student is None:
        return
    if student.status in HERE:
        event.obstacles.append(_("%(number)s studies here.") % {"number": student.student_number})
        return
    latest = StudentStatusPeriod.objects.filter(student_id=student.id).order_by("-from_date").first()
    if latest is not None:
        event.kept_until = latest.from_date + relativedelta(years=policies.get(RETENTION_YEARS))
