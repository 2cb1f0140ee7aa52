"""Finds names of people and postal addresses in free text, in Turkish and English.

No rule can know every name, so each wants something to rest on: a title (“Sn.”, “Mr”), words that introduce
somebody (“adım”, “my name is”, “müşteri:”), or a first name that is no ordinary word. An address wants one
of the words that only addresses have (“Mahallesi”, “Street”), a cue (“adres:”), or a postal code beside a
province. What a workshop says (“Mil Çapı”, “L Profil”, “No 5”) is neither: a technical word ends a name, and
a number with a unit ends an address.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Final

IsTechnical = Callable[[str], bool]

NAME: Final = "[name redacted]"
ADDRESS: Final = "[address redacted]"

_MOST_NAMES: Final = 3
"""Words of a name after its title; a longer one is hardly ever written out."""

_UPPER: Final = "A-ZÇĞİÖŞÜÂÎÛ"
_LOWER: Final = "a-zçğıöşüâîû"
_LETTER: Final = f"{_UPPER}{_LOWER}"
_CAPITALISED: Final = rf"(?:[{_UPPER}][{_LOWER}]+|[{_UPPER}]{{2,}})(?:-[{_UPPER}][{_LOWER}]+)?"
_ENDING: Final = rf"(?:['’][{_LOWER}]{{1,6}})?"
"""A Turkish case or an English genitive after a name: “Ahmet'in”, “John's”."""

_WITHOUT_ACCENTS: Final = str.maketrans("çğıöşüâîû", "cgiosuaiu")


def _plain(word: str) -> str:
    """A lower-case word as it is typed on a keyboard without Turkish letters."""
    return word.translate(_WITHOUT_ACCENTS)


_NAMES: Final = {
    key: frozenset(spelling for word in words.split() for spelling in (word, _plain(word)))
    for key, words in tomllib.loads(
        files("atolye.errors").joinpath("people.toml").read_text(encoding="utf-8")
    ).items()
}
_FIRST_NAMES, _ALSO_WORDS = _NAMES["first_names"], _NAMES["also_words"]
_SURNAMES, _NO_NAMES = _NAMES["surnames"], _NAMES["no_names"]

_PROVINCES: Final = (
    "Adana|Adıyaman|Afyon(?:karahisar)?|Ağrı|Aksaray|Amasya|Ankara|Antalya|Ardahan|Artvin|Aydın|Balıkesir"
    "|Bartın|Batman|Bayburt|Bilecik|Bingöl|Bitlis|Bolu|Burdur|Bursa|Çanakkale|Çankırı|Çorum|Denizli"
    "|Diyarbakır|Düzce|Edirne|Elazığ|Erzincan|Erzurum|Eskişehir|Gaziantep|Giresun|Gümüşhane|Hakkari|Hatay"
    "|Iğdır|Isparta|[İI]stanbul|[İI]zmir|(?:Kahraman)?[Mm]araş|Karabük|Karaman|Kars|Kastamonu|Kayseri|Kilis"
    "|Kırıkkale|Kırklareli|Kırşehir|Kocaeli|[İI]zmit|Konya|Kütahya|Malatya|Manisa|Mardin|Mersin|Muğla|Muş"
    "|Nevşehir|Niğde|Ordu|Osmaniye|Rize|Sakarya|Adapazarı|Samsun|Siirt|Sinop|Sivas|Şanlıurfa|Şırnak|Tekirdağ"
    "|Tokat|Trabzon|Tunceli|Uşak|Van|Yalova|Yozgat|Zonguldak"
)

_WORKSHOP: Final = (
    "açı|adet|ağırlı|alüminyum|aluminium|aluminum|anahtar|aralı|ayar|bağlantı|bakır|base|başlı|bearing|block|blok|bolt"
    "|boru|boş|box|boy|bracket|braket|brass|brons|bronz|cıvata|civata|circle|cone|corner|cover|cylinder|çap"
    "|çelik|çizim|delik|demir|derin|diameter|dişli|disk|diş|düz|eksen|ekstrüz|elips|en|et|fillet|flanş|flange"
    "|flat|gear|geniş|gövde|hatve|head|height|hex|hole|housing|iç|iş|kalınlı|kapa|kod|kare|kasnak|kenar|kesit|kılavuz|kol"
    "|kordon|köşe|koni|küp|küre|kutu|lama|length|levha|malzeme|makine|material|merkez|mil|model|montaj|motor"
    "|numara|nut|ölçü|oyuk|pah|parça|part|paslanmaz|pim|pin|pipe|pirinç|plaka|plate|profil|profile|pul|radius|radyüs"
    "|rulman|sac|sayı|screw|saft|şaft|şase|sıcak|silindir|somun|sphere|square|standart|steel|step|stainless|tabla|taban"
    "|taraf|thickness|tip|titan|torx|tube|tür|uzunlu|vida|wall|washer|wide|width|yarıçap|yatak|yön|yükseklik|yüzey"
)
_IS_WORKSHOP: Final = re.compile(rf"(?:{_WORKSHOP})(?<=[{_LETTER}]{{4}})|(?:{_WORKSHOP})[ıiuü]?$")


def mask_people(text: str, is_technical: IsTechnical | None = None) -> str:
    """The text with names and addresses replaced by :data:`NAME` and :data:`ADDRESS`.

    The words that lead to them (“adım”, “Sn.”, “adres:”) go with them, so that what is left reads on.

    Args:
        is_technical: says of further words that they belong to the part and not to a person.
    """

    def technical(word: str) -> bool:
        lowered = _lower(word)
        return bool(_IS_WORKSHOP.match(lowered)) or (is_technical is not None and is_technical(word))

    for mask in (_mask_cued_addresses, _mask_addresses, _mask_names):
        text = mask(text, technical)
    return text


def _lower(word: str) -> str:
    """Turkish lower case: ``I`` is ``ı`` there, which only matters to words that have both."""
    return word.replace("İ", "i").replace("I", "ı" if re.search("[çğıöşüÇĞİÖŞÜ]", word) else "i").lower()


# ---- names ---------------------------------------------------------------------------------------

_TITLE: Final = re.compile(
    rf"(?<![{_LETTER}])(?:(?i:sayın|sn\.|mr\.?|mrs\.?|mister)|Bay|BAY|Bayan|BAYAN|Ms\.?|Sn|Miss|Dr\.?|Prof\.?|Av\.|Müh\.|SN)"
    rf"(?:\s+(?:Dr|Prof|Doç|Av|Müh)\.?)?\s+(?=[{_UPPER}])"
)
_INTRODUCED: Final = re.compile(
    rf"(?<![{_LETTER}])(?:(?i:benim\s+ad[ıi]m(?:\s+soyad[ıi]m)?|ad[ıi]m\s+soyad[ıi]m|ismim|my\s+name\s+is"
    rf"|my\s+name's|ad[ıi]?\s+soyad[ıi]?\s*:|this\s+is(?=\s+[{_UPPER}][{_LOWER}]+\s+[{_UPPER}][{_LOWER}]+[\s,.])))"
    r"\s*[:,]?\s*"
)
"""After these a name is certain, so it may be in lower case."""
_CUED: Final = re.compile(
    rf"(?<![{_LETTER}])(?:(?i:ad[ıi]m|müşteri(?:\s+adı)?\s*:|yetkili(?:\s+kişi)?\s*:|sorumlu(?:\s+kişi)?\s*:"
    r"|hazırlayan\s*:|çizen\s*:|gönderen\s*:|alıcı\s*:|teslim\s+alacak\s*:|sipariş\s+veren\s*:|saygılarımla,?"
    r"|customer\s*:|client\s*:|contact\s*:|attn\.?\s*:?|drawn\s+by\s*:?|ordered\s+by\s*:?|prepared\s+by\s*:?"
    r"|(?:kind\s+|best\s+)?regards,?|sincerely,?|yours,))\s*"
    rf"(?=[{_UPPER}])"
)
_ONESELF: Final = re.compile(
    rf"(?<![{_LETTER}])(?:(?i:ben)|I\s+am|I'm|I’m)\s+"
    rf"(?={_CAPITALISED}(?:\s+{_CAPITALISED}|\s*[,.;:\n]|\s+from\b|\s*$))"
)
_BEFORE_HONORIFIC: Final = re.compile(
    rf"(?<![{_LETTER}])((?:{_CAPITALISED}\s+){{0,2}}{_CAPITALISED})\s+"
    rf"(?:Bey|Hanım|Usta|Abi|Hoca|Efendi)(?:['’]?[{_LOWER}]{{1,5}})?(?![{_LETTER}])"
)
_WORD: Final = re.compile(rf"([{_LETTER}]+(?:-[{_LETTER}]+)?)({_ENDING})(?![{_LETTER}\d])")
_GAP: Final = re.compile(r"[ \t]+")
_JOINED: Final = frozenset("@_/.\\")
"""What stands before a word that is part of a file or an identifier."""
_CLOSED: Final = re.compile(r"\s*(?:[,.;:\n]|için\b|$)")
_INITIAL: Final = re.compile(rf"[{_UPPER}]\.(?=\s)")


def _mask_names(text: str, technical: IsTechnical) -> str:
    for pattern, any_case in ((_INTRODUCED, True), (_TITLE, False), (_CUED, False), (_ONESELF, False)):
        text = _mask_after(text, pattern, technical, any_case=any_case)
    text = _BEFORE_HONORIFIC.sub(lambda match: _honoured(match, technical), text)
    return _mask_known(text, technical)


def _mask_after(text: str, cue: re.Pattern[str], technical: IsTechnical, *, any_case: bool) -> str:
    """Masks the name that follows each cue, with the cue."""
    made, done = [], 0
    for match in cue.finditer(text):
        if match.start() < done:
            continue
        end = _end_of_name(text, match.end(), technical, any_case=any_case)
        if end is not None:
            made.append(text[done : match.start()] + NAME)
            done = end
    return "".join(made) + text[done:]


def _end_of_name(text: str, start: int, technical: IsTechnical, *, any_case: bool) -> int | None:
    """Where the name that begins at ``start`` ends; none when none does."""
    end: int | None = None
    place = start
    for number in range(_MOST_NAMES):
        if (initial := _INITIAL.match(text, place)) is not None:
            end = initial.end()
        else:
            word = _WORD.match(text, place)
            if word is None or not _may_be_name(text, word, technical, number, any_case=any_case):
                break
            end = word.end()
            if word[2]:
                break  # an ending closes the name
        gap = _GAP.match(text, end)
        if gap is None:
            break
        place = gap.end()
    return end


def _may_be_name(
    text: str, word: re.Match[str], technical: IsTechnical, number: int, *, any_case: bool
) -> bool:
    spelled, lowered = word[1], _lower(word[1])
    if lowered in _FIRST_NAMES and (spelled[0].isupper() or lowered not in _ALSO_WORDS):
        return True
    closed = bool(word[2]) or _CLOSED.match(text, word.end()) is not None
    if number > 0 and lowered in _SURNAMES and (any_case or closed):
        return True  # also when it is a material
    if technical(spelled) or lowered in _NO_NAMES or len(spelled) < 2:
        return False
    if spelled[0].isupper():
        return True
    return any_case if number == 0 else lowered in _SURNAMES or (any_case and closed)


def _honoured(match: re.Match[str], technical: IsTechnical) -> str:
    """Masks “Ahmet Bey” with as many words before it as can be a name."""
    words = match[1].split()
    kept: list[str] = []
    while words and (technical(words[0]) or _lower(words[0]) in _NO_NAMES):
        kept.append(words.pop(0))
    return " ".join([*kept, NAME]) if words else match[0]


def _mask_known(text: str, technical: IsTechnical) -> str:
    """Masks first names that are no other word, with the surname after them."""
    made, done = [], 0
    for word in _WORD.finditer(text):
        lowered = _lower(word[1])
        if (
            word.start() < done
            or lowered not in _FIRST_NAMES
            or text[word.start() - 1 : word.start()] in _JOINED
        ):
            continue
        end = _end_of_name(text, word.start(), technical, any_case=False)
        if end is not None:
            made.append(text[done : word.start()] + NAME)
            done = end
    return "".join(made) + text[done:]


# ---- addresses ----------------------------------------------------------------------------------------

_SHORTEST_STREET_NUMBER: Final = 3
"""Digits of a street's number that is an address by itself: “1234. Sokak”."""
_PLACE_NAME: Final = rf"(?:\d{{1,5}}\.?|{_CAPITALISED}\.?)"
_STREET: Final = (
    r"(?:Mahallesi|Mahalle|mahallesi|MAHALLESİ|Mah\.?|MAH\.?|Mh\.|Caddesi|caddesi|CADDESİ|Cad\.|CAD\.(?=\s*N)|Cd\.|Sokağı"
    r"|Sokak|sokağı|sokak|SOKAK|Sok\.|SOK\.|Sk\.|Bulvarı|bulvarı|Bulv\.|Blv\.|Apartmanı|apartmanı|Apt\.|Sitesi|Köyü"
    r"|Organize Sanayi(?: Bölgesi)?|Sanayi Bölgesi|İş Merkezi)"
)
_UNIT: Final = r"\s*(?:mm|cm|m|mt|metre|milim|inç|inch|in|\"|''|[xX×*]\s*\d)(?![a-zçğıöşü])"
_HOUSE: Final = (
    rf"(?:(?i:no|numara|kat|daire|blok|k|d|bina)\s*[:.]?\s*\d{{1,5}}(?:\s?[/-]\s?\d{{1,4}})?[A-Z]?(?![\d.,]*\d|{_UNIT})"
    rf"|[A-Z]\s+Blok|\d{{1,4}}\s?/\s?\d{{1,4}}(?!\d|{_UNIT})|\d{{5}}(?!\d|[.,]\d|{_UNIT}))"
)
_TOWN: Final = (
    rf"(?:{_CAPITALISED}\s*/\s*{_CAPITALISED}|(?:{_CAPITALISED}[\s,]+)?(?:{_PROVINCES})(?![{_LETTER}]))"
)
_SEPARATOR: Final = r"[\s,;/-]{1,3}"
_TURKISH: Final = re.compile(
    rf"(?<![\w'’])((?:{_PLACE_NAME}\s+){{1,3}}|[{_LOWER}]+\s+){_STREET}(?![{_LETTER}])"
    rf"((?:{_SEPARATOR}(?:(?:{_PLACE_NAME}\s+){{1,3}}{_STREET}(?![{_LETTER}])|{_HOUSE}))*(?:{_SEPARATOR}{_TOWN})?)"
)
_ENGLISH: Final = re.compile(
    rf"(?<![\w.,/])\d{{1,5}}[A-Za-z]?\s+((?:(?:[NSEW]\.?|\d{{1,3}}(?:st|nd|rd|th)|{_CAPITALISED})\s+){{1,4}})"
    r"(?:Street|St\.|St(?=,)|Road|Rd\.?|Avenue|Ave\.?|Boulevard|Blvd\.?|Lane|Ln\.|Drive|Court|Square|Crescent|Terrace"
    r"|Highway|Hwy\.?)"
    rf"(?![{_LETTER}])"
    rf"(?:,?\s+(?:(?:Apt|Suite|Unit|Floor|Flat|Ste)\.?\s*#?\s*\w{{1,5}}|#\s*\d{{1,5}}))?"
    r"(?:\s+[NSEW]{1,2}(?![A-Za-z]))?(?:,\s+[A-Z][a-z]+(?:\s+[A-Z][a-z]+)?)?"
    r"(?:,?\s+(?:[A-Z]{2}\s+)?(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2})(?!\w))?"
)
_POST_BOX: Final = re.compile(
    r"\b(?:P\.?\s?O\.?\s?Box|Posta\s+Kutusu|P\.K\.)\s*:?\s*\d{1,6}\b", re.IGNORECASE
)
_POST_CODE: Final = re.compile(
    r"\b(?:posta\s+kodu(?:m|muz)?|post\s?code|postal\s+code|zip(?:\s+code)?)\s*(?::|is|=)?\s*"
    r"(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
_CODE_AND_TOWN: Final = re.compile(
    rf"(?<![\w.,])\d{{5}}\s+(?:{_CAPITALISED}\s*[/ ]\s*)?(?:{_PROVINCES})(?![{_LETTER}])"
)
_ADDRESS_CUE: Final = re.compile(
    rf"(?<![{_LETTER}])(?i:(?:teslimat|fatura|ev|iş|sevk|delivery|shipping|home|billing|postal)?\s*"
    r"(?:adres(?:im|imiz|i)?|address))\s*(?::|=|\bis\b)\s*"
)
_ADDRESS_WORD: Final = re.compile(
    r"(?:no|numara|kat|daire|blok|bina|[iİ]ş|merkez\w*|cad\w*|sok\w*|mah\w*|apt|site\w*|floor|block|unit)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
"""What may stand in an address though the workshop has the word, too."""
_ADDRESS_TOKEN: Final = re.compile(r"[^\s]+")
_SIZE: Final = re.compile(
    r"(?:[Øø⌀]|[Mm])\s?\d|\d+(?:[.,]\d+)?\s?(?:mm|cm|m|in|inch|inç|\"|[xX×*]\s?\d|[xX×*]$)", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(rf"\.\s+[{_UPPER}]")
_NEXT_UNIT: Final = re.compile(r"\s+(?:mm|cm|m|mt|metre|milim|inç|inch|in|[xX×])\b", re.IGNORECASE)


def _mask_addresses(text: str, technical: IsTechnical) -> str:
    text = _TURKISH.sub(lambda match: _street(match, technical), text)
    text = _ENGLISH.sub(
        lambda match: match[0] if any(technical(word) for word in match[1].split()) else ADDRESS, text
    )
    for pattern in (_POST_BOX, _POST_CODE, _CODE_AND_TOWN):
        text = pattern.sub(ADDRESS, text)
    return text


def _street(match: re.Match[str], technical: IsTechnical) -> str:
    """Masks a street with the words that name it; a technical word before them stays."""
    words = match[1].split()
    kept: list[str] = []
    while words and _is_before_a_name(words[0], technical, kept):
        kept.append(words.pop(0))
    numbered = all(len(word.rstrip(".")) < _SHORTEST_STREET_NUMBER and word[0].isdigit() for word in words)
    if not words or (numbered and not match[2]):
        return match[0]  # “5. Sokak Lambası” is a lamp
    return " ".join([*kept, ADDRESS])


def _is_before_a_name(word: str, technical: IsTechnical, kept: list[str]) -> bool:
    if word[0].isdigit():
        return bool(kept) and word.isdigit()
    return technical(word) or _lower(word) in _NO_NAMES


def _mask_cued_addresses(text: str, technical: IsTechnical) -> str:
    """Masks what follows “adres:” up to the end of the line or the first word about the part."""
    made, done = [], 0
    for cue in _ADDRESS_CUE.finditer(text):
        if cue.start() < done:
            continue
        end = _end_of_address(text, cue.end(), technical)
        if end > cue.end():
            made.append(text[done : cue.start()] + ADDRESS)
            done = end
    return "".join(made) + text[done:]


def _end_of_address(text: str, start: int, technical: IsTechnical) -> int:
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    end = start
    for token in _ADDRESS_TOKEN.finditer(text, start, line_end):
        word = token[0].strip(".,;:()")
        if _SIZE.match(word) or (word[:1].isdigit() and _NEXT_UNIT.match(text, token.end())):
            break
        if word and word[0].isalpha() and technical(word) and not _ADDRESS_WORD.match(word):
            break
        end = token.end()
        if token[0].endswith(";") or (len(word) > 5 and _SENTENCE_END.match(text, token.end() - 1)):
            break
    return end - (text[end - 1] in ",;") if end > start else end
