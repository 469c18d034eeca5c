import re
from collections.abc import Iterator

from ...engine import Finding, check
from ...notions.writes import RESTORED, contexts
from ...project import Project

CALLS = re.compile(
    r"os\.(putenv|unsetenv|chdir|umask|set[gu]id)|locale\.(setlocale|bindtextdomain|textdomain)|time\.tzset"
    r"|(numpy\.)?random\.seed|socket\.setdefaulttimeout|contextlib\.(redirect_std\w+|chdir)|sys\.path\.(append|insert)"
    r"|sys\.set(recursionlimit|switchinterval|trace|profile)|gettext\.(install|textdomain|bindtextdomain)"
    r"|importlib\.reload|logging\.(disable|setLogRecordFactory)|signal\.(signal|alarm)|gc\.disable"
    r"|warnings\.(simplefilter|filterwarnings|resetwarnings)|numpy\.(set_printoptions|seterr)|pandas\.set_option"
    r"|matplotlib\.pyplot\.(plot|bar|barh|hist|pie|scatter|title|savefig)|(pendulum|i18n)\.set(_locale)?"
)


@check("SF608", threat="T6", stage="static")
def process_wide(project: Project) -> Iterator[Finding]:
    """A request changes what the whole process has only once: environment, folder, locale, a file of a fixed name.

    Why: threads that serve other users see the change at once.

    Bad:
        locale.setlocale(locale.LC_ALL, request.accept_languages.best)

    Good:
        babel.numbers.format_decimal(price, locale=request.accept_languages.best)
    """
    state = project.state
    spots = [(w.module, w.node, w.shared.name, w.node) for w in state.writes if w.shared.kind == "process"]
    for module, call, dotted in project.calls.all():
        if (scope := project.names.scope(module, call)) not in state.live or RESTORED.search(contexts(call, scope)):
            continue
        if CALLS.fullmatch(dotted or "") and not (dotted == "locale.setlocale" and len(call.args) < 2):
            spots.append((module, call, f"{dotted}()", call))
        elif named := state.fixed_file(module, call, dotted or ""):
            written = f", written in {module.path}:{call.lineno}," if named[1] is not call else ""
            spots.append((module, call, f"the file `{named[0]}`{written}", named[1]))
    for module, node, what, told in spots:
        # a lock keeps others from a file, or from the environment of a program that is started; it has no say in
        # who formats a number meanwhile
        alone = state.lock(module, node) is not None and what.startswith(("the file", "os.environ"))
        if not alone and project.values.may_run(module, node):
            yield Finding(
                project.names.module(told).path,
                getattr(told, "lineno", 1),
                f"{what} is one for the whole process and is changed by a request: parallel requests get each other's",
                "pass the value as an argument; set the process up at start; for files `tempfile.TemporaryDirectory()`",
            )
