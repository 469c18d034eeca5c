"""Signing keys that stand in deployment files."""

import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.descriptors import DEVELOPMENT
from ...project import Project
from ...readers.env import variables
from ...readers.shell import Text

KEY = re.compile(
    r"(?:\w+_)?SECRET_?KEY(?:_BASE|_FALLBACKS)?|(?:APP|FLASK|SESSION|COOKIE|JWT|CSRF|SIGNING|TOKEN)_SECRET"
    r"|(?:\w+_)?(?:SESSION|COOKIE|SIGNING|CSRF|JWT|WTF)_(?:SIGNING_)?KEY|(?:\w+_)?(?:PASSWORD|TOKEN|SIGNING)_SALT"
)
# What a script gives a variable that has no value: `: "${KEY:=x}"`, `export KEY="${KEY:-x}"`
DEFAULT = re.compile(r"""[^#]*\$\{(\w+):?=([^}]*)\}|\s*(?:export\s+)?(\w+)=["']?\$\{\3:?-([^}]*)\}""")
OPEN = re.compile(r"|<.*>|/run/secrets/.*|/var/run/.*|/etc/.*|None|null")  # nothing, a placeholder, a path
ENV_FILE = re.compile(r"(?:.*/)?(?:\.env(?:\..+)?|[^/]+\.env)")


def is_literal_key(name: str, value: Text) -> bool:
    """Is this the key itself? Not a substitution, a placeholder or the path of a file."""
    spelt = name.upper().replace("-", "_").replace(".", "_")
    return bool(KEY.fullmatch(spelt)) and not OPEN.fullmatch(value.strip()) and not re.search(r"\$[({\w]", value)


def keys_in_file(project: Project, path: str) -> list[tuple[str, Text]]:
    """The keys of an environment file, by name."""
    return [each for each in variables(path, project.text(path) or "").items() if is_literal_key(*each)]


@check("SF330", threat="T3", stage="static")
def key_in_deployment(project: Project) -> Iterator[Finding]:
    """A signing key stands in a deployment file or workflow, or in an environment file that an image takes along.

    Why: whoever reads the repository or the image signs sessions of any user (OWASP ASVS 13.3.1, CWE-798).

    Bad:
        environment:
          SECRET_KEY: 3f0c...

    Good:
        environment:
          SECRET_KEY: ${SECRET_KEY:?set SECRET_KEY}
    """
    descriptors, commands = project.launch.descriptors, project.launch.commands
    told = set[tuple[str, int]]()
    inside = [given for image in descriptors.images for given in (image.stage.env, image.stage.written)]
    scripts = {command.path: project.text(command.path) or "" for command in commands if command.argv}
    for path, text in scripts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if match := DEFAULT.match(line):
                inside.append({match[1] or match[3]: Text(match[2] or match[4] or "", path, number)})
    for given in [*(command.env for command in commands), *inside]:
        for name, value in given.items():
            place = value.path, value.line
            if is_literal_key(name, value) and not ENV_FILE.fullmatch(value.path) and place not in told:
                told.add(place)
                message = f"{name} is written here, {len(value)} characters: every reader of it can forge sessions"
                fix = f"{name}: ${{{name}:?set {name}}} in compose, secretKeyRef in Kubernetes, secrets in a workflow"
                yield Finding(value.path, value.line, message, fix)
    for copy, path in descriptors.taken(ENV_FILE):
        becomes_real = copy.source.endswith(path.rpartition("/")[2]) and ENV_FILE.fullmatch(copy.target)
        example = DEVELOPMENT.search(copy.target if becomes_real else path)
        for name, _ in () if example else keys_in_file(project, path):
            message = f"the image takes {path} along with {name} in it: every reader of the image can forge sessions"
            yield Finding(copy.source.path, copy.source.line, message, f"echo '{path}' >> .dockerignore")
