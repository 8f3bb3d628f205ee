"""Regular expressions that are compiled at their first use.

The grammar of dates and the rules of acts hold some hundred and fifty; a short text needs a third of them, and compiling
all at import took longer than reading it.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

__all__ = ["compile"]


def compile(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """``re.compile``, later: what comes back has every method and attribute of a compiled pattern, and is compiled when one
    is first asked for. It is not itself a ``re.Pattern``: call its methods, do not hand it to the functions of ``re``.
    A pattern that is wrong raises re.error at that first use (``tests/test_lazy.py`` compiles all that there are).
    """
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))


class _Lazy:
    def __init__(self, pattern: Any, flags: int) -> None:
        self._made = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        # Called only for what the object does not have yet: from the second time on the compiled method is found directly.
        value = getattr(re.compile(*self._made), name)
        setattr(self, name, value)
        return value
