"""The model that the key in the secret opens, looked at again every minute: the key is put after the first deployment,
and may be changed later, while workers are warm."""

import time
from collections.abc import Callable, Mapping

import msgspec

from chalicelib.recommendations.llm.port import Model

LOOK_EVERY_SECONDS = 60.0  # one Secrets Manager call a minute and warm worker, 0.05 $ for 10,000

type Key = Mapping[str, str]
"""`credentials` (empty or absent: GigaChat is off) and `scope`."""


class ModelFromKey[M: Model]:
    """Opens a model for a key, keeps it while the key stays, and says None while there is no key."""

    def __init__(
        self, fetch: Callable[[], str], open_model: Callable[[Key], M], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch, self._open, self._clock = fetch, open_model, clock
        self._key: Key | None = None
        self._model: M | None = None
        self._looked_at = float("-inf")

    def __call__(self) -> M | None:
        """The model of the key as of at most a minute ago. A secret that cannot be read raises its own error unless an
        earlier key is known, which then serves on."""
        if self._clock() - self._looked_at >= LOOK_EVERY_SECONDS:
            self._look()
        return self._model

    def _look(self) -> None:
        try:
            key: Key = msgspec.json.decode(self._fetch(), type=dict[str, str])
        except Exception:
            if self._key is None:
                raise
            self._looked_at = self._clock()
            return
        if key != self._key:
            self._model = self._open(key) if key.get("credentials") else None
            self._key = key
        self._looked_at = self._clock()
