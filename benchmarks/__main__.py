"""`python -m benchmarks [WORKLOAD] …`: a scratch installation, everything as in production, measured and removed."""

import os
import subprocess
import sys
from pathlib import Path

from rollbook.site.rehearsal.scratch import scratch_environment

REPOSITORY = Path(__file__).resolve().parent.parent
#: Each is a module that measures, prints, writes its section of docs/benchmarks.md and exits with 1 on a miss.
WORKLOADS = {
    "counter": "benchmarks.session",
    "enrolment": "benchmarks.enrolment",
    "grades": "benchmarks.grades",
    "billing": "benchmarks.billing",
}


def main() -> int:
    """Run one workload in an environment of its own; without a name, the counter's."""
    named = sys.argv[1:2] if sys.argv[1:2] and sys.argv[1] in WORKLOADS else []
    words = sys.argv[1 + len(named) :]
    with scratch_environment() as environment:
        # The supervisor's parts start in another folder and must find the same code.
        paths = [str(REPOSITORY / "src"), str(REPOSITORY), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        command = [sys.executable, "-m", WORKLOADS[named[0] if named else "counter"], *words]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
