"""Shell text as the commands that it runs: words with their origin, variables filled in, branches decided."""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass


class Text(str):
    """A string that knows the file and the line that it was written in."""

    path: str
    line: int

    def __new__(cls, value: str, path: str, line: int) -> "Text":
        text = super().__new__(cls, value)
        text.path, text.line = path, line
        return text

    @property
    def value(self) -> str:
        return str(self)


Env = MutableMapping[str, Text]

TOKEN = re.compile(
    r"""(?P<skip>[ \t]+|\\\n|(?<![^\s;&|(])\#[^\n]*|[0-9]*[<>]+&[0-9-])
    |(?P<end>\n|&&|\|\||;;|[;&|()])
    |(?P<word>(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|\$\{[^}\n]{0,300}\}|\$\([^()\n]{0,300}\)
        |[^\s;&|()'"\\]|['"\\])+)""",
    re.VERBOSE,
)
QUOTED = re.compile(r"""'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])""")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?:(:?[-=?+])([^}]*))?\}|(\w+))")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
KEYWORDS = {"if", "then", "elif", "else", "fi", "do", "while", "until", "esac", "!", "{", "}"}
TESTS = {"[", "[[", "test"}
ALL_ARGUMENTS = {"$@", "${@}", "$*"}


def tokens(text: str, path: str, line: int) -> Iterator[tuple[Text, bool]]:
    """Words and, marked True, what ends a command; quotes are still in the words."""
    seen = 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if match["skip"] is None:
            yield Text(match[0], path, line), match["end"] is not None


def unquote(word: str) -> str:
    return QUOTED.sub(lambda m: m[1] or re.sub(r"\\([\"\\$`\n])", r"\1", m[2] or "") or m[3] or "", word)


def expand(word: str, env: MutableMapping[str, Text]) -> str:
    """Variables with a known value or default are filled in, the others stay as they were written."""

    def fill(match: re.Match[str]) -> str:
        known = env.get(match[1] or match[4])
        if known is not None and (known or not (match[2] or "").startswith(":")):
            return match[3] if (match[2] or "").endswith("+") else str(known)
        return match[3] if (match[2] or "")[-1:] in ("-", "=") and match[2] else match[0]

    return VARIABLE.sub(fill, word) if "$" in word else word


def words(text: Text) -> list[Text]:
    """One command line as its words, nothing filled in."""
    return [Text(unquote(word), text.path, word.line) for word, end in tokens(text, text.path, text.line) if not end]


def _test(argv: Sequence[str], env: Env) -> bool | None:
    """What `[ … ]` says; an unset variable is empty. None: not a test that can be told from here."""
    if not argv or argv[0] not in TESTS:
        return None
    args = [VARIABLE.sub("", word) for word in argv[1:] if word not in ("]", "]]")]
    negated = args[:1] == ["!"]
    match args[negated:]:
        case [left, "=" | "==", right]:
            return (left == right) != negated
        case [left, "!=", right]:
            return (left != right) != negated
        case ["-n" | "-z" as flag, value]:
            return (bool(value) == (flag == "-n")) != negated
    return None


@dataclass(slots=True)
class _Block:
    live: bool | None  # None: nobody knows
    subject: str | None = None  # of a `case`
    matched: bool = False


def run(text: Text, env: Env, args: Sequence[Text] = ()) -> Iterator[list[Text]]:
    """The commands of a script in order. Assignments land in `env`; a branch that is not taken is left out."""
    argv: list[Text] = []
    blocks: list[_Block] = []
    patterns: list[str] = []
    skip = False
    for number, arg in enumerate(args, 1):
        env[str(number)] = arg
    for raw, end in [*tokens(text, text.path, text.line), (Text("\n", text.path, text.line), True)]:
        if not end:
            argv += _filled(raw, env, args)
            continue
        while argv and argv[0] in KEYWORDS:
            _enter(blocks, argv.pop(0), argv, env)
        if argv[:1] == ["case"] and argv[2:3] == ["in"]:
            blocks.append(_Block(False, VARIABLE.sub("", argv[1])))
            argv = argv[3:]
        case = blocks[-1] if blocks and blocks[-1].subject is not None else None
        if case and raw in (")", "|") and len(argv) == 1 and case.live is False:
            patterns.append(argv.pop())
            if raw == ")":
                case.live = not case.matched and any(each in ("*", case.subject) for each in patterns)
                case.matched = case.matched or case.live
                patterns = []
        live = not any(block.live is False for block in blocks)
        if argv and live and not skip:
            yield from _command(argv, env)
            if argv[0] == "exec" and len(argv) > 1 and raw != "||" and all(block.live for block in blocks):
                return
        result = _test(argv, env) if raw in ("&&", "||") else None
        skip = raw in ("&&", "||") and (skip or (result is not None and result == (raw == "||")))
        if case and raw == ";;":
            case.live = False
        argv = []


def _filled(raw: Text, env: Env, args: Sequence[Text]) -> list[Text]:
    plain = unquote(raw)
    if plain in ALL_ARGUMENTS:
        return list(args)
    value = plain if raw.startswith("'") else expand(plain, env)
    parts = value.split() if raw.startswith("$") and value != raw else [value]
    return [Text(part, raw.path, raw.line) for part in parts]


def _enter(blocks: list[_Block], word: str, argv: list[Text], env: Env) -> None:
    if word == "if":
        blocks.append(_Block(_test(argv, env)))
    elif word in ("else", "elif") and blocks:
        block = blocks[-1]
        block.matched = block.matched or block.live is True
        unknown = block.live is None
        block.live = False if block.matched else None if unknown else word == "else" or _test(argv, env)
    elif word in ("fi", "esac") and blocks:
        blocks.pop()


def _command(argv: list[Text], env: Env) -> Iterator[list[Text]]:
    if argv[0] in TESTS:
        return
    exported = argv[0] in ("export", "declare", "readonly", "local", "typeset")
    if exported or all(ASSIGNMENT.match(word) for word in argv):
        for word in argv:
            if ASSIGNMENT.match(word):
                name, _, value = word.partition("=")
                env[name] = Text(value, word.path, word.line)
    else:
        yield argv
