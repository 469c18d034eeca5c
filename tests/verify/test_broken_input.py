"""What cannot be judged is named and left out: never a crash, never a hang, never a pass, and never run."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import engine

VERIFY = Path(__file__).parents[2] / "{{cookiecutter.project_slug}}"
APP = """\
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return "fine"
"""
FAULT = "from app import app\n\napp.run(debug=True, host='0.0.0.0')\n"
SECONDS = 20  # of a machine that is busy with other tests; alone none of these takes two
DEEP = 5_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small service in which nothing is found and everything can be read."""
    root = tmp_path / "service"
    (root / "templates").mkdir(parents=True)
    (root / "app.py").write_text(APP)
    (root / "templates" / "index.html").write_text("<p>{{ name }}</p>\n")
    return root


def judge(root: Path) -> engine.Report:
    """The static stage, which may neither crash nor hang."""
    started = time.monotonic()
    report = engine.run(root, ["static"])
    assert time.monotonic() - started < SECONDS
    assert not [f"{each.check.id} {each.status}: {each.reason}" for each in report.results if each.reason]
    return report


def named(report: engine.Report) -> list[str]:
    return [problem.path for problem in report.problems]


def findings(report: engine.Report) -> set[tuple[str, str]]:
    return {(each.check.id, finding.path) for each in report.results for finding in each.findings}


def write(path: str, content: str | bytes) -> Callable[[Path], str]:
    def build(root: Path) -> str:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return build


def link(path: str, target: str) -> Callable[[Path], str]:
    def build(root: Path) -> str:
        (root / path).symlink_to(target)
        return path

    return build


def fifo(root: Path) -> str:
    os.mkfifo(root / "pipe.py")
    return "pipe.py"


def bomb(root: Path) -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    (root / "compose.yaml").write_text("\n".join(lines))
    return "compose.yaml"


def circle(root: Path) -> str:
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    return "two"


BROKEN = {
    "Python that does not parse": write("views.py", "def index(:\n"),
    "Python of another age": write("views.py", "print 'hello'\n"),
    "parentheses without end": write("views.py", "x = " + "(" * DEEP + ")" * DEEP),
    "blocks without end": write("views.py", "".join(" " * n + "if x:\n" for n in range(150)) + " " * 150 + "pass\n"),
    "NUL in Python": write("views.py", "x = 1\0\n"),
    "binary Python": write("views.py", bytes(range(256)) * 40),
    "compiled Python under the wrong name": write("views.py", b"\xa7\r\r\n" + bytes(12) + b"\xe3" + bytes(400)),
    "Latin-1 Python": write("views.py", "name = 'café'\n".encode("latin-1")),
    "UTF-16 Python": write("views.py", "name = 'x'\n".encode("utf-16")),
    "surrogates": write("views.py", b"name = '\xed\xa0\x80'\n"),
    "20 MB of minified JavaScript": write("static/app.min.js", "var a=1;" * (20 << 17)),
    "20 MB of Python": write("data.py", "x = 1\n" * (20 << 17)),
    "a template that does not parse": write("templates/list.html", "{% for row in rows %}<li>{{ row }}\n"),
    "a template nested without end": write("templates/list.html", "{{ " + "(" * DEEP + "x" + ")" * DEEP + " }}"),
    "a template of blocks without end": write("templates/l.html", "{% if x %}" * DEEP + "{% endif %}" * DEEP),
    "a binary template": write("templates/list.html", bytes(range(256))),
    "anchors inside anchors": bomb,
    "YAML that does not parse": write("compose.yaml", "services:\n\tweb: [\n"),
    "YAML nested without end": write("compose.yaml", "[" * DEEP),
    "YAML with lists without end": write("compose.yaml", "services:\n" + "- " * DEEP + "x"),
    "YAML that wants to construct": write("compose.yaml", "services: !!python/object/apply:os.system [id"),
    "TOML that does not parse": write("pyproject.toml", "[tool.verify\n"),
    "TOML nested without end": write("pyproject.toml", "x = " + "[" * DEEP + "]" * DEEP),
    "TOML in Latin-1": write("pyproject.toml", "name = 'café'\n".encode("latin-1")),
    "a link that leads nowhere": link("gone.py", "nothing.py"),
    "a link to itself": link("self.py", "self.py"),
    "links in a circle": circle,
    "a link to the folder it is in": link("again", "."),
    "a link to the folder above": link("up", ".."),
    "a link out of the project": link("hosts.py", "/etc/hosts"),
    "a pipe that nobody writes to": fifo,
    "a device": link("zero.py", "/dev/zero"),
}


@pytest.mark.parametrize("build", BROKEN.values(), ids=BROKEN)
def test_it_is_named_and_what_is_beside_it_is_judged(root: Path, build: Callable[[Path], str]) -> None:
    path = build(root)
    report = judge(root)
    assert path in named(report)
    assert len(named(report)) == (2 if path == "two" else 1)
    assert (report.exit_code, findings(report)) == (2, set())
    (root / "wsgi.py").write_text(FAULT)
    report = judge(root)
    assert path in named(report)
    assert ("SF202", "wsgi.py") in findings(report)
    assert report.exit_code == 1


CHAIN = ".".join(["x"] * DEEP)
FINE = {
    "an empty file": write("views.py", ""),
    "nothing but blanks": write("views.py", " \n\t\n\x0c\n"),
    "a mark at the start": write("views.py", b"\xef\xbb\xbfx = 1\n"),
    "Windows and old Mac lines": write("views.py", "x = 1\r\ny = 2\rz = 3\n"),
    "no newline at the end": write("views.py", "x = 1"),
    "an empty template": write("templates/list.html", ""),
    "an empty compose file": write("compose.yaml", ""),
    "an empty Dockerfile": write("Dockerfile", ""),
    "a Dockerfile that only goes on": write("Dockerfile", "FROM x\nCMD \\\n\\\n\\\n"),
    "quotes that never close": write("Procfile", "web: gunicorn 'app:app\n"),
    "a name with a newline": write("a\nb.py", "x = 1\n"),
    "a name with quotes and braces": write("""{{ '"x' }}.py""", "x = 1\n"),
    "a name that is an option": write("--output=x.py", "x = 1\n"),
    "a name in another alphabet": write("données/Δοκιμή.py", "x = 1\n"),
    "a name that is not text": lambda root: (
        Path(os.fsdecode(bytes(root) + b"/\xff\xfe.py")).write_text("x = 1\n"),
        "",
    )[1],
    "an image": write("static/logo.png", bytes(range(256))),
    "folders without end": write("/".join("d" * 1 for _ in range(200)) + "/x.py", "x = 1\n"),
    "a folder called like a file": write("views.py/x.txt", ""),
}


@pytest.mark.parametrize("build", FINE.values(), ids=FINE)
def test_what_is_odd_but_whole_passes(root: Path, build: Callable[[Path], str]) -> None:
    build(root)
    report = judge(root)
    assert (report.exit_code, named(report), findings(report)) == (0, [], set())


LONG = {
    "additions": "x = " + " + ".join(["'a'"] * DEEP),
    "additions of names": "x = " + " + ".join(["x"] * DEEP),
    "attributes": f"x = {CHAIN}",
    "calls": "x = x" + "()" * DEEP,
    "subscripts": "x = x" + "[0]" * DEEP,
    "calls of methods": "x = x" + ".y()" * DEEP,
    "ors": "x = " + " or ".join(["x"] * DEEP),
    "minuses": "x = " + "-" * DEEP + "1",
    "elifs": "if x:\n    pass\n" + "elif x:\n    pass\n" * DEEP,
    "conditionals": "x = " + "1 if x else " * DEEP + "2",
    "lambdas": "x = " + "lambda: " * DEEP + "0",
    "assignments": "x = 'a'\n" + "x = x + 'a'\n" * (DEEP // 2),
    "names of names": "x0 = 'a'\n" + "".join(f"x{n + 1} = x{n}\n" for n in range(DEEP)),
    "functions of functions": "def f0(): return 1\n" + "".join(f"def f{n + 1}(): return f{n}()\n" for n in range(DEEP)),
    "doublings": "x = 'abc'\n" + "x = x + x\n" * 60,
    "powers": "x = 'a' * 10 ** 12\ny = 9 ** 9 ** 9\n"
    "z = 1 << 10 ** 12\nw = '%1000000000000d' % 1\nv = f'{1:>1000000000000}'\n",
    "a function that calls itself": "def f(x):\n    return f(f(x))\n\n\ny = f(f)\n",
    "functions that call each other": "def f(x):\n    return g(x)\n\n\ndef g(x):\n    return f(x)\n",
    "a class that is its own base": "class A(A):\n    x = A.x\n",
    "classes that are each other's base": "class A(B):\n    pass\n\n\nclass B(A):\n    pass\n",
}
USED = (
    "\napp.config['SECRET_KEY'] = x\napp.config.from_object(x)\napp.run(debug=x)\n@app.get(x)\ndef v():\n    return x\n"
)


@pytest.mark.parametrize("source", LONG.values(), ids=LONG)
def test_what_is_long_or_deep_is_judged_or_named(root: Path, source: str) -> None:
    """Whatever the machine's limits make of it: the report says so, and the rest is judged."""
    (root / "views.py").write_text(f"from app import app\n\n{source}{USED}")
    (root / "wsgi.py").write_text(FAULT)
    report = judge(root)
    assert ("SF202", "wsgi.py") in findings(report)
    assert set(named(report)) <= {"views.py"}


def test_modules_that_import_each_other_in_a_circle(root: Path) -> None:
    for number in range(50):
        (root / f"m{number}.py").write_text(f"from m{(number + 1) % 50} import *\nfrom m{(number + 1) % 50} import x\n")
    (root / "wsgi.py").write_text("from app import app\nfrom m0 import x\n\napp.run(debug=x)\n")
    judge(root)


def test_ten_thousand_files(root: Path) -> None:
    for folder in range(100):
        (root / "static" / str(folder)).mkdir(parents=True)
        for number in range(100):
            (root / "static" / str(folder) / f"{number}.txt").touch()
    report = judge(root)
    assert (report.exit_code, named(report)) == (0, [])


@pytest.mark.parametrize("path", ["locked", "views.py"])
def test_a_folder_or_file_without_permission_is_named(root: Path, path: str) -> None:
    """As somebody whom modes bind: root may read everything."""
    (root / path).mkdir() if path == "locked" else (root / path).write_text("x = 1\n")
    (root / path).chmod(0)
    script = (
        "import os, pathlib\n"
        "from verify import engine\n"
        "engine.all_checks()\n"  # Python itself may be out of nobody's reach
        "if os.getuid() == 0: os.setuid(65534)\n"
        f"report = engine.run(pathlib.Path({str(root)!r}), ['static'])\n"
        "print(report.exit_code, [problem.path for problem in report.problems])\n"
    )
    for folder in [root, *root.parents][: len(root.parts) - 2]:
        folder.chmod(folder.stat().st_mode | 0o055)
    command = [sys.executable, "-B", "-c", script]
    done = subprocess.run(command, cwd=VERIFY, capture_output=True, text=True, timeout=SECONDS)
    (root / path).chmod(0o700)
    assert (done.stdout, done.stderr) == (f"2 ['{path}']\n", "")


KINDS = ["pyproject.toml", "app.py", "gunicorn.conf.py", "config.json", "templates/a.html", "templates/a.j2",
         "Dockerfile", "compose.yaml", "deploy/app.service", "k8s.yaml", "Procfile", "start.sh", ".env",
         ".flaskenv", ".gitignore",
         "fly.toml", "supervisord.conf", ".dockerignore", "static/a.js"]  # fmt: skip
PIECES = [
    "[tool.verify]\n",
    "app = ",
    "accept = [",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "\n",
    "=",
    ":",
    "- ",
    "\\",
    "#",
    "1",
    "é",
    "\0",
]
ANYTHING = st.binary() | st.text().map(str.encode) | st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KINDS), ANYTHING, min_size=1))
def test_no_bytes_in_any_kind_of_file_crash_a_run(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            write(path, content)(Path(folder))
        judge(Path(folder))


def test_an_empty_folder_is_judged(tmp_path: Path) -> None:
    judge(tmp_path)


def test_nothing_of_the_project_is_executed(root: Path) -> None:
    """Not by importing, not as a setting of ours, not through what Python looks for in a folder."""
    trap = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n"
    for name in ("views.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "json.py", "ast.py", "verify.py"):
        (root / name).write_text(trap)
    (root / "app.py").write_text(trap + APP + "import views\n")
    (root / "gunicorn.conf.py").write_text(trap + "wsgi_app = 'app:app'\n")
    (root / "setup.py").write_text(trap)
    (root / "pyproject.toml").write_text("[tool.verify]\napp = 'app:app'\n")
    (root / "templates" / "index.html").write_text("{{ self.__init__.__globals__.os.system('touch ran.ran') }}")
    subprocess.run([sys.executable, "-B", "-m", "verify", "--stage", "static", root], cwd=VERIFY, timeout=SECONDS)
    assert not list(root.rglob("*.ran"))
    assert not list(root.rglob("__pycache__"))


def test_a_report_in_every_format_survives_odd_names(root: Path) -> None:
    (root / 'a"<b>&\n{{ c }}.py').write_text("from app import app\n\napp.run(debug=True)\n")
    Path(os.fsdecode(bytes(root) + b"/\xff\xfe.py")).write_text("from app import app\n\napp.run(debug=True)\n")
    for kind in ("text", "json", "sarif", "html"):
        command = [sys.executable, "-B", "-m", "verify", "--stage", "static", "--format", kind, root]
        done = subprocess.run(command, cwd=VERIFY, capture_output=True, timeout=SECONDS)
        assert (done.returncode, done.stderr) == (1, b""), kind
        assert b"SF202" in done.stdout
