"""Mistakes of threat T3."""

from . import Mutant

MUTANTS: list[Mutant] = []
