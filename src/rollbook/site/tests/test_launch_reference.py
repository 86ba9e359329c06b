"""The pages about the checklist say what the checklist says."""

from pathlib import Path

from rollbook.core.readiness import PROFILES, items
from rollbook.shared.launch import registry
from rollbook.shared.launch.reference import reference_page

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "launch.md"


def test_the_reference_page_is_written_from_the_items() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_page()


def test_every_item_says_in_full_sentences_how_it_checks_and_what_to_do() -> None:
    registry.load()

    for item in items().values():
        assert item.profile in PROFILES
        assert item.how.endswith("."), item.id
        assert item.remedy.rstrip(")`").endswith("."), item.id
        assert item.title[0].isupper(), item.id
        assert not item.title.endswith("."), item.id


def test_the_checklist_answers_more_than_forty_items_by_itself() -> None:
    registry.load()

    assert len([item_id for item_id in items() if item_id.startswith("PLT-")]) >= 60
