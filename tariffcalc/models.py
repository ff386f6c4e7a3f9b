"""The base of everything a user declares: frozen, closed, finite, with errors of our own.

A declared object is a pydantic model whose numeric fields carry a unit and a description.
Tuples of named objects (measures, structures, tranches) are written as tables keyed by name, so
that the path of a number is the way through the written form:
``pledge.structures.upfront-cash.project_irr``.
"""

from __future__ import annotations

import datetime as dt
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NoReturn, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from tariffcalc.errors import InputError
from tariffcalc.faults import input_error, name_of

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)  # pydantic's metaclass has no public name

__all__ = [
    "Count",
    "Date",
    "Growth",
    "Model",
    "Money",
    "Name",
    "Named",
    "Number",
    "Rate",
    "Share",
    "Table",
    "Years",
    "as_date",
    "check_number",
    "leaves",
    "number",
    "tree",
]

T = TypeVar("T")
MOST_SHOWN = 220  # characters of the fields that an object prints
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"


def check_number(value: object) -> float:
    """Refuse what is not a finite number: an unknown figure is left out, never written as NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a number is needed, given {value!r}")
    if not abs(value) <= sys.float_info.max:  # NaN compares false; math.isfinite overflows
        given = repr(value) if isinstance(value, float) else "a whole number over 1.8e308"
        raise ValueError(f"a finite number is needed, given {given}; leave out what is unknown")
    return value or 0.0  # −0.0 equals 0.0, and equal scenarios have one hash


def check_fraction(value: object) -> float:
    """Refuse a rate above 10, which is nearly always a percentage."""
    checked = check_number(value)
    if checked > 10:
        raise ValueError(
            f"rates are fractions: {checked:g} means {checked * 100:g}%; "
            f"did you mean {checked / 100:g}?"
        )
    return checked


def read_date(value: object) -> dt.date:
    """Accept a date or its ISO text; a number, or a date with a time of day, is refused."""
    if isinstance(value, dt.datetime):
        raise ValueError(f"a date without a time of day is needed, given {value!r}")
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"a date like 2025-10-17 is needed, given {value!r}") from None


def as_date(value: dt.date | str) -> dt.date:
    """Return a date given as such or as ISO text; anything else is refused."""
    try:
        return read_date(value)
    except ValueError as error:
        raise InputError(f"{error}") from None


def read_named(value: object) -> object:
    """Turn a table keyed by name into the rows it stands for."""
    if not isinstance(value, Mapping):
        return value
    for name, row in value.items():
        own = name_of(row)
        if own is not None and own != name:
            raise ValueError(f"the row {name!r} names itself {own!r}; give it one name")
    return tuple(
        {"name": name, **row} if isinstance(row, Mapping) else row for name, row in value.items()
    )


def check_unique(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse two rows of one name."""
    names = [row.name for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"names must differ; given more than once: {', '.join(twice)}")
    return rows


class Table(dict[str, T]):
    """A table that does not change, for the fields of frozen objects."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise InputError("a table of a declared object cannot be changed; build another one")

    __setitem__: Callable[..., NoReturn] = _refuse
    __delitem__: Callable[..., NoReturn] = _refuse
    __ior__: Callable[..., NoReturn] = _refuse
    clear: Callable[..., NoReturn] = _refuse
    pop: Callable[..., NoReturn] = _refuse
    popitem: Callable[..., NoReturn] = _refuse
    setdefault: Callable[..., NoReturn] = _refuse
    update: Callable[..., NoReturn] = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        """Return a hash that does not depend on the order of the rows."""
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[Table[T]], tuple[dict[str, T]]]:
        """Return how a copy or a pickle is built, without setting rows one by one."""
        return type(self), (dict(self),)


_number = BeforeValidator(check_number)
_fraction = BeforeValidator(check_fraction)

Number = Annotated[float, _number]
Rate = Annotated[float, Field(ge=0), _fraction]
Growth = Annotated[float, Field(gt=-1), _fraction]
Share = Annotated[float, Field(ge=0, le=1), _number]
Money = Annotated[float, Field(ge=0), _number]
Count = Annotated[int, Field(strict=True, ge=0)]
Years = Annotated[int, Field(strict=True, ge=1, le=100)]
Date = Annotated[dt.date, BeforeValidator(read_date)]
Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=80)]


# ``Named[T]``: a tuple of objects with different names, written as a table keyed by name.
Named = Annotated[
    tuple[T, ...],
    BeforeValidator(read_named),
    AfterValidator(check_unique),
    Field(json_schema_extra={"keyed_by": "name"}),
]


def number(unit: str, description: str, **limits: Any) -> Any:
    """Return the field of a number: its unit and its description are part of the contract."""
    return Field(description=description, json_schema_extra={"unit": unit}, **limits)


def signature_of(fields: Mapping[str, FieldInfo]) -> inspect.Signature:
    """Return the call of a model: its fields by keyword, with their defaults; … for made ones."""

    def default(field: FieldInfo) -> Any:
        if field.is_required():
            return inspect.Parameter.empty
        return field.default if field.default_factory is None else ...

    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [inspect.Parameter(name, keyword, default=default(one)) for name, one in fields.items()]
    )


class _Checked(ModelMetaclass):
    """Turns pydantic's error into the library's own, at the outermost call only."""

    def __call__(cls: type[BaseModel], *args: Any, **fields: Any) -> Any:  # type: ignore[misc]  # noqa: N805
        if args:
            raise InputError(f"{cls.__name__} takes keyword arguments only, given {args[0]!r}")
        try:
            return type.__call__(cls, **fields)
        except ValidationError as error:
            raise input_error(cls, error, fields) from None


class Model(BaseModel, metaclass=_Checked):
    """Base of the declared objects: frozen, unknown fields refused, errors all at once."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    __signature__: ClassVar[inspect.Signature]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Let ``help`` and editors name the fields, which the building of errors would hide."""
        super().__pydantic_init_subclass__(**kwargs)
        cls.__signature__ = signature_of(cls.model_fields)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a declared object does not change."""
        raise InputError(f"{type(self).__name__} cannot be changed; build another one")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: a declared object does not change."""
        raise InputError(f"{type(self).__name__} cannot be changed; build another one")

    @classmethod
    def from_tree(cls, data: Mapping[str, Any]) -> Self:
        """Build from nested tables, as read from TOML or JSON."""
        if not isinstance(data, Mapping):
            raise InputError(f"{cls.__name__}: a table is needed, given {data!r}")
        try:
            return cls.model_validate(dict(data))
        except ValidationError as error:
            raise input_error(cls, error, data) from None

    def __repr__(self) -> str:
        """Return the class and its name, or its scalar fields: short, and without addresses."""
        name = getattr(self, "name", None)
        if isinstance(name, str):
            return f"{type(self).__name__}({name!r})"
        scalars = (
            f"{field}={value!r}"
            for field, value in self
            if isinstance(value, str | int | float | dt.date)
        )
        return f"{type(self).__name__}({shown(list(scalars))})"

    def __str__(self) -> str:
        """Return the same."""
        return repr(self)


def shown(fields: list[str]) -> str:
    """Join fields with commas: all of them, or the first and as many as fit, and dots."""
    kept = len(fields)
    while kept > 1 and len(", ".join(fields[:kept])) > MOST_SHOWN:
        kept -= 1
    return ", ".join(fields[:kept] + ["…"] * (kept < len(fields)))


def is_named(model: type[BaseModel], field: str) -> bool:
    """Tell whether a field is a tuple of objects keyed by name."""
    extra = model.model_fields[field].json_schema_extra
    return isinstance(extra, dict) and "keyed_by" in extra


def tree(model: Model, *, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the written form: nested tables, rows keyed by name, fields that are None left out."""
    written: dict[str, Any] = {}
    for field, value in model:
        if field in skip or value is None:
            continue
        if isinstance(value, Model):
            written[field] = tree(value)
        elif is_named(type(model), field):
            written[field] = {row.name: tree(row, skip=("name",)) for row in value}
        elif isinstance(value, tuple):
            written[field] = [list(item) if isinstance(item, tuple) else item for item in value]
        else:
            written[field] = value
    return written


def leaves(
    model: Model, prefix: str = "", *, skip: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any, FieldInfo]]:
    """Walk the written form: each leaf's path, value and field, in order."""
    for field, value in model:
        if field in skip or value is None:
            continue
        path = f"{prefix}{field}"
        if isinstance(value, Model):
            yield from leaves(value, f"{path}.")
        elif is_named(type(model), field):
            for row in value:
                yield from leaves(row, f"{path}.{row.name}.", skip=("name",))
        else:
            yield path, value, type(model).model_fields[field]
