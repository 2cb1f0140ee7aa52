"""The reader of our own: Turkish and English sentences about parts, without a model, a network or a key.

The same text gives the same request, everywhere and always. What it did not understand it says; what is
missing it
asks for; of what has two readings it shows both. The steps: :mod:`scanner` cuts the text into known words,
numbers
and names; :mod:`rules` and :mod:`pairing` give numbers to words; :mod:`holes` gathers the holes;
:mod:`parts` makes
fields of a part family of it all; :mod:`reader` holds this together and decides what is answered.
"""

from atolye.prompts.local.reader import read

__all__ = ["read"]
