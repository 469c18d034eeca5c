"""Commands. They are entry points of the `flask` command, and so work before there is a key."""

import os

import click

from . import keys
from .refusal import Refused
from .settings import project_root


@click.command()
@click.option("--write", is_flag=True, help="Put it into .env instead of printing it.")
def secret_key(write: bool) -> None:
    """Make a new secret key."""
    if not write:
        click.echo(keys.new())
        return
    path = project_root() / ".env"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{path} exists and is left alone: to rotate its key, see README.md.") from None
    with os.fdopen(file, "w") as env:
        env.write(f"SECRET_KEY={keys.new()}\n")
    click.echo(f"A new key is in {path}, which only you can read. Never commit it.")
