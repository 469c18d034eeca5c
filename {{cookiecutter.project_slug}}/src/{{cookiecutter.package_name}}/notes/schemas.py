"""What a note looks like."""

from typing import Annotated

from msgspec import Meta, Struct

Text = Annotated[str, Meta(min_length=1, max_length=500, description="1 to 500 characters are wanted")]


class Note(Struct, forbid_unknown_fields=True):
    """A note as it comes in."""

    text: Text
