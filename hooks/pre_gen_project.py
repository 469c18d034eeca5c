"""Refuse answers that cannot work: all problems at once, each with the rule and an example.

cookiecutter renders this file, then runs it with its own interpreter in the new, still empty folder. That
interpreter may be too old for the service, so nothing here needs more than Python 3.8.
"""

from __future__ import annotations

import sys

# It starts from the shared temporary folder, where a planted module would be imported before a real one.
sys.dont_write_bytecode = True
del sys.path[0]

import json
import keyword
import re
import unicodedata
from importlib import metadata
from pathlib import Path

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PACKAGE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 63  # of a host name's part: slugs become container and service names

TEXTS = {
    "project_name": "Orders API",
    "description": "Takes orders.",
    "author_name": "Ada Lovelace",
    "author_email": "ada@example.com",
}
CHOICES = {
    "license": ("MIT", "Apache-2.0", "BSD-3-Clause", "Proprietary"),
    "example": ("yes", "no"),
    "deploy": ("container", "none"),
    "ci": ("github", "none"),
    "verification": ("full", "static"),
}
# What a service installs or has beside its package: import names and distribution names.
TAKEN = {
    *("blinker", "cachelib", "click", "dotenv", "environs", "flask", "flask_session", "gunicorn", "hiredis"),
    *("itsdangerous", "jinja2", "markupsafe", "marshmallow", "msgspec", "packaging", "python_dotenv"),
    *("typing_extensions", "werkzeug", "yaml"),
    *("ast_serialize", "iniconfig", "librt", "mypy", "mypy_extensions", "mypyc", "pathspec", "pip", "pluggy"),
    *("py", "pygments", "pytest", "pyyaml", "ruff", "setuptools", "types_gunicorn", "types_pyyaml"),
    *("uv", "wheel"),
    *("build", "deploy", "docs", "instance", "src", "static", "templates", "test", "tests", "verify"),
}


def name_problems(answers: dict[str, str]) -> list[str]:
    """What is wrong with the two names that become a folder and a Python package."""
    found = []
    slug, package = answers["project_slug"], answers["package_name"]
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST:
        found.append(
            f"project_slug {slug!r} is not usable: lower-case letters, digits and single '-', a letter first,"
            f" at most {LONGEST} characters, for example 'orders-api'."
        )
    elif slug.replace("-", "_") in TAKEN:
        found.append(
            f"project_slug {slug!r} is not usable: a service made here depends on a package of that name or"
            f" has a folder of that name, for example '{slug}-api'."
        )
    if not PACKAGE.fullmatch(package) or len(package) > LONGEST:
        found.append(
            f"package_name {package!r} is not usable: lower-case letters, digits and single '_', a letter"
            f" first, at most {LONGEST} characters, for example 'orders_api'."
        )
    elif keyword.iskeyword(package) or keyword.issoftkeyword(package):
        found.append(f"package_name {package!r} is not usable: it is a Python keyword, for example '{package}_api'.")
    elif package in sys.stdlib_module_names:
        found.append(
            f"package_name {package!r} is not usable: Python's standard library has a module of that name,"
            f" for example '{package}_api'."
        )
    elif package in TAKEN:
        found.append(
            f"package_name {package!r} is not usable: a service made here installs or has a package of that"
            f" name, for example '{package}_api'."
        )
    return found


def text_problems(answers: dict[str, str]) -> list[str]:
    """Any text that a person could have typed is fine; nothing and control characters are not."""
    found = []
    for question, example in TEXTS.items():
        control = [c for c in answers[question] if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\r\n"]
        if control:
            codes = ", ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(control))
            found.append(f"{question} has control characters ({codes}): plain text, for example '{example}'.")
        if question in ("project_name", "author_name") and not answers[question].strip():
            found.append(f"{question} is empty: some text, for example '{example}'.")
    return found


def choice_problems(answers: dict[str, str]) -> list[str]:
    return [
        f"{question} {answers[question]!r} is not usable: one of {', '.join(choices)}, for example '{choices[0]}'."
        for question, choices in CHOICES.items()
        if answers[question] not in choices
    ]


def tool_problems(python: tuple[int, ...], cookiecutter: str) -> list[str]:
    found = []
    if python < (3, 11):
        found.append(
            f"cookiecutter runs on Python {python[0]}.{python[1]}: 3.11 or newer is needed, for example"
            " `uvx --python 3.13 cookiecutter`."
        )
    # Older ones read `example=no` on the command line as a yes.
    if tuple(int(part) for part in re.findall(r"\d+", cookiecutter)[:2]) < (2, 7):
        found.append(
            f"cookiecutter {cookiecutter} is too old: 2.7 or newer is needed, for example `uvx 'cookiecutter>=2.7'`."
        )
    return found


def target_problems(folder: Path) -> list[str]:
    if not any(folder.iterdir()):
        return []
    return [
        f"'{folder.resolve()}' exists and is not empty: a new folder is needed, for example another"
        " --output-dir, or another project_slug."
    ]


def main() -> int:
    answers = json.loads(r"""{{ cookiecutter | tojson }}""")
    found = tool_problems(sys.version_info[:2], metadata.version("cookiecutter"))
    if sys.version_info >= (3, 11):
        found += name_problems(answers)
    found += text_problems(answers) + choice_problems(answers) + target_problems(Path())
    if found:
        sys.stderr.write("\nNothing was generated:\n")
        sys.stderr.writelines(f"  - {problem}\n" for problem in found)
        sys.stderr.write("\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
