"""How one comes to a college, what is asked, and which papers are wanted: the lists that a college starts with."""

from django.utils.translation import gettext_lazy as _

from rollbook.shared.admissions.scheme import Fact, Kind, Wanted
from rollbook.systems.college.records.models import Student

FRESHMAN, TRANSFEREE = Student.Kind.FRESHMAN.value, Student.Kind.TRANSFEREE.value
RETURNEE, SHIFTER = Student.Kind.RETURNEE.value, Student.Kind.SHIFTER.value
CROSS_ENROLLEE = Student.Kind.CROSS_ENROLLEE.value

KINDS = (
    Kind(FRESHMAN, _("Freshman"), _("I finished senior high school and begin college.")),
    Kind(TRANSFEREE, _("Transferee"), _("I studied at another college and want to go on here.")),
    Kind(RETURNEE, _("Returnee"), _("I studied here before and come back.")),
    Kind(SHIFTER, _("Shifter"), _("I study here and want another programme.")),
    Kind(CROSS_ENROLLEE, _("Cross-enrollee"), _("I study elsewhere and take some subjects here.")),
)

#: The month's amount that the applicant plans, in whole minor units.
MONTHLY = "monthly_commitment"
_ELSEWHERE = frozenset({TRANSFEREE, CROSS_ENROLLEE})
_HERE_BEFORE = frozenset({RETURNEE, SHIFTER})

FACTS = (
    Fact(
        key="previous_school", label=_("School you come from"), step="background",
        asked_of=_ELSEWHERE | {FRESHMAN}, required_of=_ELSEWHERE | {FRESHMAN},
    ),
    Fact(
        key="previous_course", label=_("Course you took there"), step="background", asked_of=_ELSEWHERE,
        required_of=frozenset({TRANSFEREE}),
    ),
    Fact(
        key="student_number", label=_("Your student number here"), step="background", longest=30,
        help=_("It stands on your old card or receipts; leave it empty if you do not know it."), asked_of=_HERE_BEFORE,
    ),
    Fact(key="guardian_name", label=_("Parent or guardian"), step="background", longest=120),
    Fact(
        key="guardian_contact", label=_("How we reach them"), step="background", longest=120,
        help=_("A telephone number or an e-mail address."),
    ),
    Fact(
        key=MONTHLY, label=_("What you plan to pay a month"), step="plan", shape="money",
        help=_("An honest guess; the office settles it with you. You pay nothing here."),
        required_of=frozenset(kind.key for kind in KINDS),
    ),
)  # fmt: skip

_FORM_138 = Wanted("form_138", _("School card (form 138)"))
_FORM_137 = Wanted("form_137", _("Permanent record (form 137)"), is_required=False)
_GOOD_MORAL = Wanted("good_moral", _("Certificate of good moral character"))
_BIRTH = Wanted("birth_certificate", _("Birth certificate"))
_PHOTO = Wanted("photo", _("Photo of your face"))
_GRADES = Wanted("certificate_of_grades", _("Certificate of grades"))
_REGISTRATION = Wanted("certificate_of_registration", _("Certificate of registration"))
_TRANSCRIPT = Wanted("transcript", _("Transcript of records"), is_required=False)
_DISMISSAL = Wanted("honourable_dismissal", _("Honourable dismissal"))
_ENTRANCE = Wanted("entrance_result", _("Result of the entrance test"), is_required=False)

CHECKLIST = {
    FRESHMAN: (_FORM_138, _BIRTH, _GOOD_MORAL, _PHOTO, _FORM_137, _ENTRANCE),
    TRANSFEREE: (_GRADES, _DISMISSAL, _BIRTH, _GOOD_MORAL, _PHOTO, _TRANSCRIPT),
    RETURNEE: (_PHOTO, Wanted("certificate_of_registration", _("Certificate of registration"), is_required=False)),
    SHIFTER: (_GRADES,),
    CROSS_ENROLLEE: (_REGISTRATION, _PHOTO),
}
