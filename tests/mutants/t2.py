"""Mistakes of threat T2."""

from . import Mutant

MUTANTS: list[Mutant] = []

DOCKER_ENV = "BIND=0.0.0.0:8000"
VARIABLE = "      TRUSTED_PROXIES: ${TRUSTED_PROXIES:-0}\n"

# in deployment files
MUTANTS += [
    Mutant("SF230", "Dockerfile", DOCKER_ENV, f"{DOCKER_ENV} FLASK_DEBUG=1", "FLASK_DEBUG=1"),
    Mutant("SF230", "compose.yaml", VARIABLE, f"{VARIABLE}      FLASK_DEBUG: 'on'\n", "FLASK_DEBUG"),
    Mutant("SF230", "gunicorn.conf.py", "preload_app = False", 'raw_env = ["FLASK_DEBUG=true"]'),
    Mutant("SF231", "compose.yaml", VARIABLE, f"{VARIABLE}      WERKZEUG_DEBUG_PIN: 'off'\n", "WERKZEUG_DEBUG_PIN"),
]
