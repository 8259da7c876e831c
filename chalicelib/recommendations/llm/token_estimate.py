"""How many tokens a text costs, estimated. One estimator for the prompt, the budget and the local stand-in.

GigaChat's tokenizer is not public; its documentation speaks of 3-4 characters a token for Russian and about 4 for
English (https://developers.sber.ru/docs/ru/gigachat/limitations). Counting by word at 4 characters, rounded up, lands
at or above that: a reservation that is too small would let the budget be overdrawn.
"""

import json
import re
from collections.abc import Iterable, Mapping

_PIECE = re.compile(r"(?P<word>[^\W\d_]+)|(?P<digits>\d+)|(?P<lines>\s*\n\s*)|(?P<marks>(?:[^\w\s]|_)+)")
_CHARACTERS_PER_TOKEN = {"word": 4, "digits": 3, "lines": 1_000, "marks": 2}
MESSAGE_TOKENS = 4  # role and separators of one chat message


def estimate_tokens(text: str) -> int:
    """Tokens in a text, estimated from above; 0 for an empty one."""
    return sum(
        -(-len(piece.group()) // _CHARACTERS_PER_TOKEN[piece.lastgroup or "word"]) for piece in _PIECE.finditer(text)
    )


def estimate_functions(functions: Iterable[Mapping[str, object]]) -> int:
    """Tokens of function descriptions, sent as compact JSON."""
    return sum(estimate_tokens(json.dumps(one, ensure_ascii=False, separators=(",", ":"))) for one in functions)


def estimate_prompt(contents: Iterable[str], functions: Iterable[Mapping[str, object]] = ()) -> int:
    """Tokens of a whole request: its messages' contents and its functions."""
    return sum(estimate_tokens(content) + MESSAGE_TOKENS for content in contents) + estimate_functions(functions)
