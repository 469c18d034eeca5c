from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF604", threat="T6", stage="static")
def cached_request(project: Project) -> Iterator[Finding]:
    """A cached function reads the request, but its key does not hold what it reads; a personal answer is made public.

    Why: the first user's answer is given to all others (CWE-524).

    Bad:
        @functools.cache
        def brand():
            return load(request.headers["X-Tenant"])

    Good:
        @functools.cache
        def brand(tenant):
            return load(tenant)
    """
    for cached in project.state.cached:
        said = f"the results of `{cached.what}` are kept, but it reads {cached.uses}, which is not in the key"
        fix = f"read it outside and pass it: `{cached.what}({cached.uses.rpartition('.')[2]})`"
        yield Finding(cached.module.path, cached.line, f"{said}: the first user's answer is given to all", fix)
    for template, line, read in project.markup.kept:
        said = f"Jinja runs what is imported without context once: what it keeps of {read} is one user's for all"
        yield Finding(template.path, line, said, "import it `with context`, or use that in a macro alone")
    for answer in project.state.published:
        said = f"the answer is made of {answer.uses}, and this lets proxies keep it and give it to others"
        yield Finding(answer.module.path, answer.line, said, "`Cache-Control: private`, or `no-store`")
