"""JSON as models write it: in fences, amid prose, with trailing commas, curly quotes, or its end missing."""

import json
import re
from collections.abc import Iterator

_FENCE = re.compile(r"```[a-zA-Z]*\s*(.*?)(?:```|$)", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_CURLY = str.maketrans("“”„‟″", '"""""')
_CLOSERS = {"{": "}", "[": "]"}
_TEXT_MAX = 40_000  # an answer is a tenth of that; what is longer is not one


def parse_loosely(text: str) -> object | None:
    """The first JSON object or array in the text, repaired where its meaning is plain; None when there is none."""
    text = text[:_TEXT_MAX]
    fenced = _FENCE.search(text)
    for source in ([fenced.group(1)] if fenced else []) + [text]:
        for quoted in (source, source.translate(_CURLY)):
            start = re.search(r"[{\[]", quoted)
            if not start:
                continue
            for attempt in _repaired(quoted[start.start() :]):
                try:
                    found: object = json.loads(attempt, strict=False)
                except (ValueError, RecursionError):
                    continue
                return found
    return None


def _repaired(text: str) -> Iterator[str]:
    """The text up to where its first bracket closes; failing that, closed at its end, or behind its last whole part."""
    whole, open_brackets, in_string, last_part = _scan(text)
    if whole:
        yield text[:whole]
        yield _TRAILING_COMMA.sub(r"\1", text[:whole])
        return
    end = text + ('"' if in_string else "") + "".join(reversed(open_brackets))
    yield _TRAILING_COMMA.sub(r"\1", end)
    if last_part:
        position, brackets = last_part
        yield _TRAILING_COMMA.sub(r"\1", text[:position] + brackets)


def _scan(text: str) -> tuple[int, list[str], bool, tuple[int, str] | None]:
    """Where the first bracket closes (0: nowhere), what is open at the end, and the end of the last whole object with
    the brackets that are missing behind it."""
    closers: list[str] = []
    in_string = escaped = False
    last_part: tuple[int, str] | None = None
    for position, sign in enumerate(text, start=1):
        if in_string:
            in_string = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            in_string = True
        elif sign in _CLOSERS:
            closers.append(_CLOSERS[sign])
        elif sign in "}]" and closers:
            if sign != closers[-1] and sign in closers:  # an inner bracket was forgotten: only a repair can tell
                return 0, closers, False, last_part
            if sign == closers[-1]:
                closers.pop()
            if not closers:
                return position, [], False, last_part
            last_part = (position, "".join(reversed(closers)))
    return 0, closers, in_string, last_part
