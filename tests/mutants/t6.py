"""Mistakes of threat T6."""

from . import Mutant

MUTANTS: list[Mutant] = []
