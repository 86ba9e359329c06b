from datetime import date
from uuid import UUID, uuid4

import pytest

from rollbook.shared.jobs import arguments
from rollbook.shared.jobs.arguments import BadArgumentsError


def a_job(*, organisation_id: UUID, payment_ids: list[UUID], day: date, count: int | None) -> None:
    """A function with every kind of argument."""


def test_ids_numbers_and_dates_come_back_as_they_went() -> None:
    parameters = arguments.declared(a_job)
    values = {"organisation_id": uuid4(), "payment_ids": [uuid4()], "day": date(2031, 7, 1), "count": None}

    assert arguments.decode(parameters, arguments.encode(parameters, values)) == values


def test_an_optional_argument_may_be_left_out_and_a_needed_one_may_not() -> None:
    parameters = arguments.declared(a_job)
    needed = {"organisation_id": uuid4(), "payment_ids": [], "day": date(2031, 7, 1)}

    assert arguments.encode(parameters, needed)["count"] is None
    with pytest.raises(BadArgumentsError, match="needs `day`"):
        arguments.encode(parameters, {"organisation_id": uuid4(), "payment_ids": []})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", "2031-07-01"),
        ("organisation_id", "Maria Santos"),
        ("payment_ids", ["x"]),
        ("count", 1.5),
        ("count", True),
    ],
)
def test_anything_but_ids_numbers_and_dates_is_refused(name: str, value: object) -> None:
    parameters = arguments.declared(a_job)
    values = {"organisation_id": uuid4(), "payment_ids": [], "day": date(2031, 7, 1), name: value}

    with pytest.raises(BadArgumentsError):
        arguments.encode(parameters, values)


def test_a_job_that_takes_text_cannot_be_declared() -> None:
    def greet(*, organisation_id: UUID, name: str) -> None:
        """Would carry a person's name in the queue."""

    with pytest.raises(BadArgumentsError, match="`name` must be a UUID"):
        arguments.declared(greet)


def test_a_job_with_positional_arguments_cannot_be_declared() -> None:
    def greet(organisation_id: UUID) -> None:
        """Could be called with arguments in the wrong order."""

    with pytest.raises(BadArgumentsError, match="write `\\*` first"):
        arguments.declared(greet)


def test_an_unknown_argument_is_refused() -> None:
    parameters = arguments.declared(a_job)

    with pytest.raises(BadArgumentsError, match="Unknown argument of the job: amount"):
        arguments.encode(parameters, {"amount": 5})


def test_more_than_a_thousand_ids_are_for_the_job_to_claim() -> None:
    parameters = arguments.declared(a_job)
    values = {"organisation_id": uuid4(), "payment_ids": [uuid4()] * 1001, "day": date(2031, 7, 1)}

    with pytest.raises(BadArgumentsError, match="1001 ids"):
        arguments.encode(parameters, values)
