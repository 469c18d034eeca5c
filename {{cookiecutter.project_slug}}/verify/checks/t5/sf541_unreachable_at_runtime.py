from collections.abc import Iterator

from ...engine import Finding, check
from ...project import Project


@check("SF541", threat="T5", stage="runtime")
def unreachable_at_runtime(project: Project) -> Iterator[Finding]:
    """A rule of the booted app is never reached: each URL that is built for it is answered by another view.

    Why: a plug-in or a loop may declare what no file shows; the real map has the last word.

    Bad:
        for name in sections: app.add_url_rule("/page", name, views[name])

    Good:
        for name in sections: app.add_url_rule(f"/page/{name}", name, views[name])
    """
    rules = project.runtime["rules"]
    known = {(rule["endpoint"], rule["rule"]): rule for rule in rules}
    for rule in rules:
        own = [rule["endpoint"], rule["rule"]]
        for method in rule["methods"]:
            hits = [sample["got"].get(method, own) for sample in rule["samples"]]
            other = known.get((hits[0][0], hits[0][1])) if hits else None
            if other is None or own in hits or other["view"] == rule["view"]:
                continue
            places = [one for one in (rule["declared"], rule["view"], other["declared"]) if one["file"]]
            if places and not rule["view"]["name"].endswith("NoneType"):  # that only builds URLs
                yield Finding(
                    places[0]["file"],
                    places[0]["line"],
                    f"{method} {rule['samples'][0]['url']} was built for `{rule['rule']}` of `{rule['endpoint']}`, but "
                    f"`{other['rule']}` of `{other['endpoint']}` "
                    f"({other['declared']['file']}:{other['declared']['line']}) answers",
                    f'give one of them a rule or prefix of its own, for example "{rule["rule"].rstrip("/")}-2"',
                )
