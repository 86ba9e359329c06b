"""What the public learns of a permit by its code: whether it is good, whose it is, which exam. Nothing else (R44)."""

from django.utils.translation import gettext as _

from rollbook.core.web import formatting
from rollbook.shared.documents.verification import State, Verified
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.exams.rules import PREFIX
from rollbook.systems.college.exams.selectors import PermitShown, check_code

__all__ = ["PREFIX", "verify_permit"]


def verify_permit(code: str) -> Verified | None:
    """Answer for a permit of the organisation in scope; None when it has no such permit."""
    shown = check_code(code, is_public=True)
    if shown is None:
        return None
    first, last = formatting.day_text(shown.valid_from), formatting.day_text(shown.valid_until)
    state = _state(shown)
    return Verified(
        state=state,
        title=_("Examination permit"),
        code=shown.code,
        facts=(
            (_("Name"), shown.name),
            (_("Programme"), shown.programme),
            (_("Exam"), f"{shown.exam}, {shown.term}"),
            (_("Valid"), _("%(first)s to %(last)s") % {"first": first, "last": last}),
        ),
        explanation=_explanation(state) % {"first": first, "last": last},
        photo_id=shown.photo_id,
    )


def _state(shown: PermitShown) -> State:
    if shown.is_valid:
        return "VALID"
    return "SUSPENDED" if shown.state == ExamPermit.State.SUSPENDED else "EXPIRED"


def _explanation(state: State) -> str:
    if state == "VALID":
        return _("It admits to every subject of this exam from %(first)s to %(last)s.")
    if state == "SUSPENDED":
        return _("It does not admit to the exam at present. The student asks at the cashier.")
    return _("This exam ended on %(last)s.")
