"""What a college may decide about its exams."""

from rollbook.core.policies.register import declare
from rollbook.core.policies.types import Choice
from rollbook.systems.college.exams.rules import ADVISORY, ENFORCE

EXAM_POLICY = declare(
    "college.exam_policy",
    Choice({ENFORCE: "No exam without a permit", ADVISORY: "Permits advise, nobody is turned away"}),
    ENFORCE,
    "Whether a student without a permit may sit an exam. Lawful exceptions get a permit either way.",
    systems=["college"],
    label="Exam policy",
)
EXAM_TEMPLATE = declare(
    "college.exam_template",
    Choice({
        "STANDARD_4": "Four exams: months 1, 2, 3, 4",
        "STRETCH_4": "Four exams: months 1, 2, 4, 6",
        "SIX_STEP": "Five exams: months 2 to 6",
    }),
    "STANDARD_4",
    "The exams that a new term begins with, and the month that each of them asks for.",
    systems=["college"],
    label="Exams of a new term",
)  # fmt: skip
