"""The words of the checklist: what may be registered, and how journeys are walked."""

from collections.abc import Iterator

import pytest

from rollbook.core import clock, readiness
from rollbook.core.readiness import Context, Outcome, Severity, State, passed
from rollbook.core.tenancy.models import Organisation

HERE = Context("development", clock.now())


def holds(_context: Context) -> Outcome:
    return passed("Fine.")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"profile": "bakery"}, "there is no profile bakery"),
        ({"stages": ("LATER",)}, "the stages are PRE"),
        ({"stages": ()}, "the stages are PRE"),
        ({"remedy": " "}, "say what the person who sees it red shall do"),
    ],
)
def test_an_item_that_lacks_something_cannot_be_registered(facts: dict[str, object], said: str) -> None:
    words = {"title": "T", "how": "H.", "remedy": "R.", "severity": Severity.INFO, "evidence": ()}

    with pytest.raises(ValueError, match=said):
        readiness.register_item(id="PLT-T-01", **{**words, **facts})(holds)


def test_an_id_is_never_used_again_not_even_an_old_one() -> None:
    words = {"title": "T", "how": "H.", "remedy": "R.", "severity": Severity.INFO, "evidence": ()}
    readiness.register_item(id="PLT-T-01", aliases=("PLT-T-00",), **words)(holds)
    try:
        for item_id in ("PLT-T-01", "PLT-T-00"):
            with pytest.raises(ValueError, match="registered twice"):
                readiness.register_item(id=item_id, **words)(holds)
        assert readiness.find_item("PLT-T-00") is readiness.find_item("PLT-T-01")
    finally:
        readiness.forget_item("PLT-T-01")
    assert readiness.find_item("PLT-T-00") is None


@pytest.fixture
def no_journeys() -> Iterator[None]:
    yield
    for journey_id in ("SCH-T-1", "SCH-T-2", "SCH-T-3"):
        readiness.forget_journey(journey_id)


@pytest.mark.django_db
def test_every_journey_is_walked_and_taken_back_and_a_broken_one_stops_no_other(no_journeys: None) -> None:
    @readiness.register_journey(id="SCH-T-1", title="A teacher breaks a leg", profile="school")
    def breaks(_context: Context) -> list[str]:
        raise LookupError

    @readiness.register_journey(id="SCH-T-2", title="A register is taken", profile="school")
    def stumbles(_context: Context) -> list[str]:
        Organisation.objects.create(slug="made", name="Made", system="school", currency="PHP", timezone="UTC")
        return ["nobody was marked present"]

    @readiness.register_journey(id="SCH-T-3", title="A letter is sent", profile="school")
    def walks(_context: Context) -> list[str]:
        return []

    outcome = readiness.walk_journeys("school", HERE)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 2, "= 0")
    assert outcome.evidence["found"] == [
        "SCH-T-1 A teacher breaks a leg: it broke (LookupError)",
        "SCH-T-2 A register is taken: nobody was marked present",
    ]
    assert not Organisation.objects.filter(slug="made").exists()


@pytest.mark.django_db
def test_a_profile_without_journeys_does_not_pass() -> None:
    assert readiness.walk_journeys("messaging", HERE).state is State.FAIL
