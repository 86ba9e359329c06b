"""A terminal in which the commands of a guide are typed, in an installation of its own."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.journeys.support import ROOT

#: What a terminal keeps from one command to the next is read back through these.
_KEPT = '\nenv --null >"$SHELL_KEEPS/environment"; pwd >"$SHELL_KEEPS/folder"'
_SLOWEST_SECONDS = 300


@dataclass
class Terminal:
    """Types blocks of commands; what they export and where they go stays, as in a terminal that is left open."""

    environment: dict[str, str]
    keeps: Path
    folder: Path = ROOT
    said: list[str] = field(default_factory=list)

    def type(self, block: str, answer: str = "") -> str:
        """Run the commands; all must succeed, and answer in these lines (… stands for anything)."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block + _KEPT], env=self.environment | {"SHELL_KEEPS": str(self.keeps)},
            cwd=self.folder, text=True, capture_output=True, timeout=_SLOWEST_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\nended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        lines = (self.keeps / "environment").read_text("utf-8").split("\0")
        self.environment = dict(line.split("=", 1) for line in lines if "=" in line)
        self.folder = Path((self.keeps / "folder").read_text("utf-8").strip())
        self.said.append(done.stdout)
        missing = lines_missing(answer, done.stdout)
        assert not missing, f"{block}\nwas to say:\n{missing}\nbut said:\n{done.stdout}\n{done.stderr}"
        return done.stdout


def lines_missing(answer: str, said: str) -> str:
    """The first line of an answer that was not said, in its order."""
    at = 0
    for line in answer.splitlines():
        pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
        found = re.compile(pattern).search(said, at)
        if not found:
            return line
        at = found.end()
    return ""


def bare_environment(home: Path, port: int) -> dict[str, str]:
    """Nothing of the tests' own database or settings reaches the installation."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("ROLLBOOK_", "DATABASE_", "DJANGO_"))
    }
    return inherited | {"ROLLBOOK_HOME": str(home), "ROLLBOOK_PORT": str(port), "ROLLBOOK_LOG_LEVEL": "WARNING"}
