"""Who is in which arm: by a hash of the experiment's name and the viewer. Pure; nothing is stored to know it.

A viewer's arm is the same for as long as the declaration is; two experiments share viewers by chance alone, because
each hashes its own name in. An arm whose share grows keeps the viewers it has, if it is declared first.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

from chalicelib.outcomes.experiments.model import DEFAULT, Experiment

TEXT = r"[a-z][a-z0-9-]{0,23}:[a-z][a-z0-9-]{0,15}"
ARMS = re.compile(rf"{TEXT}(?:\+{TEXT}){{0,5}}", re.ASCII)


def arm_of(experiment: Experiment, user_id: str) -> str:
    """The arm's name; `default` for whom no declared arm takes."""
    drawn = int.from_bytes(hashlib.sha256(f"{experiment.name} {user_id}".encode()).digest()[:8]) / 2**64
    for arm in experiment.arms:
        drawn -= arm.share
        if drawn < 0:
            return arm.name
    return DEFAULT


def arms_text(arms: Mapping[str, str]) -> str:
    """Arms by experiment as one text, `no-model:control+shorter:a`."""
    return "+".join(f"{name}:{arms[name]}" for name in sorted(arms))


def arms_in(text: str) -> dict[str, str]:
    """Arms by experiment, from such a text; none from any other."""
    return dict(_pair(one) for one in text.split("+")) if ARMS.fullmatch(text) else {}


def known_arms(text: str, experiments: Iterable[Experiment]) -> str:
    """What of the text is declared: a client may have made it up, or an experiment may be gone."""
    declared = {one.name: {DEFAULT, *(arm.name for arm in one.arms)} for one in experiments}
    return arms_text({name: arm for name, arm in arms_in(text).items() if arm in declared.get(name, ())})


def _pair(text: str) -> tuple[str, str]:
    name, _, arm = text.partition(":")
    return name, arm
