"""What follows what across rooms that may not import each other. The one page that lists every such connection.

A subscriber runs at once, in the transaction of whoever published the event.
"""

from rollbook.core import clock
from rollbook.core.events import subscribe
from rollbook.core.identity.events import PasswordLinkWanted, SecurityNoticeWanted
from rollbook.core.identity.services.members import refuse_person_with_account
from rollbook.core.policies.events import SettingReachesBack
from rollbook.shared.admissions.services.forgetting import forget_contact
from rollbook.shared.files.services.photos import erase_photo
from rollbook.shared.gateways.events import PersonNeeded
from rollbook.shared.jobs.events import JobGaveUp
from rollbook.shared.messaging import kinds
from rollbook.shared.people.events import ErasureConsidered, PeopleMerged, PersonErased
from rollbook.shared.webhooks.events import EventNeedsPerson
from rollbook.site import jobs, telling, telling_grades, telling_requests
from rollbook.systems.college.catalogue.events import CurriculumReopening, SubjectMeasuresChanging, TermAdded, TermMoved
from rollbook.systems.college.credentials.events import PaperReleased
from rollbook.systems.college.enrolment.events import (
    EnrolmentConfirmed,
    ResultsWritten,
    SubjectsChanged,
    TermEnrolmentCancelled,
    TermEnrolmentsOpened,
    TermEnrolmentWithdrawn,
    WaitlistOffered,
)
from rollbook.systems.college.enrolment.jobs import is_anything_provisional, provisional_recheck
from rollbook.systems.college.enrolment.reads.moving import evaluate
from rollbook.systems.college.enrolment.roll import EnrolmentRoll
from rollbook.systems.college.enrolment.services.caps import follow_setting
from rollbook.systems.college.enrolment.services.completing import complete_terms
from rollbook.systems.college.enrolment.services.dependents import name_dependents
from rollbook.systems.college.enrolment.services.following import follow_curriculum
from rollbook.systems.college.enrolment.services.leaving import (
    leave_terms,
    name_terms_left,
    refuse_leave_over_final_grades,
)
from rollbook.systems.college.enrolment.services.rechecking import refuse_change_of_taken_subject
from rollbook.systems.college.enrolment.services.waiting import pass_on_seats
from rollbook.systems.college.exams.services import prepare_for_new_term
from rollbook.systems.college.fees.services.debts import hold_for_closed_term, keep_debtors
from rollbook.systems.college.fees.services.term_events import (
    assess_changed_subjects,
    close_exams_after_leaving,
    give_back_after_cancelling,
    open_plans_of_new_terms,
)
from rollbook.systems.college.grading.events import (
    GradesPosted,
    GradesReturned,
    IncExpired,
    IncWarning,
    NotGradedOverdue,
)
from rollbook.systems.college.grading.jobs import follow_student
from rollbook.systems.college.grading.services.deadlines import name_deadlines_moved
from rollbook.systems.college.grading.services.results import recompute
from rollbook.systems.college.records.events import (
    CreditRevoked,
    CreditsChanged,
    CurriculumChanged,
    HoldMoved,
    HoldsMoved,
    LeaveBeginning,
    RequestMoved,
    StatusChanged,
    StatusConsidered,
    TransferConsidered,
)
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import refuse_merge
from rollbook.systems.college.records.services.following import begin_transfers_of_term, refuse_reopening
from rollbook.systems.college.records.services.keeping import keep_students
from rollbook.systems.college.scheduling.events import ScheduleChanged, SeatsChanged
from rollbook.systems.college.scheduling.roll import register_roll
from rollbook.systems.college.scheduling.services import refuse_merge as refuse_merge_of_professor


def _mail_password_link(event: PasswordLinkWanted) -> None:
    jobs.mail_password_link.defer(organisation_id=event.organisation_id, link_id=event.link_id)


def _mail_security_notice(event: SecurityNoticeWanted) -> None:
    jobs.mail_security_notice.defer(
        organisation_id=event.organisation_id,
        membership_id=event.membership_id,
        login_event_id=event.login_event_id,
    )


def _refuse_merge_of_member(event: PeopleMerged) -> None:
    refuse_person_with_account(event.duplicate_id)


# Mail about signing in goes out by jobs that commit with their cause.
subscribe(PasswordLinkWanted, _mail_password_link)
subscribe(SecurityNoticeWanted, _mail_security_notice)

# A college's new term begins with the exams of its template.
subscribe(TermAdded, prepare_for_new_term)
# The entry of a student never gives way when two entries turn out to be one person.
subscribe(PeopleMerged, refuse_merge)
subscribe(PeopleMerged, refuse_merge_of_professor)
# Nor does an entry that somebody signs in as.
subscribe(PeopleMerged, _refuse_merge_of_member)


# Whoever studies or owes something here is not anonymised; who is, loses photo and applications' data too.
subscribe(ErasureConsidered, keep_students)
subscribe(ErasureConsidered, keep_debtors)
subscribe(PersonErased, erase_photo)
subscribe(PersonErased, forget_contact)
# Somebody has to decide about a job that failed in all its attempts.
subscribe(JobGaveUp, telling.cry_for_dead_letter)


# Who paid is told so, and which exams it opened.
# What does not fit between us and a provider goes into the log, which collectors can alarm on, and to the supervisors.
subscribe(EventNeedsPerson, telling.cry_for_event)
subscribe(PersonNeeded, telling.cry_for_gateway)

# Where the notices of each kind lead. Only here is known which rooms there are.
for _kind, _page in {
    kinds.PAYMENT: "fees:own_payments",
    kinds.PAYMENT_REMINDER: "fees:own_payments",
    kinds.PERMIT: "exams:own_permits",
}.items():
    kinds.lead_to(_kind, _page)


def _move_queue(event: SeatsChanged) -> None:
    # The schedule holds the section's lock already; whoever waits for it comes after this.
    pass_on_seats(event.actor, event.section_id, clock.now())


def _look_at_provisional(event: ResultsWritten) -> None:
    if is_anything_provisional():
        provisional_recheck.defer(organisation_id=event.actor.organisation_id)


# Who is in which class is enrolment's to say; the schedule asks it.
register_roll(EnrolmentRoll())
# Who enrolled, and to whom a seat is offered, is told so.
subscribe(EnrolmentConfirmed, telling.tell_of_enrolment)
# Whoever sits in a class hears that its day, time, room or professor changed (R17).
subscribe(ScheduleChanged, telling.tell_of_schedule)
subscribe(WaitlistOffered, telling.tell_of_offer)
# Whoever is held, or has a paper waiting, hears of it before they stand at a counter.
subscribe(HoldMoved, telling.tell_of_hold)
subscribe(HoldsMoved, telling.tell_of_holds)
subscribe(PaperReleased, telling.tell_of_paper)
kinds.lead_to(kinds.DOCUMENT, "credentials:own")
# A section that has more seats, or is opened again, has them for those who wait.
subscribe(SeatsChanged, _move_queue)
# A cap that reaches into the past is that of the terms which were opened since.
subscribe(SettingReachesBack, follow_setting)
# What a student owes follows the classes taken, a term that was cancelled, and terms opened for many at once.
subscribe(SubjectsChanged, assess_changed_subjects)
subscribe(TermEnrolmentCancelled, give_back_after_cancelling)
subscribe(TermEnrolmentWithdrawn, close_exams_after_leaving)
subscribe(TermEnrolmentsOpened, open_plans_of_new_terms)
# A term that is closed is completed for everybody who was in it.
subscribe(TermMoved, complete_terms)
# What is still owed of a term that is closed holds enrolment (R27).
subscribe(TermMoved, hold_for_closed_term)
# A curriculum stays as it was approved while students follow it.
subscribe(CurriculumReopening, refuse_reopening)
# A subject keeps its units while somebody takes it.
subscribe(SubjectMeasuresChanging, refuse_change_of_taken_subject)
# Classes that rest on a grade that was not there yet are looked at again.
subscribe(ResultsWritten, _look_at_provisional)


def _recompute_after_credits(event: CreditsChanged) -> None:
    recompute(event.actor, [event.student_id])


# Credits count among the units earned, and in the average where the college says so.
subscribe(CreditsChanged, _recompute_after_credits)
# Whoever revokes a credit is told which classes rested on it.
subscribe(CreditRevoked, name_dependents)

# Grades that are posted, deadlines that come near or have passed, sheets that came back, classes nobody graded.
subscribe(GradesPosted, telling_grades.tell_of_posted_grades)
subscribe(IncWarning, telling_grades.tell_of_near_deadline)
subscribe(IncExpired, telling_grades.tell_of_expired)
subscribe(GradesReturned, telling_grades.tell_of_returned_sheet)
subscribe(NotGradedOverdue, telling_grades.tell_of_overdue_grades)
for _kind in (kinds.GRADE_POSTED, kinds.INC_WARNING, kinds.INC_EXPIRED):
    kinds.lead_to(_kind, "grading:own_grades")


def _follow_leave(event: StatusChanged) -> None:
    if Student.Status.LOA in {event.before, event.status}:
        follow_student.defer(organisation_id=event.actor.organisation_id, student_id=event.student_id)


# A leave moves the deadlines of incompletes, as soon as it is recorded (R45).
subscribe(StatusChanged, _follow_leave)
# Whoever is away sits in no class; a leave is not recorded over final grades.
subscribe(StatusChanged, leave_terms)
subscribe(LeaveBeginning, refuse_leave_over_final_grades)
# Whoever decides sees first what would follow.
subscribe(StatusConsidered, name_terms_left)
subscribe(StatusConsidered, name_deadlines_moved)
subscribe(TransferConsidered, evaluate)
# A transfer takes effect when enrolment in its term opens, and the student's terms to come follow it.
subscribe(TermMoved, begin_transfers_of_term)
subscribe(CurriculumChanged, follow_curriculum)
# Who asked for something at the registrar's desk is told what became of it.
subscribe(RequestMoved, telling_requests.tell_of_request)
kinds.lead_to(kinds.REQUEST, "students:own_requests")
