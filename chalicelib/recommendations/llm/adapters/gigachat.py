"""The call itself: the only file that knows the `gigachat` client, and what each of its failures means to us."""

import json
import ssl
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import httpx
from gigachat import GigaChat
from gigachat.context import session_id_cvar
from gigachat.exceptions import (
    AuthenticationError,
    BadRequestError,
    ForbiddenError,
    GigaChatException,
    NotFoundError,
    RateLimitError,
    RequestEntityTooLargeError,
    ResponseError,
    ServerError,
    UnprocessableEntityError,
)
from pydantic import ValidationError

from chalicelib.recommendations.llm.port import Embedded, ModelCause, ModelError, ModelReply, Prompt

if TYPE_CHECKING:
    from gigachat.models.chat import ChatCompletion
    from gigachat.models.embeddings import Embeddings

_MARGIN_SECONDS = 2.0  # to store what came back, before the deadline
_LEAST_SECONDS = 3.0  # a call with less time than this is only paid for, never read
_SESSION = "kinosovet-{version}"  # one for all viewers: they share the prefix that the service caches


class GigaChatModel:
    """Holds one client and its token for the life of the process. Calls are sync: one at a time in a Lambda."""

    def __init__(
        self,
        *,
        credentials: str,
        scope: str,
        model: str,
        timeout_seconds: float,
        base_url: str,
        auth_url: str,
        ca_bundle_file: str = "",
        embedder: str = "Embeddings",
    ) -> None:
        self._model = model
        self._embedder = embedder
        for name, url in (("base", base_url), ("auth", auth_url)):
            if not url.startswith(("https://", "http://")):
                raise ValueError(f"GigaChat's {name} address is not absolute: {url!r}")
        self._auth_url = auth_url
        self._timeout_seconds = timeout_seconds
        self._open: Callable[[float], GigaChat] = lambda seconds: GigaChat(
            credentials=credentials,
            scope=scope,
            model=model,
            base_url=base_url,
            auth_url=self._auth_url,
            ssl_context=self._trust(ca_bundle_file),
            timeout=seconds,
            max_retries=0,  # the client's retries know no deadline and obey any Retry-After
        )
        self._client: GigaChat | None = None
        self._trusted: ssl.SSLContext | None = None

    def _trust(self, ca_bundle_file: str) -> ssl.SSLContext:
        """The usual authorities and those of the file, read once: the two hosts of the service need not have the same.
        Raises OSError when the file cannot be read."""
        if self._trusted is None:
            context = httpx.create_ssl_context()
            if ca_bundle_file:
                context.load_verify_locations(ca_bundle_file)
            self._trusted = context
        return self._trusted

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:
        """The model's answer. Repeats the call once after a 401 (a spurious one heals) or a failed connection, never
        after anything that may have been billed, and only while the deadline leaves time. Raises `ModelError`."""
        return self._tried(lambda end: self._call(prompt, end), deadline_seconds)

    @property
    def embedder(self) -> str:
        """The model that makes vectors."""
        return self._embedder

    def embed(self, texts: Sequence[str], deadline_seconds: float) -> Embedded:
        """Vectors of the texts, in one request, which is repeated as a question is. Raises `ModelError`."""
        return self._tried(lambda end: self._vectors(list(texts), end), deadline_seconds)

    @staticmethod
    def _tried[R](call: Callable[[float], R], deadline_seconds: float) -> R:
        end = time.monotonic() + deadline_seconds - _MARGIN_SECONDS
        try:
            return call(end)
        except ModelError as error:
            again = error.cause in ("unauthorized", "connect") and not error.billed
            if not again or end - time.monotonic() < _LEAST_SECONDS:
                raise
        return call(end)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The service's own count of each text, which it does not bill. For operators: raises the client's errors."""
        if self._client is None:
            self._client = self._open(self._timeout_seconds)
        return [one.tokens for one in self._client.tokens_count(list(texts), self._model)]

    def close(self) -> None:
        """Lets go of the connections; the next prompt opens new ones."""
        if self._client:
            self._client.close()
            self._client = None

    def _call(self, prompt: Prompt, end: float) -> ModelReply:
        left = end - time.monotonic()
        if left < _LEAST_SECONDS:
            raise ModelError("deadline", retryable=True, billed=False)
        session = session_id_cvar.set(_SESSION.format(version=prompt.prompt_version))
        try:
            return _reply_of(self._chat(_payload(prompt, self._model), left))
        except Exception as error:  # the client lets httpx, json and pydantic errors through
            salvaged = _salvage(error, prompt)
            if salvaged:
                return salvaged
            raise model_error_of(error, self._auth_url) from error
        finally:
            session_id_cvar.reset(session)

    def _vectors(self, texts: list[str], end: float) -> Embedded:
        left = end - time.monotonic()
        if left < _LEAST_SECONDS:
            raise ModelError("deadline", retryable=True, billed=False)
        try:
            return _embedded(self._by_client(lambda client: client.embeddings(texts, self._embedder), left), texts)
        except Exception as error:  # as of a question
            raise model_error_of(error, self._auth_url) from error

    def _chat(self, payload: dict[str, Any], seconds: float) -> "ChatCompletion":
        return self._by_client(lambda client: client.chat(payload), seconds)

    def _by_client[R](self, call: "Callable[[GigaChat], R]", seconds: float) -> R:
        """One call by the client that lives on, or by one of shorter patience where the usual timeout is too long."""
        if seconds < self._timeout_seconds:
            with self._open(seconds) as hasty:
                return call(hasty)
        if self._client is None:
            self._client = self._open(self._timeout_seconds)
        return call(self._client)


def _payload(prompt: Prompt, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
        "functions": [dict(function) for function in prompt.functions],
        "function_call": {"name": prompt.function_call},
        "max_tokens": prompt.max_completion_tokens,
    }


def _reply_of(completion: "ChatCompletion") -> ModelReply:
    if not completion.choices:
        raise ModelError("bad_shape", retryable=True, billed=True)
    choice = completion.choices[0]
    called = choice.message.function_call
    return ModelReply(
        arguments=called.arguments if called else None,
        content=choice.message.content,
        finish_reason=choice.finish_reason or "",
        prompt_tokens=completion.usage.prompt_tokens,
        completion_tokens=completion.usage.completion_tokens,
        model=completion.model,
    )


def _embedded(answer: "Embeddings", texts: Sequence[str]) -> Embedded:
    made = sorted(answer.data, key=lambda one: one.index)
    if [one.index for one in made] != list(range(len(texts))) or not all(one.embedding for one in made):
        raise ModelError("bad_shape", retryable=True, billed=True)
    return Embedded(
        vectors=tuple(tuple(one.embedding) for one in made), tokens=sum(one.usage.prompt_tokens for one in made)
    )


def _salvage(error: Exception, prompt: Prompt) -> ModelReply | None:
    """Function arguments sent as a string: the client refuses them, but the error holds them. Their cost is unknown."""
    if not isinstance(error, ValidationError):
        return None
    for detail in error.errors(include_url=False):
        if detail["loc"][-2:] == ("function_call", "arguments") and isinstance(detail["input"], str):
            return ModelReply(
                arguments=detail["input"],
                finish_reason="function_call",
                prompt_tokens=prompt.prompt_tokens,
                completion_tokens=prompt.max_completion_tokens,
            )
    return None


_NEVER_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError,
    httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL,
)  # fmt: skip
"""What fails before a byte of the question has left: it costs nothing."""

_BY_STATUS: tuple[tuple[type[ResponseError], ModelCause, bool], ...] = (
    # What is ours to repair (credentials, quota, model name) may be asked again once it is; a prompt that the
    # service finds malformed stays malformed.
    (AuthenticationError, "unauthorized", True),
    (ForbiddenError, "forbidden", True),
    (NotFoundError, "no_model", True),
    (RequestEntityTooLargeError, "too_large", False),
    (UnprocessableEntityError, "invalid_params", False),
    (BadRequestError, "invalid_params", False),
    (RateLimitError, "rate_limited", True),
)


def model_error_of(error: Exception, auth_url: str) -> ModelError:
    """What a failure of the client means to us: is it worth another try, and may it have been billed?"""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, ResponseError):
        return _of_response(error, auth_url)
    if isinstance(error, _NEVER_SENT):
        return ModelError("connect", retryable=True, billed=False)
    if isinstance(error, OSError):  # the file of authorities: no connection was opened
        return ModelError("connect", retryable=True, billed=False)
    if isinstance(error, httpx.TransportError):
        if _is_about(error, auth_url):  # no token, no prompt: nothing was asked yet
            return ModelError("connect", retryable=True, billed=False)
        cause: ModelCause = "timeout" if isinstance(error, httpx.TimeoutException) else "reset"
        return ModelError(cause, retryable=True, billed=True)
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return ModelError("not_json", retryable=True, billed=True)
    if isinstance(error, ValidationError | TypeError | KeyError):
        return ModelError("bad_shape", retryable=True, billed=True)
    return ModelError("unknown", retryable=True, billed=not isinstance(error, GigaChatException))


def _of_response(error: ResponseError, auth_url: str) -> ModelError:
    at_auth = str(error.url).startswith(auth_url)
    if error.status_code == 402:
        return ModelError("payment", retryable=True, billed=False)
    if isinstance(error, ServerError):
        return ModelError("server_error", retryable=True, billed=not at_auth)
    for kind, cause, retryable in _BY_STATUS:
        if isinstance(error, kind):
            after = error.retry_after if isinstance(error, RateLimitError) else 0.0
            if at_auth:  # the token's refusal says nothing about the prompt
                cause, retryable = ("rate_limited" if after or cause == "rate_limited" else "unauthorized"), True
            return ModelError(cause, retryable=retryable, billed=False, retry_after_seconds=after)
    return ModelError("unknown", retryable=True, billed=not at_auth)


def _is_about(error: httpx.TransportError, url: str) -> bool:
    try:
        return str(error.request.url).startswith(url)
    except RuntimeError:  # an error without its request
        return False
