"""How many tokens a text costs, estimated: what the prompt's limit and the reservation in the budget go by.

GigaChat's tokenizer is not public; its documentation speaks of 3-4 characters a token for Russian and about 4 for
English (https://developers.sber.ru/docs/ru/gigachat/limitations). Counted by word and rounded up, at 3 letters of
Russian and 4 of English: on the demo catalogue's Russian titles a tenth above 3 characters a token, on whole candidate
lines a quarter. A reservation that is too small would let the budget be overdrawn. Where there is a key,
`python -m infra calibrate-tokens` compares it with the service's own count.
"""

import json
import re
from collections.abc import Iterable, Mapping

_PIECE = re.compile(
    r"(?P<latin>[a-zA-ZÀ-ɏ]+)|(?P<letters>[^\W\d_a-zA-ZÀ-ɏ]+)|(?P<digits>\d+)|(?P<lines>\s*\n\s*)|(?P<marks>(?:[^\w\s]|_)+)"
)
_CHARACTERS_PER_TOKEN = {"latin": 4, "letters": 3, "digits": 3, "lines": 1_000, "marks": 2}
MESSAGE_TOKENS = 4  # role and separators of one chat message


def estimate_tokens(text: str) -> int:
    """Tokens in a text, estimated from above; 0 for an empty one."""
    return sum(
        -(-len(piece.group()) // _CHARACTERS_PER_TOKEN[piece.lastgroup or "letters"]) for piece in _PIECE.finditer(text)
    )


def estimate_functions(functions: Iterable[Mapping[str, object]]) -> int:
    """Tokens of function descriptions, sent as compact JSON."""
    return sum(estimate_tokens(json.dumps(one, ensure_ascii=False, separators=(",", ":"))) for one in functions)


def estimate_prompt(contents: Iterable[str], functions: Iterable[Mapping[str, object]] = ()) -> int:
    """Tokens of a whole request: its messages' contents and its functions."""
    return sum(estimate_tokens(content) + MESSAGE_TOKENS for content in contents) + estimate_functions(functions)
