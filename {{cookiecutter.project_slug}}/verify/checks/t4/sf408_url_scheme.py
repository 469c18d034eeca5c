from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project

FIX = "Use url_for(…), or let only http and https through: urlsplit(url).scheme in {'http', 'https'}"


@check("SF408", threat="T4", stage="static")
def url_scheme(project: Project) -> Iterator[Finding]:
    """A link or form target is a URL that the client chose.

    Why: `javascript:` needs no character that escaping touches, and runs when it is followed (ASVS 1.2.2, CWE-79).

    Bad:
        <a href="{{ request.args.next }}">

    Good:
        <a href="{{ url_for('home.index') }}">
    """
    for flaw in project.markup.flaws:
        if flaw.harm == "url":
            message = f"{flaw.source} is {flaw.where}: `javascript:…` runs when it is followed"
            yield Finding(flaw.path, flaw.line, message, FIX)
