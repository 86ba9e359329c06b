"""The page of the college's rules is what the tests say, and every rule has its test."""

from pathlib import Path

import pytest

from rollbook.site.testing.college_rules import CHAPTERS
from rollbook.site.testing.plugin import repository
from rollbook.site.testing.rules_page import PAGE, faults, page, proofs


@pytest.fixture(scope="module")
def found():
    return proofs(repository())


def test_every_rule_has_its_test_and_the_gaps_are_those_that_are_named(found):
    assert faults(found) == []


def test_the_page_of_rules_is_current(found):
    assert (repository() / PAGE).read_text(encoding="utf-8") == page(found), "run: script/rules"


def test_the_rules_are_r1_to_r63_each_once_in_one_sentence_or_two():
    numbers = [rule for chapter in CHAPTERS for rule in chapter.rules]
    assert numbers == [f"R{number}" for number in range(1, 64)]
    assert all(meaning.endswith(".") for chapter in CHAPTERS for meaning in chapter.rules.values())


def test_marks_of_a_module_a_class_and_a_test_are_all_read(tmp_path: Path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "tests" / "test_sample.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.django_db, pytest.mark.rule('R1')]\n"
        "@pytest.mark.rule('R2', 'R1')\n"
        "def test_one(): ...\n"
        "class TestMany:\n"
        "    @pytest.mark.rule('R3')\n"
        "    def test_two(self): ...\n"
        "def helper(): ...\n",
        encoding="utf-8",
    )

    assert proofs(tmp_path) == {
        "R1": ["tests/test_sample.py::test_one", "tests/test_sample.py::TestMany::test_two"],
        "R2": ["tests/test_sample.py::test_one"],
        "R3": ["tests/test_sample.py::TestMany::test_two"],
    }


def test_a_rule_that_is_not_written_as_text_is_pointed_out(tmp_path: Path):
    for place in ("src", "tests"):
        (tmp_path / place).mkdir()
    sample = tmp_path / "tests" / "test_sample.py"
    sample.write_text("@pytest.mark.rule(45)\ndef test_one(): ...\n", encoding="utf-8")

    with pytest.raises(TypeError, match=r'write rules as text, such as rule\("R45"\)'):
        proofs(tmp_path)


def test_a_rule_without_a_test_and_a_number_that_is_no_rule_are_pointed_out():
    wrong = faults({"R99": ["tests/test_sample.py::test_one"]})

    assert "tests/test_sample.py::test_one names R99, which is no rule." in wrong
    assert "R45 has no test." in wrong
