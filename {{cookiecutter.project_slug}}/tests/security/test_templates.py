from collections.abc import Callable
from typing import Any

import click
import pytest
from flask import Flask, render_template_string
from jinja2.exceptions import SecurityError, UndefinedError


def render(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context():
        return render_template_string(source, **values)


@pytest.mark.parametrize("name", ["page.html", "mail.txt", "icon.svg", "feed.xml", None])
def test_every_template_escapes(app: Flask, name: str | None) -> None:
    template = app.jinja_env.from_string("<p>{{ text }}</p>")
    template.name = name
    assert template.render(text="<script>") == "<p>&lt;script&gt;</p>"


@pytest.mark.parametrize(
    "source",
    ["{{ ''.__class__.__mro__[1] }}", "{{ request.application.__globals__ }}", "{{ csp_nonce.__globals__ }}"],
)
def test_a_template_that_an_attacker_wrote_does_not_reach_python(app: Flask, source: str) -> None:
    with pytest.raises((SecurityError, UndefinedError)):
        render(app, source)


def test_the_configuration_with_the_key_is_not_there(app: Flask) -> None:
    with pytest.raises(UndefinedError, match="'config' is undefined"):
        render(app, "{{ config.SECRET_KEY }}")


def test_a_name_that_nobody_passed_is_an_error(app: Flask) -> None:
    with pytest.raises(UndefinedError, match="'usr' is undefined"):
        render(app, "Hello {{ usr }}")


@pytest.mark.parametrize(
    ("attribute", "value", "sentence"),
    [
        ("autoescape", False, "autoescape is not on for every template"),
        ("autoescape", lambda name: True, "autoescape is not on for every template"),
        ("globals", {"config": {}}, "the configuration is among the templates' globals"),
    ],
)
def test_an_environment_without_the_protection_is_refused(
    app: Flask, module: Callable[..., Any], attribute: str, value: object, sentence: str
) -> None:
    setattr(app.jinja_env, attribute, value)
    with pytest.raises(click.ClickException, match=sentence):
        module("security.templates").refuse(app)
