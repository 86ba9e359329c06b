"""Speed of Rollbook beside hand-written SQL that does the same, on one machine in one run: `python -m benchmarks`."""
