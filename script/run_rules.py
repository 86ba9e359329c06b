"""Writes docs/reference/college-rules.md: which tests prove which rule of the college.

script/rules            writes the page; says which rules no test names
script/rules R45 R46    runs the tests that name these rules
"""

import sys
from pathlib import Path

import pytest

from rollbook.site.testing.rules_page import PAGE, faults, page, proofs

ROOT = Path(__file__).resolve().parent.parent


def main(rules: list[str]) -> int:
    """Run the tests of some rules, or write the page of all."""
    found = proofs(ROOT)
    if rules:
        unproved = [rule for rule in rules if rule not in found]
        if unproved:
            print(f"No test names {', '.join(unproved)}.")
            return 2
        return int(pytest.main(["-q", *dict.fromkeys(test for rule in rules for test in found[rule])]))
    (ROOT / PAGE).write_text(page(found), encoding="utf-8")
    wrong = faults(found)
    print("\n".join(wrong) or f"{PAGE}: {len(found)} rules are named by a test.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
