"""Our own reader as a provider: deterministic, without key and network.

The default, and the remote ones' twin.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

from atolye.errors.masking import without_marks
from atolye.prompts.local import read
from atolye.prompts.ports import Check, Exchange, PromptContext, Proposal

VERSION: Final = "local/1"


class LocalProvider:
    """Reads prompts in this process. Threads may share it."""

    name = "local"
    remote = False

    def suggest(
        self,
        prompt: str,
        context: PromptContext,
        *,
        cancel: threading.Event | None = None,
        check: Check | None = None,
        exchange: Exchange | None = None,
    ) -> Proposal:
        """See :class:`~atolye.prompts.ports.Provider`; takes milliseconds, so ``cancel`` is not looked at."""
        if exchange is not None:
            exchange.provider, exchange.profile = self.name, VERSION
        suggestion = read(without_marks(prompt), language=context.language, context=_known(context))
        request = {**suggestion.request, **context.overrides}
        proposal = Proposal(request, None, suggestion.reading, suggestion.warnings)
        if check is not None:
            check(proposal)
        return proposal

    def close(self) -> None:
        """Nothing to give back."""


def _known(context: PromptContext) -> Mapping[str, Any]:
    """What holds where the text is silent, by the names that requests use."""
    defaults = context.defaults
    known = {
        "material": defaults.material,
        "process": defaults.process,
        "machine": defaults.machine,
        "units": defaults.units,
    }
    return {name: value for name, value in known.items() if value is not None}
