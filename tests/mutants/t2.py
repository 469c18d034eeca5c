"""Mistakes of threat T2."""

from . import Mutant

MUTANTS: list[Mutant] = []
