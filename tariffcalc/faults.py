"""Words pydantic's faults the library's way: the path by name, what was given, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from tariffcalc.errors import InputError, suggest

__all__ = ["input_error", "models_in", "name_of"]

# What is needed where pydantic speaks of Python's types: users write TOML as well.
NEEDED = {
    "dict_type": "a table is needed",
    "model_attributes_type": "a table is needed",
    "model_type": "a table is needed",
    "tuple_type": "a list is needed",
}


def input_error(model: type[BaseModel], error: ValidationError, data: object) -> InputError:
    """Return one error that lists all faults found in ``data`` while building ``model``."""
    faults: list[str] = []
    kinds: list[type[InputError]] = []
    for detail in error.errors(include_url=False):
        fault, kind = _fault(model, dict(detail), data)
        faults.append(fault)
        kinds.append(kind)
    lines = "\n".join(f"  - {fault}" for fault in dict.fromkeys(faults))
    kind = kinds[0] if len(set(kinds)) == 1 else InputError
    return kind(f"{model.__name__} cannot be built:\n{lines}")


def name_of(row: object) -> str | None:
    """Return the name a row carries, whether it is still a table or already an object."""
    name = row.get("name") if isinstance(row, Mapping) else getattr(row, "name", None)
    return name if isinstance(name, str) else None


def _fault(
    model: type[BaseModel], detail: dict[str, Any], data: object
) -> tuple[str, type[InputError]]:
    location = detail["loc"]
    path = _path(location, data)
    prefix = f"{path}: " if path else ""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        allowed = list(_owner(model, location[:-1]).model_fields)
        text = (
            f"unknown field{suggest(location[-1], allowed) or '.'} Allowed: {', '.join(allowed)}."
        )
    elif kind == "missing":
        text = "required, but not given"
    elif kind.startswith("union_tag_"):
        text = _tag_fault(context)
    elif kind == "value_error":
        cause = context["error"]
        error_class = type(cause) if isinstance(cause, InputError) else InputError
        return f"{prefix}{cause}", error_class
    else:
        message = NEEDED.get(kind) or detail["msg"][0].lower() + detail["msg"][1:]
        text = f"{message}, given {_short(detail.get('input'))}"
    return prefix + text, InputError


def _tag_fault(context: Mapping[str, str]) -> str:
    """Word a table whose kind is missing or not one of the kinds there are."""
    if "tag" not in context:
        return "kind: required, but not given"
    kinds = context["expected_tags"].replace("'", "").split(", ")
    hint = suggest(context["tag"], kinds) or "."
    return f"kind: unknown kind {context['tag']!r}{hint} Allowed: {', '.join(kinds)}."


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _path(location: Sequence[int | str], data: object) -> str:
    """Return the dotted path of a fault, with the names of rows in place of their numbers."""
    parts: list[str] = []
    here: object = data
    for part in location:
        step = _step(here, part)
        if step is None:
            continue
        label, here = step
        parts.append(label)
    return ".".join(parts)


def _step(here: object, part: int | str) -> tuple[str, object] | None:
    """Go one part down; None for a part that is only the tag of a union."""
    if isinstance(here, Mapping):
        if isinstance(part, int) and part < len(here):  # the number of a row, not its key
            key = list(here)[part]
            return str(key), here[key]
        if part in here:
            return str(part), here[part]
        return None if here.get("kind") == part else (str(part), None)
    if isinstance(here, list | tuple) and isinstance(part, int):
        row = here[part] if part < len(here) else None
        return name_of(row) or str(part), row
    return str(part), None


def _owner(model: type[BaseModel], location: Sequence[int | str]) -> type[BaseModel]:
    """Return the class in which an unknown field was written."""
    owner = model
    choices: list[type[BaseModel]] = []
    for part in location:
        if choices and isinstance(part, str):
            tagged = [kind for kind in choices if kind.model_fields["kind"].default == part]
            owner, choices = tagged[0], []
        elif part in owner.model_fields:
            found = models_in(owner.model_fields[str(part)].annotation)
            owner, choices = found[0], found if len(found) > 1 else []
    return owner


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the classes of declared objects that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in models_in(part)]
