from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF603", threat="T6", stage="static")
def shared_default(project: Project) -> Iterator[Finding]:
    """A default object that everybody gets (argument, class body, ContextVar, cached result) is changed in place.

    Why: Python makes it once, not once a call or an instance: what one request adds, all later ones find (CWE-488).

    Bad:
        def options(args, base={}):
            base.update(args)
            return base

    Good:
        def options(args, base=MappingProxyType({})):
            return {**base, **args}
    """
    for fault in project.state.faults("default"):
        shared, write = fault.write.shared, fault.write
        yield Finding(
            fault.module.path,
            fault.line,
            f"`{shared.name}` is made once for all requests, and {write.module.path}:{write.line} changes it in "
            "place: one user's data stays for the next",
            "make it per call: default `None` and `x = {} if x is None else dict(x)`; per instance: in "
            "`__init__` or `field(default_factory=dict)`; of a ContextVar or a cache: change a copy",
        )
