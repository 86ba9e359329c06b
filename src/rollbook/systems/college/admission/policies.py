"""What a college decides about its admission (R5, R6, R59)."""

from rollbook.core.policies import Choice, Text, YesNo, declare

REVIEW, AUTO = "REVIEW", "AUTO"

ADMISSION_OPEN = declare(
    "college.admission_open",
    YesNo(),
    False,
    "Whether the college takes applications at all. Within it, each term has days on which one applies.",
    systems=["college"],
    label="Takes applications",
)
ADMISSION_MODE = declare(
    "college.admission_mode",
    Choice({
        REVIEW: "Staff check the documents, then admit",
        AUTO: "A complete application becomes a student at once, unless somebody like them is on the roll",
    }),
    REVIEW,
    "How an applicant becomes a student. Documents are checked before identity, so review is usual.",
    systems=["college"],
    label="Admission",
)  # fmt: skip
CONSENT = declare(
    "college.admission_consent",
    Text(2_000),
    "I agree that the college uses what I write and send here to decide about my application, to keep my student "
    "record if I am admitted, and to reach me about both. What I wrote is true.",
    "What applicants agree to before they send. Each wording is kept with the applications that agreed to it.",
    systems=["college"],
    label="Applicants' consent",
)
