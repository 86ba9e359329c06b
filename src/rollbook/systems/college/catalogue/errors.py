"""Why the catalogue says no."""

from rollbook.core.errors import Invalid, NotFound, Refusal


class ProgrammeNotFound(NotFound):
    """We could not find that programme. Look it up in the list of programmes."""


class TermNotFound(NotFound):
    """We could not find that term. Look it up in the list of terms."""


class CodeTaken(Refusal):
    """{code} is already there as {what}. Use another code, or change the one that stands."""

    code = "CODE_TAKEN"


class TermStandsAlready(Refusal):
    """The {kind} of {academic_year} is already there. Change that one instead."""

    code = "TERM_STANDS"


class TermCannotMove(Refusal):
    """{term} is {state} and cannot become {wanted} from there. Next it can become: {possible}."""

    code = "INVALID_STATE"


class TermIsClosed(Refusal):
    """{term} is {state}. Its days and windows stay as they are."""

    code = "TERM_CLOSED"


class ProgrammeInactive(Refusal):
    """{programme} takes no new students. Activate the programme first, or choose another one."""

    code = "PROGRAMME_INACTIVE"


class SubjectNotFound(NotFound):
    """We could not find that subject. Look it up in the list of subjects."""


class CurriculumNotFound(NotFound):
    """We could not find that curriculum. Look it up on the page of its programme."""


class EntryNotFound(NotFound):
    """We could not find that subject in the curriculum. Somebody may have taken it out; reload the page."""


class EquivalencyNotFound(NotFound):
    """We could not find that equivalency. Look it up in the list of equivalencies."""


class GradeScaleNotFound(NotFound):
    """We could not find that grade scale. Look it up in the list of grade scales."""


class SubjectInUse(Refusal):
    """{subject} has students in it. Make a new version of the subject: theirs keeps the units they enrolled for."""

    code = "SUBJECT_IN_USE"


class SubjectDecided(Refusal):
    """{subject} stands in {curriculum}, which was approved with these units. Make a new version of the subject."""

    code = "SUBJECT_DECIDED"


class SubjectReplaced(Refusal):
    """{subject} has a new version already: {replacement}. Change that one."""

    code = "SUBJECT_REPLACED"


class SubjectInactive(Refusal):
    """{subject} is not taught any more. Activate it first, or choose another subject."""

    code = "SUBJECT_INACTIVE"


class SubjectPlaced(Refusal):
    """{subject} is in this curriculum already. Move it where it belongs."""

    code = "SUBJECT_PLACED"


class CurriculumNameTaken(Refusal):
    """{programme} has a curriculum called {name} already. Choose another name."""

    code = "CURRICULUM_NAME_TAKEN"


class CurriculumFixed(Refusal):
    """{curriculum} is {state}, so its subjects stay as they are. Copy it, change the copy, and have that approved."""

    code = "CURRICULUM_FIXED"


class CurriculumInUse(Refusal):
    """{curriculum} is followed by {count} students, so it stays as it is. Copy it and change the copy."""

    code = "CURRICULUM_IN_USE"


class CurriculumCannotMove(Refusal):
    """{curriculum} is {state} and cannot become {wanted} from there. Next it can become: {possible}."""

    code = "INVALID_STATE"


class CurriculumUnsound(Refusal):
    """{curriculum} cannot be followed as it stands. {faults} Put that right first."""

    code = "CURRICULUM_UNSOUND"


class PrerequisiteCycle(Refusal):
    """These subjects would wait for each other for ever: {way}. Take one of the steps out."""

    code = "CYCLE"


class EquivalencyStands(Refusal):
    """{subject} stands for {satisfies} already. End that one first."""

    code = "EQUIVALENCY_STANDS"


class EquivalencyEnded(Refusal):
    """That equivalency ended on {day} already."""

    code = "INVALID_STATE"


class ScaleChangedMeanwhile(Refusal):
    """{scale} has version {number} already. Look at that one, then make your change again."""

    code = "VERSION_CONFLICT"
    status = 412


class CurriculumFileHasErrors(Invalid):
    """The file has errors, so nothing was imported. Correct the lines that are named and send it again."""

    code = "FILE_HAS_ERRORS"
