"""Environment files with keys that git takes along."""

from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.descriptors import DEVELOPMENT
from ...project import Project
from .sf330_key_in_deployment import ENV_FILE, keys_in_file


@check("SF331", threat="T3", stage="static")
def env_file_tracked(project: Project) -> Iterator[Finding]:
    """An environment file with a signing key is not ignored by git.

    Why: a key in a repository stays in its history and in every copy (OWASP ASVS 13.3.1, CWE-798).

    Bad:
        !.env

    Good:
        .env
    """
    for path in project.paths:
        if ENV_FILE.fullmatch(path) and not DEVELOPMENT.search(path) and not project.launch.ignored(path):
            for name, value in keys_in_file(project, path):
                message = f"{name} stands in a file that git does not ignore: every clone can forge sessions"
                yield Finding(path, value.line, message, f"echo '{path}' >> .gitignore, then make a new key")
