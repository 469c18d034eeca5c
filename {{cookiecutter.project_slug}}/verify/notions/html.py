"""How far a page has come, as a browser reads it, and what a value could do at that place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["data", "code", "html", "quote", "url"]
Harm: TypeAlias = Literal["raw", "name", "source", "unquoted", "json", "quote", "script", "url"]
Verdict: TypeAlias = tuple[Harm, Kind, str] | None  # what it does, which kind of data does it, the place in words

RAW = r"(?:script|style|title|textarea)(?=[\s/>])"  # elements whose content holds no tags
REST = r"""(?:=\s*(?:"[^"]*"|'[^']*'|(?!["'\s]))|[^>=])*"""  # of a tag, up to its end
COMPLETE = re.compile(
    rf"""[^<]+|<(?![a-z/!?]|\Z)|<!--.*?-->|<({RAW}){REST}>.*?</\1(?=[\s/>])|<(?!!--|{RAW})[a-z/!?]{REST}>""",
    re.I | re.S,
)
RAW_ELEMENT = re.compile(f"<({RAW})({REST})>(.*)", re.I | re.S)
TAG = re.compile(
    r"""<([^\s>/]*)(?:[\s/"']|[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*(?=\s))|(?=[\s/]+[^\s/=])))*"""
    r"(.*)",
    re.S,
)
ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)\s*=\s*(["']?)(.*)""", re.S)
TEXT = r"""//[^\n]*\n|/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[^"'`/]+|/(?![/*])"""
SCRIPT = re.compile(rf"(?:{TEXT})*(//|/\*|.?)", re.S)  # and what is open at the end: a comment or a string
ATTRIBUTES = re.compile(r"""\s([^\s=>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']*))?""")
OPENED = re.compile(f"<{REST}")
DATA_BLOCK = re.compile(r"""\btype\s*=\s*["']?(?![^"'\s>]*(?:javascript|ecmascript|module))[^"'\s>]""", re.I)
HANDLER = re.compile(r"on|x-|@|v-|ng-|hx-on|:")
NAVIGATES = {"href", "action", "formaction", "xlink:href", "data", "ping", "manifest"}
AMONG = "among the attributes of a tag"
ENDS = {"'": {"\\"}, '"': {"\\"}, "`": {"\\", "`", "${"}}  # what of an escaped text can end a string of a script
FETCHES = {("script", "src"), ("iframe", "src"), ("frame", "src"), ("embed", "src")}


@dataclass
class Page:
    open: str = ""  # what has begun and not ended: a tag, a comment, or an element of raw text

    def feed(self, text: str) -> None:
        text, at = self.open + text, 0
        while piece := COMPLETE.match(text, at):
            at = piece.end()
        self.open = text[at:]

    def slot(self) -> None:
        """A value is put in here."""
        self.feed("?")

    @property
    def quoted(self) -> bool:
        """Is this between the quotes of an attribute?"""
        if not self.open or self.open.startswith("<!--") or RAW_ELEMENT.match(self.open):
            return False
        attribute = ATTRIBUTE.match(TAG.match(self.open)[2])  # type: ignore[index]  # an open "<" always matches
        return attribute is not None and attribute[2] != ""

    def judge(
        self, json: bool = False, fixed: bool = False, after: str = "", replaced: frozenset[str] = frozenset()
    ) -> Verdict:
        """The harm of a value here. `json`: it went through |tojson; `fixed`: it begins with the page's own text.

        `after` is the text that follows, as far as it is known; `replaced` is what an escaped value has none of.
        """
        if not self.open or self.open.startswith("<!--"):
            return None
        if element := RAW_ELEMENT.match(self.open):
            return _in_raw_text(element[1].lower(), element[2], element[3], json, replaced)
        tag, last = TAG.match(self.open).groups()  # type: ignore[union-attr]  # an open "<" always matches
        attribute = ATTRIBUTE.match(last)
        if attribute is None:
            return "unquoted", "code", AMONG
        name, quote, value = attribute[1].lower(), attribute[2], attribute[3]
        if not quote:
            return "unquoted", "code", f"the unquoted attribute {name}="
        if json and quote == '"':
            return "json", "code", f'the double-quoted attribute {name}="…"'
        if name == "srcdoc" and _sandboxed(self.open + after):
            return None
        if HANDLER.match(name) or name in ("style", "srcdoc"):
            return None if json else ("script", "code", f"the attribute {name}")
        navigates = (name in NAVIGATES or (tag.lower(), name) in FETCHES) and not value.strip()
        if tag.lower() == "meta" and name == "content":  # http-equiv="refresh"
            navigates = re.search(r"\burl\s*=\s*\Z", value, re.I) is not None
        return ("url", "url", f"the URL of <{tag.lower()} {name}>") if navigates and not fixed else None


def _sandboxed(tag: str) -> bool:
    """Does a frame run no scripts, or none of this origin?"""
    given = {name.lower(): value for name, value in ATTRIBUTES.findall(OPENED.match(tag)[0])}  # type: ignore[index]
    allowed = given.get("sandbox", "allow-scripts allow-same-origin").lower().strip("\"'").split()
    return not {"allow-scripts", "allow-same-origin"}.issubset(allowed)


def _in_raw_text(tag: str, attributes: str, text: str, json: bool, replaced: frozenset[str]) -> Verdict:
    if tag == "style":
        return "script", "code", "a <style> element"
    if tag != "script" or DATA_BLOCK.search(attributes):
        return None
    inside = SCRIPT.match(text)[1]  # type: ignore[index]  # it matches any text
    if (json and inside in ("", "'", "//", "/*")) or replaced.issuperset(ENDS.get(inside, {""})):
        return None
    return "script", "code", f"a {inside} string of a script" if inside else "a <script>"
