"""The numbered rules of the college, each in its own few words, in the order of its specification."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chapter:
    """Rules that belong together."""

    title: str
    #: What each rule means, by its number.
    rules: Mapping[str, str]


CHAPTERS = (
    Chapter(
        "Tenancy, time, concurrency",
        {
            "R1": (
                "Every statement runs inside one organisation. Without one there are no rows to read and none can "
                "be written; numbers, settings and files are each organisation's own."
            ),
            "R2": (
                "Locks are taken in one order and gates are read after locking. Who waits too long for a lock is "
                "asked to try again; collisions are tried again three times by the server."
            ),
            "R3": (
                "A request about money or seats carries a key: the same key and body is the first answer again, "
                "another body is refused."
            ),
            "R4": "A window of days holds its whole last day, by the clock of the college.",
        },
    ),
    Chapter(
        "Admission and identity",
        {
            "R5": (
                "One applies while admission is switched on and its window open, with a confirmed address, the "
                "papers that are asked for and consent; who already applied is told so only by mail."
            ),
            "R6": (
                "Applications are looked at by somebody, or admitted at once where the college says so and nobody "
                "like them is known."
            ),
            "R7": "Admitting makes student, number, term and plan in one transaction or none of them, and once only.",
            "R8": "Student numbers count by local year, are never used twice and never taken from the caller.",
            "R9": "The first sign-in is by a link that works once, for 72 hours; there are no passwords to guess.",
        },
    ),
    Chapter(
        "Catalogue",
        {
            "R10": (
                "A curriculum is approved when its prerequisites can be met inside it and none goes in a circle; "
                "units that differ from the programme's are pointed out."
            ),
            "R11": "A subject has units, unless it is said to carry no credit.",
            "R12": "What a subject counts stays while somebody takes it; a change is a new version.",
            "R13": "A prerequisite that would close a circle is refused, with the circle spelt out.",
        },
    ),
    Chapter(
        "Schedule",
        {
            "R14": (
                "Two meetings conflict when weekday, hours and days overlap; touching ends do not, and a meeting "
                "without hours never does."
            ),
            "R15": (
                "Nobody teaches twice at once and no room is used twice at once unless somebody answers for it; a "
                "class never overlaps itself."
            ),
            "R16": "A room that is too small is pointed out; a class is never cut below the seats that are taken.",
            "R17": (
                "Publishing opens the picking of classes for 72 hours; a later change is told to whoever sits in "
                "the class, and whom it would put in two places is named first."
            ),
        },
    ),
    Chapter(
        "Enrolment",
        {
            "R18": "A subject is taken up when every condition holds; all that fail are said, the first one leading.",
            "R19": (
                "30 units in a term and 9 in summer; more only for who is about to graduate, asked for and "
                "approved by two people, and never above 36."
            ),
            "R20": (
                "A prerequisite is met by a finalised pass, a credit or an equivalent; a later failure takes no "
                "pass away."
            ),
            "R21": "Registrars set aside what they may, for a reason that stays; students and cashiers never can.",
            "R22": "A list of subjects is taken up whole or not at all, unless one asks for what is possible.",
            "R23": (
                "Classes are chosen by hours, free seats and code; a block is taken whole, and who did not choose "
                "is placed when the window closes."
            ),
            "R24": "Going to the checkout holds a seat for ten minutes, once more if asked, and then frees it.",
            "R25": "Who waits is offered a freed seat in strict order, for a day; nobody jumps the queue.",
            "R26": (
                "What is dropped in time leaves no trace; later it is a withdrawal, and after that a matter for "
                "the registrar."
            ),
            "R27": (
                "Subjects are taken up once month 1 is paid or covered; a payment that falls through, or an old "
                "balance, holds what comes next."
            ),
            "R28": "A year begins when three quarters of the years before it are earned.",
            "R29": "Who is irregular, and by which subjects.",
            "R30": "What to take next: retakes, what was left behind, then the plan, as far as units allow.",
        },
    ),
    Chapter(
        "Plans and payments",
        {
            "R31": "A total is split to the centavo: the first months carry what does not divide.",
            "R32": (
                "Due days keep the first day, at most the month's end; what is not paid then is overdue the day after."
            ),
            "R33": "Money fills the months in order, whatever month is named.",
            "R34": "A payment is one transaction with all that follows from it; amounts go from 0.01 to 9,999,999.99.",
            "R35": "What is left over is the student's credit: it pays the next term, or is given back by two people.",
            "R36": (
                "A void, a reversal or a refund appends and never edits; months reopen, newest first, and credit "
                "that came from it is withdrawn wherever it went."
            ),
            "R37": "A revised plan keeps paid months, splits the rest anew and loses no money.",
            "R38": (
                "A promissory note covers one month while all before it are settled; not kept, it falls the day after."
            ),
            "R39": (
                "Receipt numbers count by local year without a gap; a receipt is drawn again the same, and says COPY."
            ),
            "R40": "Cash belongs to the cashier's own open shift; a difference above the tolerance needs a supervisor.",
        },
    ),
    Chapter(
        "Exams",
        {
            "R41": (
                "The payment that settles a month issues its permit; lost money suspends it, and new money brings "
                "the same code back."
            ),
            "R42": (
                "Exams follow months by a template; a change leaves permits that are out as they are and says "
                "beforehand who gains and who would lose."
            ),
            "R43": (
                "A certificate, a note, a sponsor or a waiver opens an exam too, and the paper shows neither why "
                "nor what is owed."
            ),
            "R44": (
                "At the door a code says whose it is and whether it is valid, nothing of money; unknown and "
                "foreign codes look alike."
            ),
        },
    ),
    Chapter(
        "Grades and incompletes",
        {
            "R45": "An incomplete has six months in a major subject and twelve in others; days of leave do not count.",
            "R46": (
                "After its last day an incomplete has failed, once, and everybody it concerns is told; work in "
                "the head's hands stops that."
            ),
            "R47": (
                "An incomplete is resolved by professor, registrar and programme head in turn, with a number of "
                "its own scale."
            ),
            "R48": (
                "Only the owner of a class grades it, inside the window, with values of the scale; what is pasted "
                "is checked whole first."
            ),
            "R49": (
                "A sheet is handed in complete and finalised by a registrar; what nobody graded is NG and never a "
                "failure by itself."
            ),
            "R50": "A finalised grade changes only by two people, with a reason and evidence, and keeps its history.",
            "R51": "The average is exact and rounded once, half up; what has no number does not count.",
            "R52": "All attempts count, or the latest, or the best, as the college decides.",
            "R53": "Averages are reckoned again after every cause, and a weekly proof finds no difference.",
            "R54": "Standing and honours go by the average as it is shown and by failed units.",
            "R55": "A failed subject taken again is a retake with its number; an open incomplete is not taken again.",
        },
    ),
    Chapter(
        "Credits, papers, graduation",
        {
            "R56": (
                "What was passed elsewhere is credited by two people: it counts as earned, not in the average, "
                "and who loses it again is told what rested on it."
            ),
            "R57": (
                "A paper is frozen, numbered and verifiable; holds keep it back, links open it for a quarter of "
                "an hour, and revoking ends it at once."
            ),
            "R58": (
                "Who graduates has everything the curriculum asks for and nothing left open; two people confirm "
                "it, the second after a new check."
            ),
        },
    ),
    Chapter(
        "Overrides, settings, audit, notices",
        {
            "R59": (
                "A setting is versioned with author and reason; reaching into the past says first how much it "
                "touches and wants that typed."
            ),
            "R60": "Every change leaves an entry in its own transaction that nobody can alter or remove.",
            "R61": (
                "Notices come once: in the house always, elsewhere as one prefers, and never twice within ten "
                "minutes about the same."
            ),
            "R62": (
                "Cancelling a term before classes drops its subjects, ends its permits and makes credit of what "
                "the refund table gives back."
            ),
            "R63": "What others rest on is never deleted, only put out of use.",
        },
    ),
)

#: Rules that nothing proves yet, and why. It only ever gets shorter.
NO_TEST_YET: Mapping[str, str] = {}

#: What a rule says and the house does not do yet. It only ever gets shorter.
NOT_YET: Mapping[str, str] = {
    "R61": "Elsewhere is by mail; text messages and chat come with the messaging capability, behind the same port.",
}
