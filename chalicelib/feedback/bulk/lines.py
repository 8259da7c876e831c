"""The lines of a file in a bucket, packed or not, from any place on, with a few megabytes of it at hand."""

import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

GZIP = b"\x1f\x8b"
RANGE_BYTES = 8 * 2**20  # asked for at once
UNPACKED_BYTES = 2**20  # at once: a megabyte of zeros packs into a kilobyte
LINE_BYTES_MAX = 64 * 2**10  # a row has five short fields


class FileRefusedError(Exception):
    """The file as a whole is no good; the text is for its sender."""


class Line(NamedTuple):
    """A line, and where the next one begins (in the unpacked file)."""

    text: bytes
    end: int


def lines_of(read: Callable[[int, int], bytes], size: int, offset: int = 0) -> Iterator[Line]:
    """The lines from `offset` on, which is where a line begins. `read` gives a range of the file (start, bytes).

    Of a packed file all before is unpacked once more: some 200 MB a second.

    Raises:
        FileRefusedError: it is cut off, packed in another way than gzip, or has a line that no row can have.
    """
    is_packed = size >= len(GZIP) and read(0, len(GZIP)) == GZIP
    blocks = _skipped(_unpacked(_ranges(read, size, 0)), offset) if is_packed else _ranges(read, size, offset)
    end, rest = offset, b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for text in whole:
            end += len(text) + 1
            yield Line(text, end)
        if len(rest) > LINE_BYTES_MAX:
            raise FileRefusedError(f"A row has more than {LINE_BYTES_MAX:,} bytes.")
    if rest:
        yield Line(rest, end + len(rest))


def _ranges(read: Callable[[int, int], bytes], size: int, start: int) -> Iterator[bytes]:
    for place in range(start, size, RANGE_BYTES):
        yield read(place, RANGE_BYTES)


def _skipped(blocks: Iterator[bytes], bytes_: int) -> Iterator[bytes]:
    for block in blocks:
        if bytes_ < len(block):
            yield block[bytes_:]
        bytes_ = max(0, bytes_ - len(block))


def _unpacked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Files that were packed one by one and then joined are one file."""
    member = zlib.decompressobj(wbits=31)
    try:
        for block in blocks:
            while block:
                if member.eof:
                    member = zlib.decompressobj(wbits=31)
                yield member.decompress(block, UNPACKED_BYTES)
                block = member.unconsumed_tail or member.unused_data
    except zlib.error as error:
        raise FileRefusedError("The file is packed in another way than gzip, or broken.") from error
    if not member.eof:
        raise FileRefusedError("The file is cut off.")
