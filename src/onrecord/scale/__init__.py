"""A corpus of many files read by many workers into Parquet, one file an input; and what in it is the same.

``scale`` reads, ``cluster`` finds near-duplicates and same quotes over all that was read. Ray places the workers; without it
one process does the same, byte for byte. See docs/scale.md.
"""

from __future__ import annotations

from onrecord.scale.cluster import ClusterReport, cluster
from onrecord.scale.run import Report, scale

__all__ = ["ClusterReport", "Report", "cluster", "scale"]
