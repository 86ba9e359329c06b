"""How states of applications, documents and appointments are shown."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.shared.admissions.models import Application, ApplicationDocument, Appointment

_A, _D, _P = Application.State, ApplicationDocument.State, Appointment.State

APPLICATION_STATES: dict[str, State] = {
    _A.DRAFT: State(_A.DRAFT.label, "neutral"),
    _A.SUBMITTED: State(_A.SUBMITTED.label, "wait"),
    _A.INCOMPLETE: State(_A.INCOMPLETE.label, "warn"),
    _A.ADMITTED: State(_A.ADMITTED.label, "good"),
    _A.REJECTED: State(_A.REJECTED.label, "bad"),
    _A.WITHDRAWN: State(_A.WITHDRAWN.label, "neutral"),
    _A.CONVERTED: State(_A.CONVERTED.label, "good"),
}
DOCUMENT_STATES: dict[str, State] = {
    _D.UPLOADED: State(_D.UPLOADED.label, "wait"),
    _D.VERIFIED: State(_D.VERIFIED.label, "good"),
    _D.REJECTED: State(_D.REJECTED.label, "bad"),
}
APPOINTMENT_STATES: dict[str, State] = {
    _P.SET: State(_P.SET.label, "wait"),
    _P.ATTENDED: State(_P.ATTENDED.label, "good"),
    _P.MISSED: State(_P.MISSED.label, "bad"),
    _P.CANCELLED: State(_P.CANCELLED.label, "neutral"),
}
MISSING = State(_("Missing"), "warn")
OPTIONAL = State(_("If you have it"), "neutral")
READY = State(_("Ready to decide"), "good")
FLAGGED = State(_("Possible double"), "warn")

#: What an applicant reads about a state: one word, and what happens now.
FOR_APPLICANTS: dict[str, tuple[State, object]] = {
    _A.SUBMITTED: (State(_("Received"), "wait"), _("The office looks at it. You get a mail as soon as it moves on.")),
    _A.INCOMPLETE: (State(_("Something is missing"), "warn"), _("Send what is missing below, then send it again.")),
    _A.ADMITTED: (State(_("Admitted"), "good"), _("Welcome. The office prepares your place; you get a mail.")),
    _A.CONVERTED: (
        State(_("Admitted"), "good"),
        _("Welcome. Your mail has your number and the link that opens your account; then pay the first month."),
    ),
    _A.REJECTED: (State(_("Not admitted"), "bad"), _("The reason stands below.")),
    _A.WITHDRAWN: (State(_("Withdrawn"), "neutral"), _("Nothing more happens with this application.")),
}
