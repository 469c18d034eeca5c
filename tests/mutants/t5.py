"""Mistakes of threat T5."""

from . import Mutant

MUTANTS: list[Mutant] = []
