"""Input: forms and JSON become typed values here, or a 422 that names every field that is wrong."""

from functools import cache
from itertools import islice
from typing import Any, TypeVar

import msgspec
from flask import request
from msgspec import Meta, Struct
from msgspec.inspect import BoolType, ListType, Metadata, StrType, UnionType, type_info
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from .errors import InvalidInput

S = TypeVar("S", bound=Struct)
MAX_UNKNOWN = 10  # unknown fields that an answer names: it must not outgrow the question


def from_json(schema: type[S]) -> S:
    """Read the request's JSON object.

    Raises:
        BadRequest, UnsupportedMediaType: it is not JSON.
        InvalidInput: it is not what `schema` describes.
    """
    if not request.is_json:
        raise UnsupportedMediaType("JSON is wanted: send Content-Type: application/json.")
    try:
        data = msgspec.json.decode(request.get_data())
    except (msgspec.DecodeError, RecursionError):  # half a surrogate pair and endless nesting too
        raise BadRequest("This is not JSON.") from None
    if not isinstance(data, dict):
        raise InvalidInput({"body": "a JSON object is wanted"})
    return convert(schema, data, strict=True)


def from_form(schema: type[S]) -> S:
    """Read the request's form, as browsers send them: several texts for a list, nothing for a field left blank.

    Raises:
        InvalidInput: it is not what `schema` describes.
    """
    data: dict[str, Any] = dict(request.form.items())
    for name, types in kinds(schema).items():
        texts = request.form.getlist(name)
        if not texts:
            continue
        if ListType in types:
            data[name] = texts
        elif StrType not in types and not texts[0].strip():
            del data[name]
        elif BoolType in types and texts == ["on"]:  # a checkbox without a value
            data[name] = True
    return convert(schema, data, strict=False)


@cache
def kinds(schema: type[Struct]) -> dict[str, set[type]]:
    """Return what kinds of values each field takes; worked out once, for it takes longer than reading the form."""
    found = {}
    for field in msgspec.structs.fields(schema):
        info = type_info(field.type)
        info = info.type if isinstance(info, Metadata) else info
        found[field.encode_name] = {type(one) for one in (info.types if isinstance(info, UnionType) else (info,))}
    return found


def convert(schema: type[S], data: dict[str, Any], *, strict: bool) -> S:
    """Make a `schema` of `data`: text is trimmed, unknown fields are refused."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(schema)}
    wrong = dict.fromkeys(islice(data.keys() - fields.keys(), MAX_UNKNOWN), "no such field")
    values = {}
    for name, field in fields.items():
        if name in data:
            value = data[name].strip() if isinstance(data[name], str) else data[name]
            try:
                values[field.name] = msgspec.convert(value, field.type, strict=strict)
            except msgspec.ValidationError as error:
                wrong[name] = wanted(field.type) or str(error)
        elif field.required:
            wrong[name] = wanted(field.type) or "is missing"
    if wrong:
        raise InvalidInput(wrong)
    return schema(**values)


def wanted(annotation: Any) -> str | None:
    """Return what a field's `Meta(description=…)` says in words."""
    notes = getattr(annotation, "__metadata__", ())
    return next((note.description for note in notes if isinstance(note, Meta)), None)
