"""The service's settings: read once from the environment, checked, then frozen.

`.env.example` explains each of them. A `.env` beside `pyproject.toml` is read too; the real environment wins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from environs import EnvValidationError, FileAwareEnv, ValidationError, validate

from . import keys
from .refusal import Refused

PROFILES = ("production", "development", "test")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOOPBACK = ("localhost", "127.0.0.1")
N = TypeVar("N", int, float)
MONTH = 30 * 86_400
UNSET = "Environment variable not set."  # what environs says
UNSET_KEY = (
    "is not set. `uv run flask secret-key --write` makes one and puts it into .env, beside pyproject.toml;"
    " a deployment sets SECRET_KEY, or SECRET_KEY_FILE=/run/secrets/secret_key"
)


class Env(FileAwareEnv):
    """Reads NAME, or the file that NAME_FILE names."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        """Collect a file that cannot be read with all other problems. The base ends there."""
        try:
            return super()._get_value(env_key, default)
        except (ValueError, OSError):
            self._errors[f"{env_key}_FILE"].append(
                f"must name a file to read, for example /run/secrets/{env_key.lower()}"
            )
            return ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment may choose. Times are in seconds, sizes in bytes."""

    profile: str
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    session_url: str = field(repr=False)  # Redis' password may be in it
    session_idle: int
    session_absolute: int
    session_max_bytes: int
    session_timeout: float
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    bind: str
    workers: int
    threads: int
    log_level: str
    max_content_length: int
    rate_limit: int  # unsafe requests of one client in a minute
    root: Path

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are for HTTPS alone: always, except on a developer's own machine."""
        return self.profile != "development"

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the environment.

        Raises:
            Refused: with every problem, one a line, naming the variables and never their values.
        """
        root = project_root()
        env = Env(eager=False, strip_whitespace=True)
        try:
            env.read_env(root / ".env", recurse=False)
            settings = cls(
                profile=env.str("APP_ENV", "production", validate=one_of("APP_ENV", PROFILES)),
                secret_key=env.str("SECRET_KEY", validate=strong_key(root)),
                secret_key_fallbacks=tuple(
                    env.list("SECRET_KEY_FALLBACKS", [], subcast=str.strip, validate=each(strong_key(root))) or ()
                ),
                session_url=env.str("SESSION_URL", f"sqlite:///{root}/instance/sessions.sqlite3", validate=STORE),
                session_idle=number(env, "SESSION_IDLE_SECONDS", 1800, 1, MONTH),
                session_absolute=number(env, "SESSION_ABSOLUTE_SECONDS", 43_200, 1, MONTH),
                session_max_bytes=number(env, "SESSION_MAX_BYTES", 65_536, 1024, 1 << 20),
                session_timeout=number(env, "SESSION_TIMEOUT", 1.0, 0.05, 10),
                trusted_hosts=tuple(
                    env.list("TRUSTED_HOSTS", LOOPBACK, subcast=str.strip, validate=[some, each(HOST)]) or ()
                ),
                trusted_proxies=number(env, "TRUSTED_PROXIES", 0, 0, 10),
                bind=env.str("BIND", "127.0.0.1:8000", validate=ADDRESS),
                workers=number(env, "WEB_CONCURRENCY", 2, 1, 256),
                threads=number(env, "THREADS", 4, 1, 256),
                log_level=env.str("LOG_LEVEL", "INFO", validate=one_of("LOG_LEVEL", LOG_LEVELS)),
                max_content_length=number(env, "MAX_CONTENT_LENGTH", 1 << 20, 1024, 1 << 30),
                rate_limit=number(env, "RATE_LIMIT", 120, 1, 1_000_000),
                root=root,
            )
            env.seal()
        except EnvValidationError as error:
            raise Refused(report(error.error_messages)) from None
        except (ValueError, OSError) as error:  # a .env that cannot be read
            raise Refused(str(error)) from None
        return settings


def project_root() -> Path:
    """Return the folder with `pyproject.toml`; the current one where the package is installed without it."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()


def report(problems: Mapping[str, object] | list[str]) -> str:
    """Write one line for each variable that is wrong."""
    lines = []
    for name, messages in dict(problems).items():  # type: ignore[arg-type]
        if f"{name}_FILE" in problems:
            continue  # what is wrong is said there
        text = "; ".join(map(str, messages)) if isinstance(messages, list) else str(messages)
        lines.append(f"{name} {UNSET_KEY if text == UNSET else text}.")
    return "The service does not start:\n  " + "\n  ".join(lines)


def number(env: FileAwareEnv, name: str, default: N, low: float, high: float) -> N:
    """Read a number from `low` to `high`, of the type that `default` has."""
    kind = type(default)

    def check(text: str) -> None:
        try:
            good = low <= kind(text) <= high
        except ValueError:
            good = False
        if not good:
            noun = "a whole number" if kind is int else "a number"
            raise ValidationError(f"must be {noun} from {low} to {high}, for example {name}={default}")

    return kind(env.str(name, str(default), validate=check) or default)


def one_of(name: str, choices: tuple[str, ...]) -> validate.OneOf:
    """Accept one of `choices` and nothing like it."""
    return validate.OneOf(choices, error=f"must be one of {', '.join(choices)}, for example {name}={choices[0]}")


def each(check: Callable[[str], object]) -> Callable[[list[str]], object]:
    """Apply `check` to every item of a list."""
    return lambda items: [check(item) for item in items]


def some(items: list[str]) -> None:
    """Refuse an empty list: without trusted hosts every name would be ours."""
    if not items:
        HOST("")


def strong_key(root: Path) -> Callable[[str], None]:
    """Refuse keys that are short, guessable or published in the repository at `root`."""

    def check(key: str) -> None:
        if weakness := keys.weakness(key):
            raise ValidationError(f"{weakness}: `uv run flask secret-key` prints one")
        if place := keys.published_in(key, root):
            raise ValidationError(
                f"is in {place}, which the repository publishes: take it out of there,"
                " and replace it with what `uv run flask secret-key` prints"
            )

    return check


STORE = validate.Regexp(
    r"(sqlite:///|rediss?://)[^\s]+",
    error="must name a session store, for example sqlite:////var/lib/app/sessions.sqlite3 or rediss://host:6379/0",
)
HOST = validate.Regexp(
    r"(\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])\Z",
    error="must be host names without wildcards; a leading dot covers subdomains, for example TRUSTED_HOSTS=.acme.org",
)
ADDRESS = validate.Regexp(
    r"(([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])|unix:/.+)\Z",
    error="must be an address and a port or a socket's path, for example BIND=0.0.0.0:8000",
)
