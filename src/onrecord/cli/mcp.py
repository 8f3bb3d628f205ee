"""`onrecord mcp`: the record as tools for an assistant."""

from __future__ import annotations

import sys

import click

__all__ = ["command"]


@click.command("mcp", short_help="Let an assistant search a record, over MCP.")
@click.option(
    "--record", required=True, metavar="FILE", type=click.Path(dir_okay=False), help="The record to answer from; it is only read."
)
def command(record: str) -> None:
    """Serve a record to an assistant, over the Model Context Protocol on standard input and output.

    The assistant's program starts this command itself; put it in that program's list of servers. The tools only read:
    overview, search, context, passage, timeline, speakers, variants. Every answer names its document and offsets.

    \b
    Example of an entry:
      {"mcpServers": {"onrecord": {"command": "onrecord", "args": ["mcp", "--record", "/path/to/r.db"]}}}

    Exit codes: 0 the client went away; 1 the record could not be opened; 2 the call was wrong.
    """
    from onrecord.mcp import serve

    if sys.stdin.isatty():
        click.echo(
            "onrecord: waiting for an MCP client on standard input; an assistant's program starts this command (Ctrl-C ends it)", err=True
        )
    serve(record)
