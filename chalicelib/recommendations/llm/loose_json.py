"""JSON as models write it: in fences, amid prose, with quotes inside quotes, bare keys, or its end missing.

Read by `json-repair`, which knows more ways of writing badly than a reader of our own did. It costs 23 ms to import, so
it is, when it is first needed, in `ask` alone: a function call's arguments mostly come as an object.
"""

import json
from itertools import accumulate

TEXT_MAX = 20_000  # an answer is a fifth of that; what is longer is not one
DEPTH_MAX = 32  # an answer has four; the reader takes seconds for thousands
_STEPS = {"{": 1, "[": 1, "}": -1, "]": -1}


def parse_loosely(text: str) -> object | None:
    """The JSON in the text, repaired where its meaning can be told: an object or a list (also of several values that
    stand in one text); None when there is none."""
    text = text[:TEXT_MAX]
    try:
        found: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        found = _repaired(text)
    return found if isinstance(found, dict | list) else None


def _repaired(text: str) -> object:
    depths = list(accumulate(_STEPS.get(sign, 0) for sign in text))
    if not depths or not 0 < max(depths) <= DEPTH_MAX:
        return None
    if depths[-1] > 0 and "}" in text:  # its end is missing: half an entry may hold half a number
        text = text[: text.rindex("}") + 1]
    import json_repair

    try:
        return json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None
