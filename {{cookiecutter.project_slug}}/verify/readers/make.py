"""Makefiles as the shell text that their targets run."""

import re

from .shell import ASSIGNMENT, Env, Text

VARIABLE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*(\?|\+|:{1,3})?=\s*(.*)")
RULE = re.compile(r"([\w./-][\w./ \t-]*?)\s*::?(?!=)\s*([^#;]*)")


def recipe(path: str, text: str, words: list[Text], env: Env) -> Text:
    """What `make` runs for these words, each line where it stands; the variables of the file land in `env`."""
    needs: dict[str, list[str]] = {}
    lines: list[tuple[str, str]] = []
    current = ""
    for number, line in enumerate(text.split("\n"), 1):
        own = ""
        if line.startswith("\t"):
            own = re.sub(r"\$\(([A-Za-z_]\w*)\)", r"${\1}", line.strip().lstrip("@-+")).replace("$$", "$")
        elif variable := VARIABLE.fullmatch(line.strip()):
            given = variable[1] in env and variable[2] == "?"
            if not given and not any(word.startswith(f"{variable[1]}=") for word in words):
                env[variable[1]] = Text(variable[3], path, number)
        elif rule := RULE.match(line):
            for current in rule[1].split():
                needs.setdefault(current, []).extend(rule[2].split())
        lines.append((current, own))
    first = next((name for name in needs if not name.startswith(".")), "")
    goals = [str(word) for word in words if word in needs and not ASSIGNMENT.match(word)] or [first]
    for goal in goals:
        goals += [need for need in needs.get(goal, ()) if need not in goals]
    return Text("\n".join(own if current in goals else "" for current, own in lines), path, 1)
