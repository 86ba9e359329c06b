"""Guides that are run: a page of docs/guides and its journey are one thing, step by step.

A guide is Markdown for a tired person. Every heading that has numbered steps is a task; every numbered step, in order,
is one function of the journey, registered under exactly the step's words:

    guide = Guide("cashier")
    take = guide.task("Take a payment", given=an_open_shift)

    @take.step("Type the amount into **Amount** and press **Enter**.")
    def _(desk, amount, enter):            # the words in bold: what the guide says is what is clicked
        desk.page.get_by_label(amount, exact=True).fill("5000")
        desk.page.keyboard.press(enter)

    @pytest.mark.parametrize("task", guide.headings)
    def test_the_guide_is_true(task, desk):
        guide.run(task, desk)

    def test_the_guide_has_no_step_and_the_journey_no_function_too_many():
        guide.compare()

After the words in bold a function is given the fenced blocks of its step, for instance commands and what they answer.
A step without its function, a function without its step, and steps in another order fail.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import ndiff
from pathlib import Path
from textwrap import dedent
from typing import Any

GUIDES = Path(__file__).resolve().parents[3] / "docs" / "guides"
_STEP = re.compile(r"(\d+)\. +(?=\S)")
_FENCE = re.compile(r" *```")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
#: Neither a list within the step, nor a picture, nor a table.
_GOES_ON = re.compile(r" +(?![-*+] |!\[|\||\s)")


@dataclass
class Step:
    """What the page says in one numbered step: its first paragraph, and its fenced blocks."""

    number: int
    sentence: str
    blocks: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What stands in bold, then the blocks."""
        return [*_BOLD.findall(self.sentence), *self.blocks]


def read(text: str) -> dict[str, list[Step]]:
    """The tasks of a page, by their headings, each with its steps."""
    tasks: dict[str, list[Step]] = {}
    steps: list[Step] | None = None
    is_said = False
    lines = iter(text.splitlines())
    for line in lines:
        found = _STEP.match(line)
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
            assert heading not in tasks, f"Two headings are called “{heading}”."
            steps = tasks.setdefault(heading, [])
            is_said = False
        elif found:
            assert steps is not None, f"A step stands before the first heading: {line}"
            assert int(found[1]) == len(steps) + 1, f"Step {len(steps) + 1} is expected, not: {line}"
            steps.append(Step(len(steps) + 1, line[found.end() :].strip()))
            is_said = True
        elif _FENCE.match(line):
            block = _until_the_fence_closes(lines)
            if steps and line.startswith(" "):
                steps[-1].blocks.append(block)
            is_said = False
        elif is_said and steps and _GOES_ON.match(line):
            steps[-1].sentence += " " + line.strip()
        else:
            is_said = False
    return {heading: steps for heading, steps in tasks.items() if steps}


def _until_the_fence_closes(lines: Any) -> str:
    block = []
    for line in lines:
        if _FENCE.match(line):
            return dedent("\n".join(block)).strip()
        block.append(line)
    raise AssertionError("A block is not closed: " + " / ".join(block[:3]))


@dataclass
class Task:
    """One task of a guide, as the journey does it."""

    heading: str
    given: Callable[[Any], Any] | None
    steps: list[tuple[str, Callable[..., Any]]] = field(default_factory=list)

    def step(self, sentence: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """This function does the step that says just this."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.steps.append((sentence, function))
            return function

        return register


class Guide:
    """A page of docs/guides, and the functions that do what it says."""

    def __init__(self, name: str, *, folder: Path = GUIDES) -> None:
        self.page = folder / f"{name}.md"
        self.told = read(self.page.read_text("utf-8"))
        self.done: dict[str, Task] = {}

    @property
    def headings(self) -> list[str]:
        """The tasks that the page tells, in its order."""
        return list(self.told)

    def task(self, heading: str, *, given: Callable[[Any], Any] | None = None) -> Task:
        """The task under this heading; `given` prepares what the page says one needs."""
        assert heading not in self.done, f"“{heading}” is registered twice."
        return self.done.setdefault(heading, Task(heading, given))

    def compare(self) -> None:
        """The page and the journey have the same tasks with the same steps in the same order."""
        told = [line for heading, steps in self.told.items() for line in (heading, *(step.sentence for step in steps))]
        done = [line for task in self.done.values() for line in (task.heading, *(said for said, _ in task.steps))]
        assert told == done, self._unlike(told, done)

    def run(self, heading: str, hand: Any) -> None:
        """Do one task as the page tells it. The first step that fails says where in the page it stands."""
        told = self.told[heading]
        task = self.done.get(heading) or Task(heading, None)
        sentences, registered = [step.sentence for step in told], [sentence for sentence, _ in task.steps]
        assert sentences == registered, self._unlike(sentences, registered)
        if task.given:
            task.given(hand)
        for step, (_, function) in zip(told, task.steps, strict=True):
            try:
                function(hand, *step.words)
            except BaseException as failure:
                failure.add_note(f"{self.page.name}, “{heading}”, step {step.number}: {step.sentence}")
                raise

    def _unlike(self, told: list[str], done: list[str]) -> str:
        changes = [line for line in ndiff(told, done) if line[0] in "-+"]
        return "\n".join([f"{self.page.name} (-) and its journey (+) differ:", *changes])
