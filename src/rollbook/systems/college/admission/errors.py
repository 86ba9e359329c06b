"""Why the college's admission says no."""

from rollbook.core.errors import NotFound, Refusal


class ProgrammeNotFound(NotFound):
    """We could not find that programme. Look at the list of programmes again."""


class NoMonthlyAmount(Refusal):
    """Enter what the student pays a month, at least 0.01. A full scholarship is recorded by the fees office."""

    code = "MONTHLY_AMOUNT_NEEDED"
    status = 422


class BilledBySchedule(Refusal):
    """The fee schedule says what a new student pays here. Leave out the amount, the months and the first day."""

    code = "BILLED_BY_SCHEDULE"
    status = 422


class OtherProgramme(Refusal):
    """Student {number} studies {programme}. Record the transfer to {wanted} first, then admit."""

    code = "OTHER_PROGRAMME"


class ShifterNotMatched(Refusal):
    """Whoever wants another programme studies here already. Match the applicant with their entry first, then admit."""

    code = "SHIFTER_NOT_MATCHED"


class AddressSignsInHere(Refusal):
    """The address of this application signs in here as {name}. Match the applicant with that person's entry first."""

    code = "ADDRESS_IN_USE"
