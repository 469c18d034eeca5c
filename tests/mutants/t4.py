"""Mistakes of threat T4."""

from . import Mutant

MUTANTS: list[Mutant] = []
