"""python -m verify: does this Flask service stand up to the six threats?"""

import argparse
import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from . import engine
from .project import Project
from .reports import FORMATS

STAGES: dict[str, tuple[engine.Stage, ...]] = {each: (each,) for each in engine.STAGES} | {"all": engine.STAGES}
EPILOG = """\
without --stage: all of them for a service made from the template, static and runtime for any other
exit code: 0 clean; 1 something was found; 2 nothing was found, but something could not be checked"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m verify",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("roots", nargs="*", type=Path, default=[Path()], metavar="ROOT", help="project folders (.)")
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report there, not to standard output")
    parser.add_argument("--explain", metavar="ID", help="what a check finds, why, a bad and a good example")
    parser.add_argument("--list", action="store_true", help="every check: id, threat, stage, what it finds")
    return parser


def _explain(id: str) -> str:
    found = {each.id: each for each in engine.all_checks()}.get(id.upper())
    if found is None:
        raise SystemExit(f"there is no check {id!r}; `python -m verify --list` shows them all, for example SF101")
    return f"{found.id} · {found.threat} {engine.THREATS[found.threat]} · {found.stage}\n\n{found.doc}\n"


def _stages(asked: str | None, root: Path) -> tuple[engine.Stage, ...]:
    return STAGES[asked] if asked else engine.STAGES if Project(root).own else ("static", "runtime")


def main(argv: Sequence[str] | None = None) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that what was started is stopped
    # Reports hold names from any alphabet, and names that are none.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    parser = _parser()
    args = parser.parse_args(argv)
    if args.explain or args.list:
        listed = (f"{each.id}  {each.threat}  {each.stage:8} {each.title}\n" for each in engine.all_checks())
        sys.stdout.write(_explain(args.explain) if args.explain else "".join(listed))
        return 0
    for root in args.roots:
        if not root.is_dir():
            parser.error(f"{root} is not a folder: give project roots, for example services/orders")
    reports = [engine.run(root, _stages(args.stage, root)) for root in args.roots]
    if args.output:
        text = FORMATS[args.format](reports, colour=False)
        args.output.write_text(text, encoding="utf-8", errors="backslashreplace")
    else:
        sys.stdout.write(FORMATS[args.format](reports, colour=sys.stdout.isatty()))
    codes = {report.exit_code for report in reports}
    return 1 if 1 in codes else max(codes)


if __name__ == "__main__":
    gc.set_threshold(1_000_000)  # nearly all lives to the end: looking for what does not takes a sixth of the time
    raise SystemExit(main())
