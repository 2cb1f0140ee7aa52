"""``python -m atolye`` is the ``atolye`` command."""

from atolye.cli import main

if __name__ == "__main__":
    main()
