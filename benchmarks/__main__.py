"""`python -m benchmarks`: a scratch installation with everything as in production, measured, and removed again."""

import os
import subprocess
import sys
from pathlib import Path

from rollbook.site.rehearsal.scratch import scratch_environment

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the session in an environment of its own."""
    with scratch_environment() as environment:
        # The supervisor's parts start in another folder and must find the same code.
        paths = [str(REPOSITORY / "src"), str(REPOSITORY), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        command = [sys.executable, "-m", "benchmarks.session", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
