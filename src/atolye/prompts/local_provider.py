"""Our own reader as a provider: deterministic, without key and network.

The default, and the remote ones' twin.
"""

from __future__ import annotations

import threading
from typing import Final

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
        known = {"defaults": context.defaults}
        suggestion = read(without_marks(prompt), language=context.language, context=known)
        request = {**suggestion.request, **context.overrides}
        proposal = Proposal(request, None, suggestion.reading, suggestion.warnings)
        if check is not None:
            check(proposal)
        return proposal

    def close(self) -> None:
        """Nothing to give back."""
