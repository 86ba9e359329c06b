"""The mechanism of the guides can fail: a step too many on either side, another order, an untrue step."""

from pathlib import Path

import pytest

from tests.journeys.guides.guide import Guide, read

PAGE = """# Counting

You need a drawer.

## Count

1. Press **Count** and wait for
   **Done**.

   You will see a sum.

   1200.00 is an example.

2. Run it:

   ```sh
   rollbook books
   ```

   ```text
   all is well
   ```

## Why

Because.
"""
FIRST, SECOND = "Press **Count** and wait for **Done**.", "Run it:"


@pytest.fixture
def guide(tmp_path: Path) -> Guide:
    (tmp_path / "counting.md").write_text(PAGE, "utf-8")
    return Guide("counting", folder=tmp_path)


def does(guide: Guide, *sentences: str, heading: str = "Count") -> list[tuple[object, ...]]:
    """A journey with these steps; what each of them was given."""
    seen: list[tuple[object, ...]] = []
    task = guide.task(heading)
    for sentence in sentences:
        task.step(sentence)(lambda *given: seen.append(given))
    return seen


def test_each_step_is_given_its_bold_words_and_its_blocks(guide):
    seen = does(guide, FIRST, SECOND)

    guide.compare()
    guide.run("Count", "hand")

    assert guide.headings == ["Count"]
    assert seen == [("hand", "Count", "Done"), ("hand", "rollbook books", "all is well")]


@pytest.mark.parametrize(
    "sentences",
    [(), (FIRST,), (SECOND, FIRST), (FIRST, SECOND, "Go home."), (FIRST.replace("**", ""), SECOND)],
    ids=["no function", "a step without function", "another order", "a function without step", "other words"],
)
def test_a_journey_that_is_not_the_page_fails_and_does_nothing(guide, sentences):
    seen = does(guide, *sentences)

    with pytest.raises(AssertionError, match=r"counting\.md \(-\) and its journey \(\+\) differ"):
        guide.compare()
    with pytest.raises(AssertionError, match="differ"):
        guide.run("Count", "hand")
    assert seen == []


def test_a_task_that_only_the_journey_knows_fails(guide):
    does(guide, FIRST, SECOND)
    does(guide, "Go home.", heading="Leave")

    with pytest.raises(AssertionError, match="Leave"):
        guide.compare()


def test_a_task_that_only_the_page_knows_fails(guide):
    with pytest.raises(AssertionError, match="Count"):
        guide.run("Count", "hand")


def test_a_step_that_is_not_true_says_where_it_stands(guide):
    def refuses(hand: object, count: str, done: str) -> None:
        raise LookupError("There is no such button.")

    task = guide.task("Count")
    task.step(FIRST)(refuses)
    task.step(SECOND)(lambda *given: None)

    with pytest.raises(LookupError) as failure:
        guide.run("Count", "hand")
    assert failure.value.__notes__ == [f"counting.md, “Count”, step 1: {FIRST}"]


def test_a_function_has_to_take_every_word_in_bold(guide):
    task = guide.task("Count")
    task.step(FIRST)(lambda hand, count: None)
    task.step(SECOND)(lambda *given: None)

    with pytest.raises(TypeError):
        guide.run("Count", "hand")


def test_what_is_needed_is_prepared_first(guide):
    order: list[str] = []
    task = guide.task("Count", given=lambda hand: order.append("given"))
    task.step(FIRST)(lambda *given: order.append("first"))
    task.step(SECOND)(lambda *given: order.append("second"))

    guide.run("Count", "hand")

    assert order == ["given", "first", "second"]


@pytest.mark.parametrize(
    "page",
    ["1. Press.\n", "## A\n\n1. Press.\n3. Wait.\n", "## A\n1. Press.\n## A\n", "## A\n1. Run:\n   ```\n   ls\n"],
    ids=["before a heading", "miscounted", "the same heading twice", "an open block"],
)
def test_a_page_that_is_not_well_formed_is_refused(page):
    with pytest.raises(AssertionError):
        read(page)
