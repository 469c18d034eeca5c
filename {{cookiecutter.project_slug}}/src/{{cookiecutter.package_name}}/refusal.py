"""What the service says when it must not start."""

import click


class Refused(click.ClickException):
    """The service does not start; the message says what was seen, what is wanted and an example.

    A click error, because the `flask` command then prints the sentence instead of a traceback.
    """
