"""Faults on request: which kinds there are, what else they are called, and whose turn it is."""

import re
import threading
from dataclasses import dataclass

KINDS: dict[str, str] = {
    "slow": "answers after `seconds` (60)",
    "reset": "cuts the connection without an answer",
    "off": "cuts every connection of the service, OAuth included",
    "400": "BadRequest",
    "401": "Unauthorized, on chat requests; the token itself stays good",
    "402": "Payment Required",
    "403": "Permission denied",
    "404": "No such model",
    "413": "Payload too large",
    "422": "Invalid params",
    "429": "Too many requests, no Retry-After",
    "429_retry_after": "Too many requests with Retry-After (`seconds`, 30)",
    "500": "Internal Server Error",
    "oauth_401": "OAuth refuses the credentials and every token is revoked",
    "revoked": "every token issued so far is revoked, so the next request gets 401",
    "html": "a page of HTML with status 200",
    "null_content": "a reply whose content is null and that calls no function",
    "empty_object": "`{}` with status 200",
    "blacklist": "the service refuses the subject",
    "length": "cut off by the token limit",
    "error": "finish_reason `error`: invalid function arguments",
    "fenced": "no function call, but JSON in a Markdown fence with prose around and a trailing comma",
    "truncated": "no function call, but JSON with its end missing",
    "string_arguments": "function arguments as a string",
    "hallucinated": "50 invented titles and no pick",
    "liked_only": "proposes the liked films alone",
    "empty": "an empty list of picks",
    "nonsense": "a text about something else",
    "repeated": "one film again and again",
    "out_of_range": "numbers that were never offered",
    "markup": "reasons with HTML, Markdown and links, and reasons far too long",
    "wrong_script": "reasons in the other language",
    "obey": "does what a title in the question tells it to",
}

_ALIASES = {
    "timeout": "slow",
    "slow_60": "slow",
    "slow_60_s": "slow",
    "slow_answer": "slow",
    "hang": "slow",
    "delay": "slow",
    "connection_reset": "reset",
    "rst": "reset",
    "disconnect": "reset",
    "down": "off",
    "refused_connection": "off",
    "connection_refused": "off",
    "closed": "off",
    "switched_off": "off",
    "unavailable": "off",
    "bad_request": "400",
    "unauthorized": "401",
    "401_once": "401",
    "401_forever": "401",
    "401_for_ever": "401",
    "payment_required": "402",
    "quota": "402",
    "forbidden": "403",
    "not_found": "404",
    "no_such_model": "404",
    "unknown_model": "404",
    "no_model": "404",
    "model_not_found": "404",
    "too_large": "413",
    "payload_too_large": "413",
    "unprocessable": "422",
    "bad_params": "422",
    "invalid_params": "422",
    "rate_limit": "429",
    "rate_limited": "429",
    "too_many_requests": "429",
    "retry_after": "429_retry_after",
    "429_with_retry_after": "429_retry_after",
    "429_retry": "429_retry_after",
    "429_without_retry_after": "429",
    "429_no_retry_after": "429",
    "server_error": "500",
    "internal_server_error": "500",
    "5xx": "500",
    "502": "500",
    "503": "500",
    "bad_credentials": "oauth_401",
    "oauth": "oauth_401",
    "expired": "revoked",
    "token_expired": "revoked",
    "expired_token": "revoked",
    "token_revoked": "revoked",
    "revoke": "revoked",
    "html_200": "html",
    "html_with_200": "html",
    "content_null": "null_content",
    "null": "null_content",
    "none_content": "null_content",
    "empty_reply": "empty_object",
    "refused": "blacklist",
    "blacklisted": "blacklist",
    "cut": "length",
    "finish_reason_length": "length",
    "finish_reason_blacklist": "blacklist",
    "finish_reason_error": "error",
    "finish_length": "length",
    "finish_error": "error",
    "fence": "fenced",
    "markdown": "fenced",
    "fenced_json": "fenced",
    "json_fenced": "fenced",
    "cut_json": "truncated",
    "truncated_json": "truncated",
    "json_truncated": "truncated",
    "broken_json": "truncated",
    "hallucinated_titles": "hallucinated",
    "hallucination": "hallucinated",
    "hallucinate": "hallucinated",
    "invented": "hallucinated",
    "invented_titles": "hallucinated",
    "50_invented_titles": "hallucinated",
    "only_liked": "liked_only",
    "only_liked_films": "liked_only",
    "liked": "liked_only",
    "empty_list": "empty",
    "prose": "nonsense",
    "repeat": "repeated",
    "repeats": "repeated",
    "unknown_index": "out_of_range",
    "injection": "obey",
    "obeys": "obey",
    "prompt_injection": "obey",
}


class UnknownKindError(ValueError):
    """A fault nobody has heard of."""


def known_kind(text: object) -> str:
    """The fault's own name for any way of writing it. Raises `UnknownKindError`."""
    name = re.sub(r"[\s:.+-]+", "_", str(text).strip().lower()).strip("_")
    name = name.removeprefix("http_").removeprefix("status_")
    name = _ALIASES.get(name, name)
    if name not in KINDS:
        raise UnknownKindError(f"Unknown fault {text!r}; known: {', '.join(KINDS)}")
    return name


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to act out: `count` None means until it is ended; with `every` n, only each n-th answer fails."""

    kind: str
    count: int | None = None
    every: int = 1
    seconds: float | None = None


class FaultBox:
    """The fault in force, shared by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._left: int | None = None
        self._seen = 0

    def start(self, fault: Fault) -> None:
        """Replaces whatever was in force."""
        with self._lock:
            self._fault, self._left, self._seen = fault, fault.count, 0

    def end(self) -> None:
        """Back to good service."""
        with self._lock:
            self._fault = None

    @property
    def in_force(self) -> Fault | None:
        """The fault that has answers left to spoil."""
        with self._lock:
            return self._fault

    def take(self) -> Fault | None:
        """The fault for this answer, or None; counts it."""
        with self._lock:
            fault = self._fault
            if fault is None:
                return None
            self._seen += 1
            if self._seen % fault.every:
                return None
            if self._left is not None:
                self._left -= 1
                if self._left <= 0:
                    self._fault = None
            return fault
