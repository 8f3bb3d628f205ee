"""`onrecord evaluate`: the scorer's figures for this model on annotated articles."""

from __future__ import annotations

import json
from pathlib import Path

import click

__all__ = ["command"]


@click.command("evaluate", short_help="Score the reader against annotated articles.")
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print all figures as one JSON object.")
@click.option("--threads", type=click.IntRange(1, 256), help="Cores to use; by default all.")
def command(gold: Path, as_json: bool, threads: int | None) -> None:
    """Score the reader against annotated articles (JSON Lines, gzipped or not; PolNeAR's format, see docs/evaluation.md).

    All figures are F1 x 100. exact: both ends of a span agree. whole: source, cue and content all agree exactly.
    linked: content overlaps and sources overlap. Calibration error: how far confidence is from the share that is linked.
    """
    from onrecord.evaluation import evaluate, load_gold
    from onrecord.reader import Reader

    e = evaluate(load_gold(gold), Reader(threads=threads))
    if as_json:
        click.echo(json.dumps(e.to_dict()))
        return
    f = e.figures
    click.echo(f"{'':10}{'exact':>8}{'jaccard':>9}{'overlap':>9}{'token':>8}{'gold':>8}{'found':>8}")
    for name, r in (("source", f.source), ("cue", f.cue), ("content", f.content)):
        click.echo(f"{name:10}{r.exact:8.1f}{r.jaccard:9.1f}{r.overlap:9.1f}{r.token:8.1f}{r.gold:8}{r.found:8}")
    click.echo(f"\nwhole {f.whole:.1f}   linked {f.linked:.1f}   content matched {f.content_matched:.1f}   documents {f.documents}")
    for title, rows in (("kind", e.by_kind), ("words of content", e.by_length)):
        click.echo(f"\n{title:18}{'gold':>6}{'linked':>9}{'whole':>8}   (recall, %)")
        for k, row in rows.items():
            click.echo(f"  {k:16}{row.gold:6}{row.linked:9.1f}{row.whole:8.1f}")
    click.echo(f"\nexpected calibration error {e.calibration_error:.3f}")
    click.echo("  confidence   statements   mean   linked")
    for low, n, mean, share in e.calibration:
        click.echo(f"  {low:.1f}-{low + 0.1:.1f}{n:13}{mean:10.2f}{share:8.2f}")
