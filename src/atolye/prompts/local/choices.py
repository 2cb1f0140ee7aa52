"""Where a text has two readings, both are followed to their end, so that people see what each would be."""

from __future__ import annotations

from dataclasses import dataclass, field


class UndecidedError(Exception):
    """A place with several readings that nothing was chosen for yet."""

    def __init__(self, key: str, labels: tuple[str, ...], *, strict: bool) -> None:
        self.key, self.labels, self.strict = key, labels, strict
        super().__init__(key)


@dataclass(slots=True)
class Choices:
    """Which reading is followed, by place."""

    made: dict[str, int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    """The words of each choice."""

    def of(self, key: str, *labels: str, strict: bool = False) -> int:
        """Which of several readings to follow.

        Args:
            strict: whether a person must say it even where only one of them can be built.

        Raises:
            UndecidedError: nothing was chosen yet; the reading starts again with every choice.
        """
        if key not in self.made:
            raise UndecidedError(key, labels, strict=strict)
        return self.made[key]

    def with_(self, key: str, index: int, label: str) -> Choices:
        return Choices({**self.made, key: index}, {**self.labels, key: label})
