"""Experiments as declared, what a viewer gets by them, and how they stand, as plain data; and where that is kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Protocol

import msgspec

DEFAULT = "default"
"""The arm of all viewers whom no declared arm takes: they get what the site does anyway."""

type Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,23}$(?!\n)")]
type ArmName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,15}$(?!\n)")]


class Differs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is otherwise. `model`: false asks no questions and gives no votes. `vote_weight` is a factor on what a pick
    of the model counts, beside the site's own. `settings` by their name in `settings.py`, as far as `declared.py` has
    bounds for them."""

    model: bool = True
    vote_weight: Annotated[float, msgspec.Meta(ge=0, le=3)] = 1.0
    prompt_version: str = ""
    settings: dict[str, float | int] = {}

    def what(self) -> frozenset[str]:
        """What of it is otherwise than everybody else's; settings as `settings.NAME`."""
        plain = Differs()
        names = {name for name in ("model", "vote_weight", "prompt_version")
                 if getattr(self, name) != getattr(plain, name)}  # fmt: skip
        return frozenset(names | {f"settings.{name}" for name in self.settings})


class Arm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A share (0…1) of all viewers, and what is otherwise for them. Nothing at all: an A/A test."""

    name: ArmName
    share: Annotated[float, msgspec.Meta(gt=0, le=0.5)]
    differs: Differs = Differs()


class Experiment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One declared in a file. `on`: it runs without being started. `guarded`: an arm that does harm is stopped; false
    where the arm is kept to be compared with."""

    name: Name
    about: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    on: bool = False
    guarded: bool = True
    arms: Annotated[tuple[Arm, ...], msgspec.Meta(min_length=1, max_length=5)]


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """What one viewer gets by all experiments. `arms` is stored with the list: `NAME:ARM`, with `+` between several."""

    arms: str = ""
    model: bool = True
    vote_weight: float = 1.0
    prompt_version: str = ""  # "": the one that everybody gets
    settings: Mapping[str, float | int] = {}


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """When an arm was stopped, and by what."""

    at: datetime
    by: Literal["guardrail", "operator"]
    why: str


class ArmSums(msgspec.Struct, frozen=True, array_like=True):
    """What an arm came to: its viewers, the films they were shown (one once a day) and liked of them; and over viewers
    the sums of both numbers' squares and of their product, which tell how much viewers differ."""

    viewers: int = 0
    shown: int = 0
    liked: int = 0
    shown_squared: int = 0
    liked_squared: int = 0
    shown_liked: int = 0


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an experiment stands. `on`: what the operator said last, None for nothing. `since`: the first day that is
    counted. `declared`: a digest of the declaration that `sums` were counted under."""

    version: int = 0  # counts stores, for compare-and-swap; set by the store
    on: bool | None = None
    since: date | None = None
    stopped: dict[str, Stop] = {}
    looked_on: date | None = None
    looked_at: datetime | None = None
    counted_from: date | None = None
    sums: dict[str, ArmSums] = {}
    declared: str = ""


class Votes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How much the model's votes count on this site: a factor that follows their outcomes (`vote_weight.py`)."""

    version: int = 0
    weight: float = 1.0
    looked_on: date | None = None


class ExperimentStates(Protocol):
    """How experiments stand, and what the model's votes have earned."""

    def find_states(self, names: Sequence[str]) -> tuple[Mapping[str, State], Votes]:
        """Those of these experiments that have a state, and the votes, in one request. Raises `UnavailableError` or
        what the table's client raises."""

    def put_state(self, name: str, new: State, replaces: State) -> bool:
        """Stores it in place of the one that was read; False when another stands there."""

    def put_votes(self, new: Votes, replaces: Votes) -> bool:
        """Stores it in place of the one that was read; False when another stands there."""
