"""How a table is written: its letters and what separates its fields, found out by looking.

Spreadsheets set to Russian save semicolons and Windows-1251, or UTF-8 and UTF-16 with a byte order mark.
"""

import codecs
import gzip
from pathlib import Path
from typing import IO, NamedTuple

DELIMITERS = (",", ";", "\t")
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK_BYTES = 2**20


class TableFile(NamedTuple):
    """A table on disk, packed when its name ends in `.gz`."""

    path: Path
    encoding: str
    delimiter: str

    @classmethod
    def found(cls, path: Path) -> "TableFile":
        """What is not UTF-8 is Windows-1251; the delimiter is what the header has most of."""
        encoding = _encoding(path)
        with cls(path, encoding, ",").opened() as file:
            header = file.readline(2**16)
        return cls(path, encoding, max(DELIMITERS, key=header.count))

    def opened(self) -> IO[str]:
        """The file as text; a byte that means nothing in Windows-1251 becomes a question mark."""
        errors = "replace" if self.encoding == "cp1251" else "strict"
        if self.path.suffix == ".gz":
            return gzip.open(self.path, "rt", encoding=self.encoding, errors=errors, newline="")
        return self.path.open(encoding=self.encoding, errors=errors, newline="")


def _encoding(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        chunk = file.read(CHUNK_BYTES)
        for mark, name in BYTE_ORDER_MARKS:
            if chunk.startswith(mark):
                return name
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1251"
    return "utf-8"
