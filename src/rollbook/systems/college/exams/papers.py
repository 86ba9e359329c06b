"""The permit as a paper: A6, a face, an exam and a code. Nothing of money or of what it rests on is on it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.shared.documents.papers import PAPERS, permit, render_pdf
from rollbook.shared.documents.papers.data import Institution, PermitData
from rollbook.shared.documents.verification import verification_url
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.pictures import square
from rollbook.shared.files.selectors import read_content
from rollbook.systems.college.exams.models import ExamPermit

PAPER = PAPERS["A6"]
_PHOTO_SIDE = 400
#: The labels that the layout writes, for whoever translates.
_LABELS = (
    gettext_noop("Admitted to"), gettext_noop("Scan to check. Show it with your ID."), gettext_noop("No photo"),
    gettext_noop("Page"), gettext_noop("of"), gettext_noop("COPY"),
)  # fmt: skip


def permit_data(shown: ExamPermit) -> PermitData:
    """What the paper says, from a permit with its student, programme, exam and term."""
    organisation = organisation_in_scope()
    enrolment, period = shown.term_enrolment, shown.exam_period
    first, last = shown.limited_from or period.opens_on, shown.limited_until or period.closes_on
    return PermitData(
        institution=Institution(name=organisation.name, accent=organisation.accent),
        words={label: _(label) for label in _LABELS},
        title=_("Examination permit"),
        code=shown.code,
        holder=enrolment.student.person.full_name,
        holder_number=enrolment.student.student_number,
        admits_to=period.name,
        facts=[(_("Programme"), enrolment.programme.name), (_("Term"), period.term.code)],
        valid=_("%(first)s to %(last)s, all subjects")
        % {"first": formatting.day_text(first), "last": formatting.day_text(last)},
        verify_url=verification_url(shown.code),
    )


def permit_pdf(shown: ExamPermit) -> bytes:
    """The permit on paper. It is the same every time: whether it is good says the code, not the paper."""
    return permits_pdf([shown])


def permits_pdf(permits: Sequence[ExamPermit]) -> bytes:
    """Many permits in one file, for whoever hands them out."""
    return render_pdf([permit(permit_data(each), paper=PAPER, photo=_photo(each)) for each in permits], PAPER)


def _photo(shown: ExamPermit) -> bytes | None:
    photo_id = shown.term_enrolment.student.person.photo_id
    stored = StoredFile.objects.filter(pk=photo_id, removed_at__isnull=True).first() if photo_id else None
    return square(read_content(stored), _PHOTO_SIDE) if stored else None
