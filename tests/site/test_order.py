"""Orders of collections, against sorting by each key alone, the least one first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from castsite.site.order import Facets, in_order, title_key

KEYS = ("title", "date", "weight", "duration", "size", "path")
FACETS = st.builds(
    Facets,
    title=st.sampled_from(["a", "B", "b", "á", "a2", "a10"]),
    date=st.none() | st.sampled_from([-1.5, 0.0, 7.0]),
    weight=st.integers(-1, 1),
    path=st.uuids().map(str),
    duration=st.integers(0, 2),
    size=st.integers(0, 2),
)
SORTS = st.lists(st.tuples(st.sampled_from(["", "-"]), st.sampled_from(KEYS)).map("".join), min_size=1, max_size=4)


def value(item: Facets, name: str) -> object:
    found = getattr(item, name)
    return title_key(found) if name in {"title", "path"} else found


def by_each_key(items: list[Facets], sort: list[str]) -> list[Facets]:
    found = sorted(items, key=lambda item: item.path)
    for key in reversed(sort):
        name = key.removeprefix("-")
        values = sorted({value(item, name) for item in found} - {None})  # type: ignore[type-var]
        values = [*(reversed(values) if key != name else values), None]
        found = [item for each in values for item in found if value(item, name) == each]
    return found


@given(st.lists(FACETS, max_size=12), SORTS)
def test_the_first_key_decides_and_what_is_equal_by_it_the_next(items: list[Facets], sort: list[str]) -> None:
    assert in_order(items, ", ".join(sort), lambda item: item) == by_each_key(items, sort)
