"""One GigaChat service: its rules for a chat request, apart from HTTP."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.gigachat.access import SCOPES, Access, Grant
from infra.local.gigachat.faults import FaultBox
from infra.local.gigachat.ledger import Ledger
from infra.local.gigachat.replies import prefix_tokens

MODELS = ("GigaChat-2", "GigaChat-2-Pro", "GigaChat-2-Max")
"""The current ones: those of the first generation are being shut down."""

CACHE_SECONDS = 30.0
"""How long the service remembers a session's prefix, as measured on the live API by gpt2giga's authors."""

MAX_BODY_BYTES = 1_000_000
CONTEXT_TOKENS = 128_000
_ROLES = {"system", "user", "assistant", "function", "search_result", "function_in_progress"}


class StatusError(Exception):
    """An error answer of the API: status, message and perhaps `Retry-After`."""

    def __init__(self, status: int, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.retry_after_seconds = status, message, retry_after_seconds


@dataclass(slots=True)
class Service:
    """All that the threads share. `parallel` 0: what the client's scope allows."""

    access: Access = field(default_factory=Access)
    faults: FaultBox = field(default_factory=FaultBox)
    ledger: Ledger = field(default_factory=Ledger)
    parallel: int = 0
    latency_seconds: tuple[float, float] = (0.5, 0.5)
    quota_tokens: int = 0  # 0: no end
    clock: Callable[[], float] = time.monotonic
    _cached: dict[str, tuple[str, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def parallel_limit(self, grant: Grant) -> int:
        """Requests in flight that this client may have."""
        return self.parallel or SCOPES[grant.scope]

    def latency(self) -> float:
        """Seconds that this answer takes."""
        return random.uniform(*self.latency_seconds)

    def check_quota(self) -> None:
        """Raises 402 when the tokens are used up."""
        bill = self.ledger.bill()
        used = int(str(bill["prompt_tokens"])) + int(str(bill["completion_tokens"]))
        if self.quota_tokens and used >= self.quota_tokens:
            raise StatusError(402, "Payment Required")

    def precached_tokens(self, request: dict[str, Any], session_id: str | None) -> int:
        """Prompt tokens that the session's last request has just brought: all or nothing of the prefix."""
        if not session_id:
            return 0
        prefix = repr((request.get("model"), request["messages"][:-1], request.get("functions")))
        now = self.clock()
        with self._lock:
            last, asked_at = self._cached.get(session_id, ("", now))
            self._cached[session_id] = (prefix, now)
        known = last == prefix and now - asked_at <= CACHE_SECONDS
        return prefix_tokens(request) if known else 0


def check_chat(request: object) -> dict[str, Any]:
    """The request when it is one. Raises `StatusError` 400, 404 or 422."""
    if not isinstance(request, dict):
        raise StatusError(400, "Bad request: a JSON object is expected")
    model = request.get("model")
    if not model:
        raise StatusError(422, "Invalid params: model is empty")
    if model not in MODELS:
        raise StatusError(404, "No such model")
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        raise StatusError(422, "Invalid params: messages is empty")
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise StatusError(422, "Invalid params: unknown role")
        if message["role"] == "system" and place:
            raise StatusError(422, "Invalid params: system message must be the first message")
        if not isinstance(message.get("content", ""), str):
            raise StatusError(422, "Invalid params: content must be a string")
    _check_functions(request)
    _check_numbers(request)
    return request


def _check_functions(request: dict[str, Any]) -> None:
    functions = request.get("functions") or []
    names = [one.get("name") if isinstance(one, dict) else None for one in functions]
    for name in names:
        if not (isinstance(name, str) and name and name.isascii() and name.isidentifier()):
            raise StatusError(422, "Invalid params: function name must be Latin letters and not start with a digit")
    call = request.get("function_call")
    if isinstance(call, dict) and call.get("name") not in names:
        raise StatusError(422, "Invalid params: function_call names an unknown function")
    if not (call is None or isinstance(call, dict) or call in ("auto", "none")):
        raise StatusError(422, "Invalid params: function_call")


def _check_numbers(request: dict[str, Any]) -> None:
    for name, least in (("temperature", 0), ("top_p", 0), ("max_tokens", 1), ("n", 1), ("repetition_penalty", 0)):
        value = request.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < least):
            raise StatusError(422, f"Invalid params: {name}")
    if (request.get("top_p") or 0) > 1:
        raise StatusError(422, "Invalid params: top_p")
