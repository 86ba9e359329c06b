"""The year from the first application to the last average: every act, in the order in which they happen."""

from tests.journeys.college.year import admission, classes, exams, grades, money, onward, papers

COURSE = (
    admission.thirty_apply,
    admission.the_office_admits,
    money.all_pay_their_first_months,
    classes.credits_are_granted,
    classes.lists_are_advised,
    classes.thirty_enrol,
    classes.classes_begin,
    money.the_rest_of_the_term_is_paid,
    exams.the_prelim_is_sat,
    grades.midterms_are_entered,
    grades.first_grades_are_final,
    grades.an_incomplete_is_resolved,
    grades.a_grade_is_changed,
    grades.the_students_look_at_their_grades,
    onward.the_second_term_opens,
    onward.the_second_term_is_enrolled,
    onward.second_grades_are_final,
    papers.thirty_are_checked,
    papers.they_graduate,
    papers.a_transcript_is_released_and_verified,
    onward.incompletes_run_out,
    onward.the_year_ends,
)
