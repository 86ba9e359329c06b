"""Why the schedule says no."""

from typing import Any

from rollbook.core.errors import NotFound, Refusal


class RoomNotFound(NotFound):
    """We could not find that room. Choose one from the list of rooms."""


class FacultyNotFound(NotFound):
    """We could not find that professor. Choose one from the list of faculty."""


class SubjectNotFound(NotFound):
    """We could not find that subject. Choose one from the catalogue."""


class BlockNotFound(NotFound):
    """We could not find that block. Choose one of the term's blocks."""


class SectionNotFound(NotFound):
    """We could not find that section. It may belong to another term."""


class MeetingNotFound(NotFound):
    """We could not find that meeting. Somebody may have taken it off the schedule."""


class AssignmentNotFound(NotFound):
    """We could not find that assignment. Somebody may have changed it."""


class TimetableNotFound(NotFound):
    """We could not find that timetable file. Check it again."""


class CalendarNotFound(NotFound):
    """This calendar address does not work. Ask for a new one on your own schedule."""


class CodeStands(Refusal):
    """{code} is there already as {what}. Choose another code."""

    code = "CODE_TAKEN"


class FacultyStandsAlready(Refusal):
    """{name} has a profile already: {number}. Open that one."""

    code = "FACULTY_STANDS"


class FacultyNeedsMerge(Refusal):
    """{number} teaches under this entry, so it stays. Keep it, and merge the other entry into it."""

    code = "FACULTY_STANDS"


class RoomIsInUse(Refusal):
    """{room} is booked in {meetings} meetings. Move them to another room first."""

    code = "ROOM_IN_USE"


class FacultyIsTeaching(Refusal):
    """{name} teaches {classes} classes of terms that have not ended. Assign them to somebody else first."""

    code = "FACULTY_IS_TEACHING"


class TermHasEnded(Refusal):
    """{term} is {state}: its schedule stays as it was."""

    code = "TERM_CLOSED"


class SectionCannotMove(Refusal):
    """{section} is {state} and cannot become {wanted}. Possible now: {possible}."""

    code = "INVALID_STATE"


class SectionIsCancelled(Refusal):
    """{section} is cancelled. Add another section instead."""

    code = "INVALID_STATE"


class SectionHasStudents(Refusal):
    """{taken} students are in {section}. Move or drop them first."""

    code = "SECTION_HAS_STUDENTS"


class CapacityBelowSeatsTaken(Refusal):
    """{taken} seats of {section} are taken, so it cannot have {capacity}. Choose {taken} or more."""

    code = "CAPACITY_BELOW_SEATS"


class ScheduleConflict(Refusal):
    """{summary} Choose another hour or room, or save it with a reason if the two belong together."""

    code = "CONFLICT"

    def __init__(self, slots: list[dict[str, Any]], summary: str) -> None:
        super().__init__(slots=slots, summary=summary)

    @property
    def slots(self) -> list[dict[str, Any]]:
        """The meetings in the way."""
        slots: list[dict[str, Any]] = self.facts["slots"]
        return slots


class SectionMeetsItself(ScheduleConflict):
    """{summary} A class cannot meet twice at the same hour; choose another hour."""


class StudentsWouldConflict(Refusal):
    """{count} students have another class at that hour: {first}. Save it all the same only if you told them."""

    code = "STUDENT_CONFLICTS"


class OneOwnerNeeded(Refusal):
    """Somebody must own the grades of {section}. Give them to another professor instead."""

    code = "OWNER_NEEDED"


class NotAPublishableSchedule(Refusal):
    """{summary} Put that right, or publish in spite of it."""

    code = "CHECKLIST_OPEN"


class NothingToPublish(Refusal):
    """{term} has no sections yet. Generate or add them first."""

    code = "NOTHING_TO_PUBLISH"


class ScheduleIsInUse(Refusal):
    """{taken} seats are taken in {term} already, so its schedule stays published. Change single classes instead."""

    code = "SCHEDULE_IN_USE"


class ScheduleNotPublished(Refusal):
    """The schedule of {term} is not published."""

    code = "INVALID_STATE"


class NoActiveCurriculum(Refusal):
    """{programmes}: no curriculum is active, so nobody knows which subjects are due. Activate one first."""

    code = "NO_CURRICULUM"


class TimetableHasErrors(Refusal):
    """{count} lines have errors, so nothing was made. {first} Correct the file and check it again."""

    code = "IMPORT_HAS_ERRORS"
    status = 422


class TimetableCannotMove(Refusal):
    """This timetable was imported already. Nothing was changed."""

    code = "INVALID_STATE"


class NotThatDay(Refusal):
    """{section} does not meet on {day}. Choose a day on which it does."""

    code = "NOT_THAT_DAY"
    status = 422
