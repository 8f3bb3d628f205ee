"""The shell: one module a command, loaded only when it is called, so that `onrecord read` starts fast."""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import importlib
import os
import sys
from typing import Any, NoReturn

import click

from onrecord.errors import OnrecordError

__all__ = ["COMMANDS", "main"]

#: name -> (module with a ``command``, one line of help). The table is all that `--help` needs to load.
COMMANDS: dict[str, tuple[str, str]] = {
    "read": ("onrecord.cli.read", "Print every statement in texts: who said what, in which words, where."),
    "ingest": ("onrecord.cli.ingest", "Read texts into a record: a corpus in one file."),
    "quotes": ("onrecord.cli.quotes", "List quotes that several articles have, and what each cut or changed."),
    "search": ("onrecord.cli.search", "Find statements in a record."),
    "show": ("onrecord.cli.show_statement", "Show a statement of a record in its text, or a whole document."),
    "timeline": ("onrecord.cli.timeline", "Count what was said by day, week, month or year."),
    "speakers": ("onrecord.cli.speakers", "List who speaks in a record."),
    "positions": ("onrecord.cli.positions", "What somebody said on a topic over time, and where it may have changed."),
    "stats": ("onrecord.cli.stats", "Count what a record holds."),
    "searches": ("onrecord.cli.searches", "List saved searches and what is new in them."),
    "correct": ("onrecord.cli.correct", "Correct, accept or reject a statement, or take that back."),
    "corrections": ("onrecord.cli.corrections", "List corrections, or write them as training data."),
    "agreement": ("onrecord.cli.agreement", "How far coders agree, field by field."),
    "sql": ("onrecord.cli.sql", "Ask a record in SQL, reading only."),
    "rescue": ("onrecord.cli.rescue", "Save what can be read of a damaged record."),
    "dates": ("onrecord.cli.dates", "Print every time expression in texts, and the days it stands for."),
    "evaluate": ("onrecord.cli.evaluate", "Score the reader against annotated articles."),
    "text": ("onrecord.cli.text", "Print the text of files of any format: what offsets refer to."),
    "sources": ("onrecord.cli.sources", "List the formats that can be read."),
    "mentions": ("onrecord.cli.mentions", "Print every person, organisation, place, state and role named in texts."),
    "actors": ("onrecord.cli.actors", "Find, show, add and check the actors behind the names."),
    "export": ("onrecord.cli.export", "Write statements of a record for other tools: Parquet, CSV, brat, TEI, dossiers and more."),
    "import": ("onrecord.cli.import_", "Add Parquet files, or corrections made in other tools, to a record."),
    "scale": ("onrecord.cli.scale", "Read a corpus of many files with many machines, into Parquet."),
    "mcp": ("onrecord.cli.mcp", "Let an assistant search a record, over the Model Context Protocol."),
    "serve": ("onrecord.cli.serve", "Open the reading room: browse, check and correct a record."),
    "demo": ("onrecord.cli.demo", "Read the example dispatches and open the reading room on them."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name][0]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # here, for click would make an exit code of 1 of it
            _forget_output()
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"onrecord {version('onrecord')}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version and exit.")
def _group() -> None:
    """Keep the record of who said what.

    onrecord reads news and official texts and finds every statement that they report: who said it, with which word
    it is reported, and the exact characters of what was said. It separates what is claimed from who claims it, and
    never says which claim is true.

    \b
    Try:
      onrecord read article.txt
      onrecord read corpus/ --format jsonl > statements.jsonl
    """


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the shell and leave the process. Exit codes: 0 all went well; 1 some input failed, the rest was done; 2 the call
    was wrong; 70 a fault in the program; 130 stopped with Ctrl-C.

    With ``argv`` (a caller's own words, as in a test) SystemExit is raised. Without, the process is the shell's own and ends
    at once: buffers are written and whoever registered with ``atexit`` is called, but the model and the tables are not freed
    piece by piece, which took a fifth of the time of reading one report.
    """
    # Start-up makes some 100,000 small objects that stay; looking through them for garbage again and again took a tenth of it.
    gc.set_threshold(100_000, 20, 20)
    # Nothing here multiplies large matrices in numpy, whose library else starts a thread a core that spins for a tenth of a second.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = _run(argv)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
    except OSError as e:
        code = _unwritten(e)
    if argv is None:
        _leave(code)
    sys.exit(code)


def _run(argv: list[str] | None) -> int:
    # Output is UTF-8 whatever the locale says: it is data, and half of what is printed is curly quotation marks.
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        # Not click's own ending: it has one exit code for Ctrl-C, for a closed pipe and for an input that failed.
        code = _group.main(args=argv, prog_name="onrecord", standalone_mode=False)
    except click.exceptions.Exit as e:
        return e.exit_code
    except click.ClickException as e:
        e.show()
        return e.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("onrecord: stopped", err=True)
        return 130
    except SystemExit as e:
        return e.code if isinstance(e.code, int) else 0 if e.code is None else 1
    except OnrecordError as e:
        click.echo(f"onrecord: {e}", err=True)
        return 1
    except Exception as e:
        if isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            return _unwritten(e)
        if os.environ.get("ONRECORD_TRACEBACK"):
            raise
        why = f"{type(e).__name__}: {' '.join(str(e).split())[:200]}"
        advice = "please report it; with ONRECORD_TRACEBACK=1 it says where"
        click.echo(f"onrecord: a fault in the program stopped it: {why} ({advice})", err=True)
        return 70
    return code if isinstance(code, int) else 0


def _forget_output() -> None:
    """The reader of our pipe went away: not our error, and nothing more to print."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritten(fault: OSError) -> int:
    click.echo(f"onrecord: the output could not be written: {(fault.strerror or type(fault).__name__).lower()}", err=True)
    _forget_output()
    return 1


def _leave(code: int) -> NoReturn:
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)
