"""Mistakes of threat T3."""

from . import Mutant

MUTANTS: list[Mutant] = []

KEY_OF_COMPOSE = "${SECRET_KEY:?make one"
DOCKER_BIND = "BIND=0.0.0.0:8000"

# in deployment files
MUTANTS += [
    Mutant("SF330", "Dockerfile", DOCKER_BIND, f"{DOCKER_BIND} SECRET_KEY=6f2b9c", "SECRET_KEY=6f2b9c"),
    Mutant("SF330", "compose.yaml", KEY_OF_COMPOSE, "${SECRET_KEY:-not-so-secret} # make one", "SECRET_KEY: "),
    Mutant("SF331", ".gitignore", ".env\n", ".envrc\n", "SECRET_KEY=", ".env"),
]
