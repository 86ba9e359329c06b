"""Guides lead somewhere: their links and pictures are there, and what they say a screen refuses is what it says."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
CATALOGUE = ROOT / "src" / "rollbook" / "site" / "locale" / "fil" / "LC_MESSAGES" / "django.po"
SOURCES = ROOT / "src" / "rollbook"
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
#: Facts within a sentence, several in a row being one to whoever reads.
_FACT = re.compile(r"(?:(?:\{[^}]*\}|%\(\w+\)s) )*(?:\{[^}]*\}|%\(\w+\)s)")


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_link_and_picture_of_a_guide_is_there(page: Path) -> None:
    gone = [to for to in _LINK.findall(page.read_text("utf-8")) if not (page.parent / to).exists()]
    assert gone == []


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_refusal_in_a_guide_is_one_that_rollbook_says(page: Path) -> None:
    unknown = [said for said in refusals(page.read_text("utf-8")) if not is_said(said)]
    assert unknown == []


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_the_first_page_leads_to_every_guide(page: Path) -> None:
    assert f"(docs/guides/{page.name})" in (ROOT / "README.md").read_text("utf-8")


def test_a_refusal_that_nobody_says_is_noticed() -> None:
    table = "## When it refuses\n\n| it says | do |\n| --- | --- |\n| Computer says no. | cry |\n"
    assert refusals(table) == ["Computer says no."]
    assert not is_said("Computer says no.")
    assert is_said("The reference … was already used for a payment by …. Check whether it was recorded before.")


def refusals(text: str) -> list[str]:
    """The first column of the table under "When it refuses"; … stands for a fact."""
    _, _, after = text.partition("## When it refuses")
    lines = [line.strip() for line in after.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\)\|", line)[1].strip().strip("`") for line in lines[2:]]


def is_said(sentence: str) -> bool:
    """Whether some screen or command says this."""
    words = sentence.rstrip(".")
    return any(words in said for said in (*_on_screens(), _in_sources()))


@cache
def _on_screens() -> tuple[str, ...]:
    with CATALOGUE.open("rb") as file:
        entries = [entry.id for entry in read_po(file) if entry.id]
    words = [word for entry in entries for word in (entry if isinstance(entry, tuple | list) else (entry,))]
    return tuple(_FACT.sub("…", word) for word in words)


@cache
def _in_sources() -> str:
    return "\n".join(_FACT.sub("…", path.read_text("utf-8")) for path in sorted(SOURCES.rglob("*.py")))
