"""The reading room: the record as a web site on the user's own machine.

    from onrecord.web import Settings, create_app

    app = create_app("r.db", Settings())        # an ASGI application; `onrecord serve` runs it

Pages are made on the server and work without JavaScript; every address gives JSON too (``.json``, or ``Accept``).
See docs/reading-room.md.
"""

from __future__ import annotations

from onrecord.web.app import create_app
from onrecord.web.settings import Settings

__all__ = ["Settings", "create_app"]
