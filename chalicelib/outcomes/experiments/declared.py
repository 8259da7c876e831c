"""Experiments are declared in files, `experiments/NAME.json`, which go with the code (`infra/deploy/package.py`)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from chalicelib.outcomes.experiments.model import DEFAULT, Arm, Differs, Experiment

FOLDER = Path(__file__).parent.parent.parent.parent / "experiments"
EXPERIMENTS_MAX = 6  # their arms have to fit into a list's version (`outcomes/list_version.py`)
SHARES_MAX = 0.9  # of one experiment: what is left is what its arms are compared with

SETTINGS: Mapping[str, tuple[type, float, float]] = {
    "exploration_share": (float, 0.0, 0.25),
    "series_or_director_max": (int, 1, 20),
    "list_size_max": (int, 20, 100),
    "ask_candidates": (int, 40, 60),
    "ask_after_rated": (int, 1, 20),
    "ask_cooldown_seconds": (int, 600, 604_800),
    "ask_quiet_seconds": (int, 60, 86_400),
    "ask_first_pause_seconds": (int, 1, 600),
}
"""The settings that may differ by viewer: their type, and the least and the most of them."""


class ExperimentError(ValueError):
    """A declaration makes no sense. The text names the file and what is wrong in it."""


def declared_in(folder: Path, prompt_versions: Collection[str]) -> tuple[Experiment, ...]:
    """All experiments of a folder, by name; none where there is no folder.

    Raises:
        ExperimentError: one is not as it has to be, or two cannot run beside each other.
    """
    files = sorted(folder.glob("*.json"))
    found = tuple(_read(path, prompt_versions) for path in files)
    if len(found) > EXPERIMENTS_MAX:
        raise ExperimentError(f"{folder.name}/: {len(found)} experiments; at most {EXPERIMENTS_MAX} are told apart")
    _check_apart(found)
    return found


def fingerprint(experiment: Experiment) -> str:
    """Another one whenever who gets what has changed: what was counted before does not count for it."""
    return hashlib.sha256(msgspec.json.encode(experiment.arms)).hexdigest()[:12]


def _read(path: Path, prompt_versions: Collection[str]) -> Experiment:
    told = f"{path.parent.name}/{path.name}"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Experiment)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ExperimentError(f"{told}: {error}") from None
    if found.name != path.stem:
        raise ExperimentError(f"{told}: the name is {found.name!r}, and has to be the file's")
    names = [arm.name for arm in found.arms]
    if DEFAULT in names or len(set(names)) < len(names):
        raise ExperimentError(f"{told}: arms need names of their own, and none may be {DEFAULT!r}")
    total = sum(arm.share for arm in found.arms)
    if total > SHARES_MAX + 1e-9:
        raise ExperimentError(f"{told}: the shares come to {total:g}; at most {SHARES_MAX:g}, the others compare")
    for arm in found.arms:
        _check_arm(f"{told}: arm {arm.name!r}", arm, prompt_versions)
    return found


def _check_arm(told: str, arm: Arm, prompt_versions: Collection[str]) -> None:
    differs = arm.differs
    if differs.prompt_version and differs.prompt_version not in prompt_versions:
        known = ", ".join(sorted(prompt_versions))
        raise ExperimentError(f"{told}: there is no prompt version {differs.prompt_version!r}; there are: {known}")
    for name, value in differs.settings.items():
        if name not in SETTINGS:
            raise ExperimentError(f"{told}: the setting {name!r} cannot differ by viewer; {', '.join(SETTINGS)} can")
        kind, least, most = SETTINGS[name]
        if (kind is int and not isinstance(value, int)) or not least <= value <= most:
            raise ExperimentError(f"{told}: {name} is {value!r}, and has to be {kind.__name__}, {least:g} to {most:g}")
    if not differs.model and differs != Differs(model=False, settings=differs.settings):
        raise ExperimentError(f"{told}: without a model there is neither a prompt nor a vote")


def _check_apart(experiments: Sequence[Experiment]) -> None:
    """A viewer is in all experiments at once."""
    known: dict[str, str] = {}
    for one in experiments:
        for what in frozenset[str]().union(*(arm.differs.what() for arm in one.arms)):
            if what in known:
                raise ExperimentError(f"{known[what]} and {one.name} both change {what}: a viewer may be in either")
            known[what] = one.name
