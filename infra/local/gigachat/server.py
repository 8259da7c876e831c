"""The service over HTTP: `/api/v2/oauth`, `/v1/…` for the client, `/control/…` for tests."""

import json
import select
import socket
import ssl
import struct
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from infra.local.gigachat.access import Grant, RefusedError
from infra.local.gigachat.embeddings import check_embeddings, embeddings
from infra.local.gigachat.faults import KINDS, Fault, UnknownKindError, known_kind
from infra.local.gigachat.replies import answer_to
from infra.local.gigachat.service import CONTEXT_TOKENS, MAX_BODY_BYTES, MODELS, Service, StatusError, check_chat
from infra.local.gigachat.token_count import count_tokens

_SLOW_SECONDS, _RETRY_AFTER_SECONDS = 60.0, 30.0
_MESSAGES = {
    400: "Bad request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Permission denied",
    404: "No such model",
    413: "Payload too large",
    422: "Invalid params: unknown error",
    429: "Too many requests",
    500: "Internal Server Error",
}
_HTML = b"<!doctype html><html><body><h1>The service is being maintained</h1></body></html>"


class GigaChatServer(ThreadingHTTPServer):
    """A listening stand-in; `service` holds its state. With a `context` it speaks TLS. `serves` says what: the service,
    its control, or both."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        service: Service,
        context: ssl.SSLContext | None = None,
        serves: tuple[str, ...] = ("service", "control"),
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.service, self.serves = service, serves
        self._context = context

    def get_request(self) -> tuple[socket.socket, Any]:
        """A connection; its handshake waits for its own thread."""
        connection, address = super().get_request()
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120

    @property
    def service(self) -> Service:
        return cast(GigaChatServer, self.server).service

    def log_message(self, format: str, *args: object) -> None:
        """Silent: prompts are nobody's business."""

    def do_GET(self) -> None:
        self._route("GET")

    def do_POST(self) -> None:
        self._route("POST")

    def do_DELETE(self) -> None:
        self._route("DELETE")

    def _route(self, method: str) -> None:
        path = urlsplit(self.path).path.rstrip("/")
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY_BYTES:
            self.close_connection = True
            return self._problem(StatusError(413, "Payload too large"))
        body = self.rfile.read(length)
        is_control = path == "/control" or path.startswith("/control/")
        if ("control" if is_control else "service") not in cast(GigaChatServer, self.server).serves:
            return self._send(404, {"status": 404, "message": "Not found"})
        if is_control:
            return self._control(method, path.removeprefix("/control").strip("/"), body)
        fault = self.service.faults.in_force
        if fault and fault.kind == "off":
            self.service.faults.take()
            self.service.ledger.failed("off")
            return self._cut_connection()
        if not self.headers.get("User-Agent"):
            return self._problem(StatusError(403, "Permission denied"))
        try:
            if (method, path) == ("POST", "/api/v2/oauth"):
                return self._oauth(body)
            return self._api(method, path, body)
        except StatusError as error:
            return self._problem(error)
        except RefusedError as error:
            return self._send(error.status, {"code": error.code, "message": error.message})

    def _oauth(self, body: bytes) -> None:
        fault = self.service.faults.in_force
        self.service.access.refuse_all = bool(fault and fault.kind == "oauth_401")
        if self.service.access.refuse_all:
            self.service.faults.take()
            self.service.ledger.failed("oauth_401")
        scope = (parse_qs(body.decode(errors="replace")).get("scope") or [""])[0]
        grant = self.service.access.issue(self.headers.get("Authorization"), self.headers.get("RqUID"), scope)
        self.service.ledger.token_issued()
        self._send(200, {"access_token": grant.token, "expires_at": int(grant.expires_at * 1000)})

    def _api(self, method: str, path: str, body: bytes) -> None:
        fault = self.service.faults.in_force
        if fault and fault.kind in ("revoked", "oauth_401"):
            self.service.access.revoke_all()
            if fault.kind == "revoked" and self.service.faults.take():
                self.service.ledger.failed("revoked")
        grant = self.service.access.find(self.headers.get("Authorization"))
        if grant is None:
            expired = bool(self.headers.get("Authorization"))
            raise StatusError(401, "Token has expired" if expired else "Unauthorized")
        if (method, path) == ("POST", "/v1/chat/completions"):
            return self._chat(grant, body)
        if (method, path) == ("POST", "/v1/embeddings"):
            return self._embeddings(grant, body)
        if (method, path) == ("POST", "/v1/tokens/count"):
            asked = _json(body)
            texts = [str(text) for text in asked.get("input", [])]
            counts = [{"tokens": count_tokens(text), "characters": len(text), "object": "tokens"} for text in texts]
            return self._send(200, counts)
        if method == "GET" and path == "/v1/models":
            return self._send(200, {"data": [_model(name) for name in MODELS], "object": "list"})
        if method == "GET" and path.startswith("/v1/models/"):
            name = path.removeprefix("/v1/models/")
            if name in MODELS:
                return self._send(200, _model(name))
            raise StatusError(404, "No such model")
        if (method, path) == ("GET", "/v1/balance"):
            return self._send(200, {"balance": [{"usage": name, "value": 1_000_000} for name in MODELS]})
        raise StatusError(404, "Not found")

    @contextmanager
    def _taken(self, grant: Grant) -> Iterator[Fault | None]:
        """A request in flight, as one of the client's, with the fault that it has to meet."""
        service = self.service
        with service.ledger.in_flight(grant.client_id) as in_flight:
            if in_flight > service.parallel_limit(grant):
                raise StatusError(429, "Too many requests")
            fault = service.faults.take()
            if fault:
                service.ledger.failed(fault.kind)
            yield fault

    def _chat(self, grant: Grant, body: bytes) -> None:
        service = self.service
        with self._taken(grant) as fault:
            request = check_chat(_json(body))
            if sum(count_tokens(str(message.get("content"))) for message in request["messages"]) > CONTEXT_TOKENS:
                raise StatusError(413, "Payload too large")
            service.check_quota()
            send = self._answer(request, fault)
        send()  # outside: who has the answer may ask again at once

    def _embeddings(self, grant: Grant, body: bytes) -> None:
        """As a chat request is, but at once: the only fault they know is a status."""
        service = self.service
        with self._taken(grant) as fault:
            if fault:
                status = int(fault.kind[:3]) if fault.kind[:3].isdigit() else 500
                raise StatusError(status, _MESSAGES[status])
            request = _json(body)
            texts = check_embeddings(request)
            service.check_quota()
            answer = embeddings(texts, request["model"])
            service.ledger.billed(sum(one["usage"]["prompt_tokens"] for one in answer["data"]), 0, 0)
        self._send(200, answer)

    def _answer(self, request: dict[str, Any], fault: Fault | None) -> Callable[[], None]:
        kind = fault.kind if fault else None
        waited = (fault and fault.seconds) or _SLOW_SECONDS
        here = self._wait(waited if kind == "slow" else self.service.latency())
        if kind == "reset":
            return self._cut_connection
        if fault and kind and kind[:3].isdigit():
            after = (fault.seconds or _RETRY_AFTER_SECONDS) if kind == "429_retry_after" else None
            raise StatusError(int(kind[:3]), _MESSAGES[int(kind[:3])], after)
        if kind == "html":
            return partial(self._send_bytes, 200, _HTML, "text/html; charset=utf-8")
        if kind == "empty_object":
            return partial(self._send, 200, {})
        session_id = self.headers.get("X-Session-ID")
        answer = answer_to(request, kind, self.service.precached_tokens(request, session_id))
        if not here:
            self.service.ledger.lost(answer.prompt_tokens + answer.completion_tokens)
            return self._cut_connection
        # Booked first: whoever has the answer in hand finds it on the bill.
        self.service.ledger.billed(answer.prompt_tokens, answer.completion_tokens, answer.precached_tokens)
        return partial(self._send, 200, answer.body)

    def _wait(self, seconds: float) -> bool:
        """Thinks that long, or until the client has hung up. True while it is still there."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], min(left, 1.0))
            if readable and not self._peek():
                return False
            if readable:  # a pipelined request: it has to wait its turn
                time.sleep(min(left, 0.05))
        return True

    def _peek(self) -> bytes:
        if isinstance(self.connection, ssl.SSLSocket):
            return b""  # cannot be looked into; a client of ours that says anything while it waits says goodbye
        try:
            return bytes(self.connection.recv(1, socket.MSG_PEEK))
        except OSError:
            return b""

    def _control(self, method: str, path: str, body: bytes) -> None:
        if (method, path) == ("GET", "bill"):
            return self._send(200, self.service.ledger.bill())
        if (method, path) == ("GET", "fault"):
            fault = self.service.faults.in_force
            return self._send(200, {"kind": fault.kind if fault else None, "kinds": KINDS})
        if (method, path) == ("DELETE", "fault"):
            self.service.faults.end()
            return self._send_bytes(204, b"", "application/json")
        if (method, path) == ("POST", "fault"):
            try:
                fault = _fault(_json(body))
            except (UnknownKindError, StatusError, TypeError, ValueError) as error:
                return self._send(400, {"status": 400, "message": str(error)})
            self.service.faults.start(fault)
            return self._send(200, {"kind": fault.kind, "count": fault.count, "every": fault.every})
        return self._send(404, {"status": 404, "message": "Known: POST|GET|DELETE fault, GET bill"})

    def _problem(self, error: StatusError) -> None:
        headers = {} if error.retry_after_seconds is None else {"Retry-After": f"{error.retry_after_seconds:g}"}
        self._send(error.status, {"status": error.status, "message": error.message}, headers)

    def _send(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(body, ensure_ascii=False).encode(), "application/json", headers)

    def _send_bytes(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("X-Request-ID", self.headers.get("X-Request-ID") or str(uuid.uuid4()))
        if session_id := self.headers.get("X-Session-ID"):
            self.send_header("X-Session-ID", session_id)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _cut_connection(self) -> None:
        """A TCP reset: closing with a zero linger time discards what was not sent."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise StatusError(400, "Bad request: not JSON") from None
    if not isinstance(found, dict):
        raise StatusError(400, "Bad request: a JSON object is expected")
    return found


def _fault(asked: dict[str, Any]) -> Fault:
    kind = known_kind(asked.get("kind"))
    count = None if asked.get("count") is None else int(asked["count"])
    if count is not None and count < 1:
        raise ValueError("count must be at least 1")
    seconds = None if asked.get("seconds") is None else float(asked["seconds"])
    return Fault(kind, count, max(1, int(asked.get("every") or 1)), seconds)


def _model(name: str) -> dict[str, str]:
    return {"id": name, "object": "model", "owned_by": "salutedevices"}
