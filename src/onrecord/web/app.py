"""The application: the gate, the addresses, and the threads that make the pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from onrecord.errors import OnrecordError, ReadOnlyRecordError, RecordError
from onrecord.record import Record
from onrecord.web import render
from onrecord.web.addresses import ADDRESSES, Page
from onrecord.web.ask import Ask, Site
from onrecord.web.guard import Guard
from onrecord.web.problem import CODES, Problem, problem_of
from onrecord.web.settings import Settings

__all__ = ["create_app"]

_log = logging.getLogger("onrecord.web")


def create_app(path: str | Path, settings: Settings | None = None) -> Starlette:
    """The reading room over the record at ``path``, which is made if it is not there and may be written to.

    The ASGI application keeps the record open until it is shut down. Raises RecordError.
    """
    settings = settings or Settings()
    site = Site(_opened(Path(path), settings), settings)
    workers = ThreadPoolExecutor(settings.threads, thread_name_prefix="page")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        workers.shutdown(wait=True, cancel_futures=True)
        site.record.close()

    def endpoint(made: Page) -> Callable[[Request], Awaitable[Response]]:
        async def run(request: Request) -> Response:
            # Threads of our own: each keeps its connection to the record for as long as the application lives.
            return await asyncio.get_running_loop().run_in_executor(workers, _answer, site, made, request)

        return run

    static = Path(__file__).parent / "static"
    routes = [Route(a.path, endpoint(a.page), methods=[a.method], name=a.name) for a in ADDRESSES]
    app = Starlette(
        routes=[Mount("/static", StaticFiles(directory=static), name="static"), *routes],
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={HTTPException: _http_error(site)},
        lifespan=lifespan,
    )
    app.state.site = site
    return app


def _opened(path: Path, settings: Settings) -> Record:
    if settings.read_only:
        return Record.open(path)
    try:
        return Record.open(path, "create")
    except ReadOnlyRecordError:
        return Record.open(path)
    except RecordError:
        if path.is_file():
            return Record.open(path)  # says what is wrong with it, or can be read at least
        raise


def _answer(site: Site, made: Page, request: Request) -> Response:
    ask = Ask(request, site.settings)
    try:
        return made(site, ask)
    except (Problem, OnrecordError) as e:
        return _problem_page(site, ask, problem_of(e))
    except Exception as e:
        _log.exception("%s %s", request.method, request.url.path)
        return _problem_page(site, ask, problem_of(e))


def _problem_page(site: Site, ask: Ask, p: Problem) -> Response:
    if ask.json:
        return render.json_answer(p.to_dict(), p.status)
    return render.page(site, ask, "problem.html", status=p.status, problem=p)


def _http_error(site: Site) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, e: Exception) -> Response:
        status = e.status_code if isinstance(e, HTTPException) and e.status_code in CODES else 404
        words = "this address takes no such request" if status == 405 else "there is no page at this address"
        return _problem_page(site, Ask(request, site.settings), Problem(status, words, "start from the search page"))

    return handle
