"""Mistakes of threat T1."""

from . import Mutant

MUTANTS: list[Mutant] = []
