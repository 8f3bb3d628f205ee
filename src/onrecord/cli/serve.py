"""`onrecord serve`: the reading room, a local site to browse, check and correct a record."""

from __future__ import annotations

import getpass
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path

import click

from onrecord.errors import OnrecordError, UnsupportedError, UsageError

__all__ = ["command", "run"]


@click.command("serve", short_help="Open the reading room: browse, check and correct a record.")
@click.option(
    "--record", "path", type=click.Path(path_type=Path), default=Path("onrecord.db"), show_default=True,
    envvar="ONRECORD_RECORD", show_envvar=True, help="The record to open; made if it is not there.",
)  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; any but this machine's own needs a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8400, show_default=True, help="0: any that is free.")
@click.option("--token", metavar="TOKEN", help="What readers must know; made up when --host is not this machine's own.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name by which readers may reach this machine.")
@click.option("--who", metavar="NAME", help="The coder whose corrections these are; by default your user name.")
@click.option("--read-only", is_flag=True, help="Show the record, and let nobody change it.")
def command(path: Path, host: str, port: int, token: str | None, hosts: tuple[str, ...], who: str | None, read_only: bool) -> None:
    """Open the reading room over a record: search it, read each statement in its text, correct, and take away what you need.

    The site is this machine's alone unless --host says otherwise; then a token is asked for, which stands in the address
    that is printed. Nothing is loaded from elsewhere.

    \b
    Examples:
      onrecord serve
      onrecord serve --record caucasus.db --who "A. Petrova"
      onrecord serve --host 0.0.0.0 --allow-host newsroom.example

    Stop it with Ctrl-C. Exit codes: 0 it was stopped; 1 the record could not be opened, or the address is taken; 2 the call was wrong.
    """
    run(path, host=host, port=port, token=token, hosts=hosts, who=who, read_only=read_only)


def run(
    path: Path, *, host: str = "127.0.0.1", port: int = 8400, token: str | None = None, hosts: tuple[str, ...] = (),
    who: str | None = None, read_only: bool = False,
) -> None:  # fmt: skip
    """Serve the record at ``path`` until interrupted. Raises OnrecordError when it cannot be opened or the address is taken."""
    try:
        import uvicorn

        from onrecord.web import Settings, create_app
        from onrecord.web.guard import is_loopback
    except ImportError as e:
        raise UnsupportedError("onrecord serve", f"it needs the Python package {e.name!r}", "pip install 'onrecord[web]'") from e
    if not is_loopback(host) and token is None:
        token = secrets.token_urlsafe(24)
    if token is not None and (len(token) < 16 or not token.isascii() or not all(c.isalnum() or c in "-_.~" for c in token)):
        raise UsageError("a token has 16 characters or more, of letters, digits and - _ . ~")
    name = who or ""
    with suppress(OSError, KeyError, ImportError):  # a user without a name
        name = name or getpass.getuser()
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    allowed = tuple(h.lower() for h in (*hosts, *(() if is_loopback(host) else (host, socket.gethostname()))))
    app = create_app(path, Settings(token=token, hosts=allowed, who=name, read_only=read_only))
    shown = f"[{host}]" if ":" in host else host
    if host in ("0.0.0.0", "::"):
        shown = hosts[0] if hosts else socket.gethostname()
    click.echo(f"The reading room of {path} is open at http://{shown}:{port}/" + (f"?token={token}" if token else ""))
    click.echo("Stop it with Ctrl-C.")
    sys.stdout.flush()
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_keep_alive=30, h11_max_incomplete_event_size=64 << 10
        )
    )
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: only then does asyncio send answers at once, and not up to 40 ms later.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except (OSError, OverflowError) as e:
        made.close()
        reason = getattr(e, "strerror", None) or str(e)
        raise OnrecordError(f"{host}:{port}: it cannot listen there: {reason.lower()} (choose another with --port, or --port 0)") from e
    made.listen(128)
    return made
