"""The ways in which this room says no."""

from rollbook.core.errors import Refusal


class UnusualBirthDate(Refusal):
    """Born on {birth_date}, this person would be {age}. If that is right, confirm it; else correct it."""

    code = "CONFIRM_BIRTH_DATE"


class PersonIsMerged(Refusal):
    """This entry was found to be the same person as {survivor} and merged. Open that entry instead."""

    code = "PERSON_MERGED"


class SamePerson(Refusal):
    """These are one and the same entry. Choose two different ones."""

    code = "SAME_PERSON"
    status = 422


class IdentifierTaken(Refusal):
    """{value} already belongs to {holder}. Check the number; if both are the same person, merge them."""

    code = "IDENTIFIER_TAKEN"


class NotAMerge(Refusal):
    """This merge was undone already. Reload to see how it stands now."""

    code = "MERGE_UNDONE"


class MergedOnwards(Refusal):
    """{survivor} was merged into somebody else since. Undo that merge first."""

    code = "MERGED_ONWARDS"


class NotRelatedAnyMore(Refusal):
    """This relationship ended on {ended_on} already."""

    code = "RELATIONSHIP_ENDED"


class KeptStill(Refusal):
    """This entry cannot be anonymised yet. {because}"""

    code = "KEPT_STILL"


class NothingToErase(Refusal):
    """Nothing is written down of {name} that could go. What is left belongs to the record."""

    code = "NOTHING_TO_ERASE"
