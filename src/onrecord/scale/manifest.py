"""What is known of one result: of which bytes it was made, by what, and what it must look like. Written last: it seals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from onrecord.scale.place import Place

__all__ = ["ASIDE", "MANIFESTS", "READINGS", "Manifest", "load", "sound"]

#: The folders of a place of results.
READINGS, MANIFESTS, ASIDE = "readings", "manifests", "aside"
#: How many of a file's refused documents its manifest names.
NAMED_REFUSALS = 1000


@dataclass(frozen=True, slots=True)
class Manifest:
    """``input``, ``input_digest`` (SHA-256), ``input_size``: what was read. ``mark`` as in Input, null for files on a disk.

    ``model``, ``code``, ``schema``: versions of the weights, of onrecord and of the table. ``options``: what else had a say.
    ``digest``, ``size``: of the Parquet file. ``rows`` (documents), ``statements``, ``words``, ``characters``: in it.
    ``refusals``: documents that could not be read, or are not English; ``refused``: the first of them, with the reason.
    No time and no machine enters: the same input gives the same manifest.
    """

    input: str
    input_digest: str
    input_size: int
    mark: str | None
    model: str
    code: str
    schema: str
    options: Mapping[str, Any]
    digest: str
    size: int
    rows: int
    statements: int
    words: int
    characters: int
    refusals: int
    refused: tuple[Mapping[str, str], ...]

    def to_bytes(self) -> bytes:
        """As it is written."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "backslashreplace")


_KINDS: dict[str, Any] = {
    "str": str,
    "int": int,
    "str | None": (str, type(None)),
    "Mapping[str, Any]": dict,
    "tuple[Mapping[str, str], ...]": list,
}


def load(data: bytes | None) -> Manifest | None:
    """The manifest in ``data``; null where there is none, or it is broken or of another shape."""
    try:
        value = json.loads(data or b"")
        if not isinstance(value, dict) or set(value) != {f.name for f in fields(Manifest)}:
            return None
        if any(not isinstance(value[f.name], _KINDS[str(f.type)]) or isinstance(value[f.name], bool) for f in fields(Manifest)):
            return None
        return Manifest(**{**value, "refused": tuple(value["refused"])})
    except (ValueError, RecursionError):
        return None


def sound(place: Place, name: str, manifest: Manifest, *, whole: bool) -> str | None:
    """Why the result ``name`` is not what its manifest says; null where it is. ``whole``: compare all bytes, not only the footer."""
    file = f"{READINGS}/{name}.parquet"
    size = place.size(file)
    if size is None:
        return "the file is gone"
    if size != manifest.size:
        return f"the manifest says {manifest.size} bytes, the file has {size}"
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
    import pyarrow.parquet as pq  # type: ignore[import-untyped,unused-ignore]

    try:
        with place.open(file) as stream:
            if whole and _digest(stream) != manifest.digest:
                return "its bytes are not those that the manifest names"
            stream.seek(0)
            with pq.ParquetFile(stream) as table:
                rows, said = table.metadata.num_rows, table.schema_arrow.metadata or {}
    except (pa.ArrowException, OSError) as e:
        return f"it cannot be read: {' '.join(str(e).split())[:100]}"
    if rows != manifest.rows:
        return f"the manifest says {manifest.rows} documents, the file has {rows}"
    for key, value in (("onrecord.input", manifest.input_digest), ("onrecord.model", manifest.model), ("onrecord.code", manifest.code)):
        if said.get(key.encode(), b"").decode("utf-8", "replace") != value:
            return f"the file does not say the {key.removeprefix('onrecord.')} that the manifest says"
    return None


def _digest(stream: Any) -> str:
    made = hashlib.sha256()
    while piece := stream.read(1 << 20):
        made.update(piece)
    return made.hexdigest()
