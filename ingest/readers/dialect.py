"""Which character separates the cells of a delimited file, judged by its first records."""

from collections import Counter
from io import BytesIO
from pathlib import Path

from ingest.readers.tokens import Tokens

_HEAD = 1 << 18
_RECORDS = 200
_DELIMITERS = {".tsv": "\t,;|", ".txt": "\t,;|", ".csv": ",\t;|"}
_ENOUGH = 0.9  # of the agreement of the best one: the first in the order of the suffix is taken


def delimiter_of(path: Path, suffix: str, quote: str) -> str | None:
    """The delimiter of a UTF-8 file; None where its lines have none in common.

    The one that gives the most records the same number of fields, two at least; where several do
    as well, the usual one for the suffix.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if len(head) == _HEAD:
        head = head[: head.rfind(b"\n") + 1] or head
    choices = _DELIMITERS.get(suffix, _DELIMITERS[".csv"])
    agreement = {d: _agreement(head, d, quote) for d in choices}
    best = max(agreement.values())
    if not best:
        return None
    return next(d for d in choices if agreement[d] >= _ENOUGH * best)


def _agreement(head: bytes, delimiter: str, quote: str) -> float:
    sizes: Counter[int] = Counter()
    for _, record in zip(range(_RECORDS), Tokens(BytesIO(head), delimiter, quote), strict=False):
        sizes[len(record.cells)] += 1
    several = [count for size, count in sizes.items() if size > 1]
    return max(several, default=0) / max(sizes.total(), 1)
