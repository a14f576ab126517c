"""The canonical form is one, whichever encoder writes it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from schemas.payload import canonical, read

_SCALARS = st.none() | st.booleans() | st.integers() | st.text()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


@given(_VALUES)
@example({"å": 1, "a": [2**63, 2**64, -(2**63) - 1], "\u007f": "\u2028\u0000\b\f\t"})
@example({"b": "\U0001f600", "\uffff": 1, "\U00010000": 2})
def test_the_fast_and_the_plain_encoder_agree(value: Any) -> None:
    """Keys by code point, no white space, no needless escapes: as the standard library writes it."""
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical(value) == plain
    assert read(canonical(value).encode("utf-8")) == value
