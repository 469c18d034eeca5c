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

    def like(self, value: str) -> "Text":
        """Another string from the same place."""
        return Text(value, self.path, self.line)


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
EXPORTS = {"export", "declare", "readonly", "local", "typeset"}
KEYWORDS = {"if", "then", "elif", "else", "fi", "do", "while", "until", "esac", "!", "{", "}"}
TESTS = {"[", "[[", "test"}
ALL_ARGUMENTS = {"$@", "${@}", "$*"}


def tokens(text: Text) -> Iterator[tuple[Text, bool]]:
    """Words and, marked True, what ends a command; quotes are still in the words."""
    line, seen = text.line, 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if match["skip"] is None:
            yield Text(match[0], text.path, line), match["end"] is not None


def unquote(word: str) -> str:
    return QUOTED.sub(lambda m: m[1] or re.sub(r"\\([\"\\$`\n])", r"\1", m[2] or "") or m[3] or "", word)


def expand(word: Text, env: Env) -> Text:
    """Variables with a known value or default are filled in, the others stay as they were written; `:=` sets them.

    A word that is a variable and nothing else comes from where that one was written.
    """
    whole = VARIABLE.fullmatch(word)
    if whole and env.get(whole[1] or whole[4]) and not (whole[2] or "").endswith("+"):
        return env[whole[1] or whole[4]]

    def fill(match: re.Match[str]) -> str:
        operator = match[2] or ""
        known = env.get(match[1] or match[4])
        if known is not None and (known or not operator.startswith(":")):
            return match[3] if operator.endswith("+") else str(known)
        if operator.endswith("="):
            env[match[1]] = word.like(match[3])
        return match[3] if operator.endswith(("-", "=")) else match[0]

    return word.like(VARIABLE.sub(fill, word)) if "$" in word else word


def words(text: Text) -> list[Text]:
    """One command line as its words, nothing filled in."""
    return [word.like(unquote(word)) for word, end in tokens(text) if not end]


def assignments(argv: Sequence[Text]) -> dict[str, Text]:
    """What the words NAME=value among these set."""
    pairs = [(word, word.partition("=")) for word in argv if ASSIGNMENT.match(word)]
    return {name: word.like(value) for word, (name, _, value) in pairs}


def _test(argv: Sequence[str]) -> bool | None:
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
    """An `if` or a `case` that is being read."""

    live: bool | None  # does this branch run? None: nobody knows
    taken: bool = False  # an earlier branch did
    subject: str = ""  # of a `case`
    at_pattern: bool = False


def run(text: Text, env: Env, args: Sequence[Text] = ()) -> Iterator[list[Text]]:
    """The commands of a script in order. Assignments land in `env`; a branch that is not taken is left out."""
    env.update({str(number): arg for number, arg in enumerate(args, 1)})
    argv: list[Text] = []
    blocks: list[_Block] = []
    skip = False

    def runs() -> bool:
        return not skip and all(each.live is not False for each in blocks)

    for raw, end in [*tokens(text), (text.like("\n"), True)]:
        if not end:
            argv += _filled(raw, env if runs() else dict(env), args)
            continue
        while argv and argv[0] in KEYWORDS:
            _enter(blocks, argv.pop(0), argv)
        if argv[:1] == ["case"] and argv[2:3] == ["in"]:
            blocks.append(_Block(False, subject=VARIABLE.sub("", argv[1]), at_pattern=True))
            argv = argv[3:]
        block = blocks[-1] if blocks else _Block(True)
        if block.at_pattern and argv and raw in (")", "|"):
            block.live = block.live or (not block.taken and argv.pop() in ("*", block.subject))
            block.at_pattern = raw == "|"
        elif argv and runs():
            yield from _command(argv, env)
            if argv[0] == "exec" and len(argv) > 1 and raw != "||" and all(each.live for each in blocks):
                return
        result = _test(argv) if raw in ("&&", "||") else None
        skip = raw in ("&&", "||") and (skip or (result is not None and result == (raw == "||")))
        if raw == ";;":
            block.taken, block.live, block.at_pattern = block.taken or block.live is True, False, True
        argv = []


def _filled(raw: Text, env: Env, args: Sequence[Text]) -> list[Text]:
    plain = raw.like(unquote(raw))
    if plain in ALL_ARGUMENTS:
        return list(args)
    value = plain if raw.startswith("'") else expand(plain, env)
    splits = raw.startswith("$") and value != raw  # unquoted: the value may be several words, or none
    return [raw.like(part) for part in value.split()] if splits else [value]


def _enter(blocks: list[_Block], word: str, argv: list[Text]) -> None:
    if word == "if":
        blocks.append(_Block(_test(argv)))
    elif word in ("else", "elif") and blocks:
        block = blocks[-1]
        block.taken = block.taken or block.live is True
        if block.live is not None or block.taken:
            block.live = not block.taken and (word == "else" or _test(argv))
    elif word in ("fi", "esac") and blocks:
        blocks.pop()


def _command(argv: list[Text], env: Env) -> Iterator[list[Text]]:
    if argv[0] in EXPORTS or all(ASSIGNMENT.match(word) for word in argv):
        env.update(assignments(argv))
    elif argv[0] not in TESTS:
        yield argv
