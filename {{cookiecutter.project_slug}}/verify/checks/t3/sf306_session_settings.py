"""Settings of the sessions: their store, its format, how long they and tokens live, how long their ids are."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta

from ...engine import Finding, check
from ...notions.calls import spelt
from ...notions.sessions import IDENTITY, TOKENS, says
from ...notions.values import Const, Origin, Value, parts
from ...project import Project

PICKLED = "pickled: whoever can write to the store runs code"
BAD = {
    ("SESSION_TYPE", "filesystem"): f"on one machine's disk, {PICKLED}",
    ("SESSION_TYPE", "cachelib"): PICKLED,
    ("SESSION_TYPE", "null"): "no session at all",
    ("SESSION_TYPE", "none"): "no session at all",
    ("SESSION_SERIALIZATION_FORMAT", "pickle"): PICKLED,
}
LONGEST = {"PERMANENT_SESSION_LIFETIME": 31, "REMEMBER_COOKIE_DURATION": 366, "JWT_ACCESS_TOKEN_EXPIRES": 31}  # days
STORE = re.compile(r"(\w*redis|valkey)\.")
PUTS = {"set": 2, "setnx": 2, "hset": 9, "sadd": 9}  # and how many arguments say nothing of its end
LIMITS = {"ex", "px", "exat", "pxat", "keepttl"}
GOOD = {"SESSION_TYPE": '"redis"', "SESSION_SERIALIZATION_FORMAT": '"msgpack"', "SESSION_ID_LENGTH": "32"}
GOOD |= dict.fromkeys(LONGEST, "timedelta(hours=12)")


def harm(key: str, value: object) -> str | None:
    """What is wrong with a setting."""
    if key == "SESSION_ID_LENGTH" and isinstance(value, int) and value < 16:  # bytes, ASVS 7.2.3
        return f"{8 * value} bits are found by trying"
    if key in LONGEST:
        days = value.days if isinstance(value, timedelta) else value / 86400 if isinstance(value, int | float) else 0
        return "a stolen session works that long" if days > LONGEST[key] or value is False else None
    return BAD.get((key, str(value).lower()))


def ageless(project: Project) -> Iterator[Origin]:
    """Where a signed token that logs somebody in, from a cookie or a link, is taken whatever its age."""
    names, values, sessions = project.names, project.values, project.sessions
    entered = {names.function(node) for _, node in sessions.logins}
    made = ((one.key, names.function(one.node)) for one in sessions.cookies)
    signed = {key for key, function in made if function and sessions.reads_password(function)}
    entered |= {names.function(one) for _, one, key in sessions.reads if key in signed or says(key, TOKENS | IDENTITY)}
    for module, call, _ in project.calls.all():
        function = names.function(call)
        if not (function and isinstance(call.func, ast.Attribute) and call.func.attr in ("loads", "unsign")):
            continue
        kinds = names.ancestry(names.class_of(module, call.func.value) or "")
        given = values.kwargs(module, call)
        age = values.settle(given.get("max_age", values.of(module, next(iter(call.args[1:]), None))))
        endless = isinstance(age, Const) and age.value is None and "return_timestamp" not in given
        timed = any(kind.startswith("itsdangerous.") and "Time" in kind for kind in kinds)
        if endless and timed and entered & {*project.calls.around(function)}:
            yield module.path, call.lineno


def dated(value: Value) -> bool:
    """Is the time in this?"""
    return getattr(value, "dotted", "").startswith(("time.", "datetime.")) or any(map(dated, parts(value)))


def endless(project: Project) -> Iterator[Origin]:
    """Where the random token of a cookie that logs somebody in is put into Redis to stay, without its time."""
    values, sessions = project.values, project.sessions
    tokens = [values.random(one.given["value"]) for one in sessions.credentials if sessions.opaque(one)]
    for module, call, _ in project.calls.all() if tokens else ():
        given = [values.of(module, arg) for arg in [*call.args, *(word.value for word in call.keywords)]]
        if spelt(call) not in PUTS or not any(values.random(one) in tokens for one in given[:2]):
            continue
        holder = call.func.value if isinstance(call.func, ast.Attribute) else None
        kinds = [project.names.class_of(module, holder) or "", *project.config.makers(values.of(module, holder))]
        function = project.names.function(call)
        around = [node for one in project.calls.around(function) for node in ast.walk(one)] if function else []
        ends = (
            LIMITS & {word.arg for word in call.keywords}
            or len(call.args) > PUTS[spelt(call)]
            or any(map(dated, given))
        )
        later = any(isinstance(node, ast.Call) and "expire" in spelt(node) for node in around)
        if any(map(STORE.match, kinds)) and not ends and not later:
            yield module.path, call.lineno


@check("SF306", threat="T3", stage="static")
def session_settings(project: Project) -> Iterator[Finding]:
    """Sessions are set up unsafely: their store, format or lifetime, the length of their ids, the age of login tokens.

    Why: pickled sessions run code for whoever can write to their store (CWE-502); a stolen cookie works for as long as
    the session lives (ASVS 7.3.1); ids below 128 bits are found by trying (ASVS 7.2.3).

    Bad:
        PERMANENT_SESSION_LIFETIME = timedelta(days=3650)

    Good:
        PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
    """
    for key, good in GOOD.items():
        for write in filter(project.config.holds, project.config.effective(key)):
            value = project.values.settle(write.value)
            if isinstance(value, Const) and (why := harm(key, value.value)):
                yield Finding(write.path, write.line, f"{key} is {value.value}: {why}", f"{key}={good}")
    for path, line in endless(project):
        message = "a token that logs somebody in is kept for ever: so long does a stolen one work"
        yield Finding(path, line, message, "set(key, user, ex=…)  # seconds")
    for path, line in ageless(project):
        message = "a token that logs somebody in is taken whatever its age: a stolen one works for ever"
        yield Finding(path, line, message, "loads(token, max_age=…)  # seconds; unsign() likewise")
