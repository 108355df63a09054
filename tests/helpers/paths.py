"""Folders of the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
BENCHMARKS = ROOT / "benchmarks"
TESTS = ROOT / "tests"
GOLDEN = TESTS / "golden"
