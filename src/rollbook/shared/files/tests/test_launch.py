"""Each item about files is made to fail by breaking what it tries."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rollbook.core.readiness import State
from rollbook.core.tests.attacks import outcome_of
from rollbook.shared.files import launch, storage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_store(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "rollbook.shared.files.storage.LocalFiles",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    return tmp_path / "files"


def test_a_store_that_works_passes_and_keeps_nothing(a_store: Path) -> None:
    outcome = outcome_of(launch.storage_works)

    assert outcome.state in (State.PASS, State.WARN), outcome
    assert set(outcome.evidence["seconds"]) == {"written", "read", "removed"}
    assert not [path for path in a_store.rglob("*") if path.is_file()]


def test_a_store_that_cannot_be_written_is_found(a_store: Path) -> None:
    a_store.write_text("a file where the folder should be")

    outcome = outcome_of(launch.storage_works)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 0, "= 1")
    assert outcome.summary.startswith("The marker could not be written (")


def test_a_store_that_gives_back_something_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "get", lambda key: b"something else")

    outcome = outcome_of(launch.storage_works)

    assert (outcome.state, outcome.summary) == (State.FAIL, "The store gave back something else.")


def test_a_store_that_fills_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_used_percent", lambda: Decimal("81.5"))

    outcome = outcome_of(launch.storage_works)

    assert (outcome.state, outcome.value, outcome.limit) == (State.WARN, Decimal("81.5"), "< 80")


def test_every_bad_file_is_refused_with_its_reason() -> None:
    outcome = outcome_of(launch.uploads_are_checked)

    assert outcome.state is State.PASS, outcome
    assert outcome.evidence["answers"]["a program"] == "FILE_IS_A_PROGRAM"
    assert outcome.evidence["answers"]["too large"] == "FILE_TOO_LARGE"


def test_a_check_that_believes_every_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "check_upload", lambda bucket, content, name: None)

    outcome = outcome_of(launch.uploads_are_checked)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 8, "= 0")
    assert "a program was taken" in outcome.evidence["found"]


def test_a_ceiling_that_is_too_high_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "MOST_BYTES", 100 * 1024 * 1024)

    outcome = outcome_of(launch.uploads_are_checked)

    assert outcome.evidence["found"] == ["the ceiling is 100 MB"]
