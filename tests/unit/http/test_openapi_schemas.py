"""What the document's schemas say beyond what msgspec makes of our structs."""

from datetime import datetime
from typing import Any, Literal

import msgspec
import pytest

import app as _registers_every_route  # noqa: F401
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.openapi import document
from chalicelib.http.openapi_schemas import completed, parameter


class Inner(msgspec.Struct):
    """Sent either way."""

    kind: Literal["a", "b"] = "a"


class Answer(msgspec.Struct):
    """Sent by the API."""

    film_id: str
    because: tuple[str, ...]
    request_id: str
    updated_at: datetime | None
    rating: Literal["like"] | None
    age: Literal[0, 6] = 0
    left: str | msgspec.UnsetType = msgspec.UNSET
    inner: Inner | None = None


class Body(msgspec.Struct):
    """Sent by a client."""

    inner: Inner
    name: str = "nobody"


class AllOptional(msgspec.Struct):
    """A body that may be empty."""

    name: str = "nobody"


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    _, made = msgspec.json.schema_components([Answer, Body, AllOptional], ref_template="#/components/schemas/{name}")
    return completed(made, {"Answer"}, {"Body", "AllOptional"})


def test_ids_times_and_enumerations_say_what_they_are(schemas: dict[str, dict[str, Any]]) -> None:
    fields = schemas["Answer"]["properties"]
    assert fields["film_id"] == {"type": "string", "format": "uuid"}
    assert fields["because"]["items"] == {"type": "string", "format": "uuid"}
    assert fields["request_id"] == {"type": "string"}
    assert fields["updated_at"]["anyOf"] == [{"type": "string", "format": "date-time"}, {"type": "null"}]
    assert fields["rating"]["anyOf"] == [{"type": "string", "enum": ["like"]}, {"type": "null"}]
    assert fields["age"] == {"type": "integer", "enum": [0, 6], "default": 0}


def test_an_answer_is_whole_but_for_what_may_be_unset(schemas: dict[str, dict[str, Any]]) -> None:
    assert schemas["Answer"]["properties"].keys() - set(schemas["Answer"]["required"]) == {"left"}


def test_what_a_body_may_leave_out_stays_so_also_where_an_answer_holds_it(schemas: dict[str, dict[str, Any]]) -> None:
    assert schemas["Body"]["required"] == ["inner"]
    assert "required" not in schemas["AllOptional"]
    assert "required" not in schemas["Inner"]


def test_a_parameter_is_never_null() -> None:
    nullable = {"anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}], "default": None}
    assert parameter("limit", nullable) == {"type": "integer", "maximum": 3}
    assert parameter("limit", {"type": "integer", "default": 20}) == {"type": "integer", "default": 20}
    assert parameter("film_id", {"type": "string"}) == {"type": "string", "format": "uuid"}
    two = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
    assert parameter("either", two) == two


def test_every_time_that_any_answer_holds_has_its_format() -> None:
    """By the declarations: what is a `datetime` there is a `date-time` here, whatever the field is called."""
    described = document(ENDPOINTS)["components"]["schemas"]
    seen = 0
    kinds = [kind for one in ENDPOINTS for kind in (one.answer, one.body) if kind and kind is not dict]
    for info in msgspec.inspect.multi_type_info(kinds):
        assert isinstance(info, msgspec.inspect.StructType)
        for field in info.fields:
            kinds_of_field = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
            if any(isinstance(one, msgspec.inspect.DateTimeType) for one in kinds_of_field):
                seen += 1
                assert "'format': 'date-time'" in str(described[info.cls.__name__]["properties"][field.encode_name])
    assert seen > 5
