from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF603", threat="T6", stage="static")
def shared_default(project: Project) -> Iterator[Finding]:
    """A default that everybody gets (argument, class body, ContextVar, cached result) is changed, or an id or a time.

    Why: Python makes it once, not once a call or an instance: what one request adds, all later ones find (CWE-488),
    and an id or a time is that of the start for all.

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
    for one in project.state.frozen:
        said = f"`{one.what}` is made by {one.uses}() once, when the module is read: all requests get the same"
        fix = "per call: default `None`; per instance: `default_factory=`, or the function itself: `default=uuid4`"
        yield Finding(one.module.path, one.line, said, fix)
