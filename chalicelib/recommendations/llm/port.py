"""The prompt to the model and its reply, as plain data, and the port of the model."""

import json
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from chalicelib.language import Language

type ModelCause = Literal[
    "deadline",  # no time left for a call: nothing was sent
    "connect",  # nobody there, or the token could not be fetched: nothing was asked
    "timeout",
    "reset",
    "unauthorized",
    "payment",
    "forbidden",
    "no_model",
    "too_large",
    "invalid_params",
    "rate_limited",
    "server_error",
    "not_json",  # an HTML page with status 200
    "bad_shape",  # JSON, but not a chat completion (`content: null`, `{}`)
    "unknown",
]


class Message(msgspec.Struct, frozen=True):
    """One chat message."""

    role: Literal["system", "user"]
    content: str


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """One function call to make. The film offered under number n is `offered[n - 1]`.

    `prompt_tokens` and `variable_tokens` (what differs between viewers) are estimates of `tokens.py`;
    `max_completion_tokens` bounds the reply, so their sum is what the call can cost.
    """

    messages: tuple[Message, ...]
    functions: tuple[Mapping[str, object], ...]
    function_call: str
    offered: tuple[str, ...]
    language: Language
    prompt_version: str
    prompt_tokens: int
    variable_tokens: int
    max_completion_tokens: int

    @property
    def reserved_tokens(self) -> int:
        """The most that the call can cost."""
        return self.prompt_tokens + self.max_completion_tokens


class ModelReply(msgspec.Struct, frozen=True, kw_only=True):
    """The model's reply: function arguments where it called the function, else text. Tokens are those billed, or
    the reservation's where it did not say."""

    arguments: object | None = None  # a dict when all is well; a string or anything else is for `reply.py` to read
    content: str = ""
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model: str = ""

    @property
    def total_tokens(self) -> int:
        """What the reply cost."""
        return self.prompt_tokens + self.completion_tokens


def as_json(reply: ModelReply) -> str:
    """What was said, for keeping: ASCII, for a reply may hold halves of signs, which no encoding takes."""
    said = {"arguments": reply.arguments, "content": reply.content, "finish_reason": reply.finish_reason}
    return json.dumps(said, default=str)


def reply_of(kept: str) -> ModelReply:
    """What `as_json` kept; its cost is written elsewhere."""
    return ModelReply(**json.loads(kept))


def readable_reply(kept: str) -> str:
    """What `as_json` kept, for a person to read: indented, halves of signs replaced."""
    text = json.dumps(json.loads(kept), ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace").decode()


class ModelError(Exception):
    """A call that brought no reply.

    `retryable`: the same prompt may be asked again later (never before the cooldown). `billed`: it may have been
    paid for, so the reservation stays spent. `retry_after_seconds` is the service's wish, 0 when it has none.
    """

    def __init__(self, cause: ModelCause, *, retryable: bool, billed: bool, retry_after_seconds: float = 0.0) -> None:
        super().__init__(cause)
        self.cause = cause
        self.retryable = retryable
        self.billed = billed
        self.retry_after_seconds = retry_after_seconds


class Model(Protocol):
    """A language model that answers by one function call."""

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:
        """The model's reply, within the deadline. Raises `ModelError`."""


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """Vectors of texts, in their order, and what they cost."""

    vectors: tuple[tuple[float, ...], ...]
    tokens: int


class Embedder(Protocol):
    """A model that makes vectors of texts: those of texts that mean alike lie close."""

    @property
    def embedder(self) -> str:
        """The model's name: vectors of different ones have nothing to do with each other."""

    def embed(self, texts: Sequence[str], deadline_seconds: float) -> Embedded:
        """A vector a text, in one request, within the deadline. How many texts and how long they are is the caller's
        to bound. Raises `ModelError`."""
