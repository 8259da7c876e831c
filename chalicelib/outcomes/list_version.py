"""A list's version says of itself what put a film into each of its places, so that what is told of a list later can be
counted by source although the list has long been replaced: nothing has to be kept, read or looked up for it.

`17.p3g2p5t90` is the seventeenth list, of three places by likes, two by the model, five by likes and ninety by the top
list; a run of one has no number. `17.p3g2@v1~no-model:default`: the model was asked by version `v1` of the prompt, for
a viewer in that arm of that experiment.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from chalicelib.outcomes.experiments.assignment import ARMS, arms_in

LETTERS = {"gigachat": "g", "personal": "p", "top": "t"}
SOURCES = {letter: source for source, letter in LETTERS.items()}
LENGTH_MAX = 500  # of 200 places, each by another source than its neighbour's, 210; of six experiments 251
_PROMPT = re.compile(r"[a-z][a-z0-9-]{0,15}", re.ASCII)
_WHOLE = re.compile(rf"(\w{{1,12}})\.((?:[gpt]\d{{0,4}})*)(?:@({_PROMPT.pattern}))?(?:~({ARMS.pattern}))?", re.ASCII)
_RUN = re.compile(r"([gpt])(\d*)")


def list_version(version: str, sources: Iterable[str], arms: str = "", prompt_version: str = "") -> str:
    """The version of a list as clients are told it; `sources` from the first place on, `arms` of its viewer, and the
    version of the prompt that the model was asked by."""
    runs = ((LETTERS[source], len(list(places))) for source, places in groupby(sources))
    return (
        f"{version}."
        + "".join(f"{letter}{length if length > 1 else ''}" for letter, length in runs)
        + (f"@{prompt_version}" if _PROMPT.fullmatch(prompt_version) else "")
        + (f"~{arms}" if arms_in(arms) else "")
    )


def number_of(text: str) -> str:
    """The list that a version belongs to: the same for all that are left of it while its viewer judges its films."""
    return found[1] if (found := _WHOLE.fullmatch(text)) else text


def source_at(text: str, place: int) -> str:
    """What put a film into this place (from 1 on) of the list with this version; "" where the version does not say, or
    is none of ours."""
    found = _WHOLE.fullmatch(text)
    if place < 1 or not found:
        return ""
    last = 0
    for letter, length in _RUN.findall(found[2]):
        last += int(length or 1)
        if place <= last:
            return SOURCES[letter]
    return ""


def arms_at(text: str) -> str:
    """The arms that a list with this version was made under; "" where it says none, or is none of ours."""
    return (found[4] or "") if (found := _WHOLE.fullmatch(text)) else ""


def prompt_at(text: str) -> str:
    """The version of the prompt that the model was asked by for a list with this version; "" where it says none."""
    return (found[3] or "") if (found := _WHOLE.fullmatch(text)) else ""
