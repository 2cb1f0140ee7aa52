"""Takes personal data and secrets out of text and data before they are logged, stored or shown.

Three ways in: :func:`mask_text` for a string, :func:`mask_data` for nested data, which also judges by the
names of keys, and :func:`mask_prompt` for what a person wrote, which may name people and places. All leave
what a workshop needs readable: dimensions, units, hashes, versions, ids.
Where a pattern alone cannot tell a person's number from a dimension it also wants check digits, a
country code or a word beside it. Masking twice gives what masking once gave.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from atolye.errors.people import ADDRESS, NAME, IsTechnical, mask_people

EMAIL: Final = "[email redacted]"
PHONE: Final = "[phone redacted]"
TOKEN: Final = "[token redacted]"  # noqa: S105 (the mark that replaces one)
PATH: Final = "[path redacted]"
IP: Final = "[ip redacted]"
IBAN: Final = "[iban redacted]"
IDENTITY: Final = "[id redacted]"

_MARKS: Final = re.compile(
    "|".join(map(re.escape, (EMAIL, PHONE, TOKEN, PATH, IP, IBAN, IDENTITY, NAME, ADDRESS))) + r"(?:/\S*)?"
)

MAX_DEPTH: Final = 32
"""Nesting below which data is left out as a whole; nothing of ours is deeper."""

Replacement = str | Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Replacement]


def mask_text(text: str) -> str:
    """The text with every secret and personal datum replaced by a mark such as ``[email redacted]``."""
    if _PLAIN_WORD.fullmatch(text):
        return text
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def mask_prompt(text: str, is_technical: IsTechnical | None = None) -> str:
    """Free text of a person with everything of :func:`mask_text` masked, and names and addresses, too.

    Args:
        is_technical: says of a word that it belongs to the part, so that it is never taken for a name.
    """
    return mask_people(mask_text(text), is_technical)


def without_marks(masked: str) -> str:
    """Masked text with a space in place of every mark: what is left to read."""
    return _MARKS.sub(" ", masked)


def mask_data(value: Any, *, _depth: int = 0) -> Any:
    """JSON-like data with its strings masked, and everything under a key that names a secret.

    Numbers, booleans and ``None`` are data of the part, not of a person, and stay; tuples become lists.
    """
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, (Mapping, list, tuple)) and _depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {
            mask_text(str(key)): _masked_secret(item)
            if names_a_secret(str(key))
            else mask_data(item, _depth=_depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [mask_data(item, _depth=_depth + 1) for item in value]
    return value


@lru_cache(maxsize=4096)
def names_a_secret(key: str) -> bool:
    """Whether a key such as ``accessToken``, ``db_password`` or ``X-Api-Key`` holds a secret."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).replace("-", "_").lower()
    return _SECRET_KEY.search(words) is not None


def _masked_secret(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else TOKEN


# ---- checks that keep the numbers of a drawing apart from those of a person ---------------------


def is_turkish_identity(digits: str) -> bool:
    """Whether eleven digits carry the two check digits of a T.C. kimlik number."""
    if re.fullmatch(r"[1-9][0-9]{10}", digits) is None:
        return False
    numbers = [int(digit) for digit in digits]
    tenth = (7 * sum(numbers[0:9:2]) - sum(numbers[1:8:2])) % 10
    return numbers[9] == tenth and numbers[10] == sum(numbers[:10]) % 10


def is_iban(text: str) -> bool:
    """Whether the text is an IBAN: 15 to 34 signs with a remainder of one modulo 97 (ISO 13616)."""
    compact = re.sub(r"\s", "", text).upper()
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact) is None:
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _identity(match: re.Match[str]) -> str:
    return IDENTITY if is_turkish_identity(match.group()) else match.group()


def _iban(match: re.Match[str]) -> str:
    return IBAN if is_iban(match.group()) else match.group()


def _international(match: re.Match[str]) -> str:
    number = match.group()
    if re.fullmatch(r"\+\d+\.\d+", number):
        return number  # a signed decimal number
    digits = sum(sign.isdigit() for sign in number)
    return PHONE if 8 <= digits <= 15 else number  # E.164 allows 15; a shorter one is a tolerance


def _ipv4(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 20) : match.start()]
    return match.group() if _VERSION_WORD.search(before) else _address(match)


def _address(match: re.Match[str]) -> str:
    """Masks an address unless it is malformed, of this machine itself or of nobody."""
    try:
        address = ipaddress.ip_address(match.group())
    except ValueError:
        return match.group()
    return match.group() if address.is_loopback or address.is_unspecified else IP


def _path(match: re.Match[str]) -> str:
    """Keeps the last name of a path, except that of a home folder, which is a person's."""
    whole = match.group()
    if _OUR_ROUTES.match(whole):
        return whole
    parts = [part for part in re.split(r"[\\/]+", whole) if part]
    if all(re.fullmatch(r"[\d.,]+", part) for part in parts):
        return whole  # numbers with strokes between them: “100 /50/30”
    if len(parts) == 1:
        return PATH if parts[0] == "root" else whole
    return PATH if parts[-2].lower() in _HOMES else f"{PATH}/{parts[-1]}"


# ---- what is looked for ----------------------------------------------------------------------------

_PLAIN_WORD: Final = re.compile(r"(?!gh|sk|xox|glpat|pypi)[a-z_]{1,40}|[A-Z_]{1,15}")
"""What no rule can match: most keys of a log line, so most of its cost."""
_SECRET_KEY: Final = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|pwd|secrets?|token|jwt|api_?key|access_key|private_key|authorization"
    r"|cookie|credentials?|amz_signature|link_signature|sig|parola|şifre|sifre)(?:_hash)?$"
)
_CONFIDENTIAL: Final = (
    r"password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization"
    r"|parola|şifre|sifre"
)
_HOMES: Final = frozenset({"home", "users", "documents and settings"})
_OUR_ROUTES: Final = re.compile(r"/(?:api|ws|docs|health|metrics|openapi\.json)(?:/|$)")
_VERSION_WORD: Final = re.compile(
    r"(?:version|sürüm\w*|release|build|freecad|occt|==)[ :=\"']*$", re.IGNORECASE
)
"""What stands before four numbers with points that are a version."""

_NUMBER_ENDS: Final = r"(?!\w|[.,]\d|-\w)"
_NAME: Final = r"[\w.@%+=,-]+"
_COUNTRY: Final = (
    r"(?:1(?=[ .-]?\(?[2-9])|7|2[07]|2[1-69]\d|3[0-469]|3[578]\d|4[013-9]|42\d|5[1-8]|5[09]\d|6[0-6]|6[7-9]\d"
    r"|8[1246]|8[58]\d|9[0-58]|9[679]\d)"
)
"""Country calling codes in use (ITU E.164)."""
_LOCAL_NUMBER: Final = r"[ .-]?\d{3}[ .-]?\d{2}[ .-]?\d{2}"
_PHONE_WORD: Final = (
    r"(?:tel(?:efon)?|gsm|cep|phone|mobile|whatsapp|faks|fax)\w{0,12}\W{0,3}(?:\w{1,20}\W{1,3}){0,2}?"
)


def _rule(pattern: str, replacement: Replacement, flags: int = 0) -> Rule:
    return re.compile(pattern, flags), replacement


_SECRETS: Final = (
    _rule(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", TOKEN, re.DOTALL),
    _rule(r"\beyJ[\w-]{6,}(?:\.[\w-]*){1,4}", TOKEN),  # JWT (RFC 7519): its header begins with {"
    _rule(r"(?<=://)[^\s/:@\"'\[]*:[^\s/@\"']+(?=@)", TOKEN),  # user:password in a URL
    _rule(r"\b(Bearer|Basic)\s+(?!\[token)[\w.~+/=-]{6,}", rf"\1 {TOKEN}", re.IGNORECASE),
    _rule(
        r"\b(?:sk-(?:proj-)?[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
        r"|xox[abprs]-[\w-]{10,}|A[KS]IA[A-Z0-9]{16}|AIza[\w-]{30,}|pypi-[\w-]{16,})",
        TOKEN,
    ),
    _rule(
        r"(?<=[?&])((?:x-amz-(?:signature|credential|security-token)|signature|sig|access_token|token|key)=)"
        r"(?!\[token)[^&\s\"'<>]+",
        rf"\1{TOKEN}",
        re.IGNORECASE,
    ),
    _rule(
        rf"((?<![a-zçğıöşü])(?:{_CONFIDENTIAL})[\"']?\s*(?:=|:(?!:))\s*[\"']?)(?!\[token|(?:Bearer|Basic)\b)"
        r"[^\s\"',;&<>)}\]]+",
        rf"\1{TOKEN}",
        re.IGNORECASE,
    ),
)
_PEOPLE: Final = (
    _rule(r"(?<![\w.+-])\w[\w.%+'-]{0,63}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])", EMAIL),
    _rule(r"(?<![\w.])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", _iban),
    _rule(rf"(?<![\w.,+-])[1-9]\d{{10}}{_NUMBER_ENDS}", _identity),
    _rule(rf"(?<![\w.,-])(?:\+|00){_COUNTRY}(?:[ .-]?\(?\d{{1,4}}\)?){{2,5}}{_NUMBER_ENDS}", _international),
    _rule(  # 0532 123 45 67, 0(212) 123 45 67, and with a space after the 0 only for mobile prefixes
        rf"(?<![\w.,+-])0(?:[2-58]\d{{2}}|[ ]?\([2-58]\d{{2}}\)|[ ]5(?:0[1-9]|[34]\d|5[1-59]|61))"
        rf"{_LOCAL_NUMBER}{_NUMBER_ENDS}",
        PHONE,
    ),
    _rule(rf"(?<![\w.,+-])\(0?[2-9]\d{{2}}\){_LOCAL_NUMBER}{_NUMBER_ENDS}", PHONE),
    _rule(
        rf"(\b{_PHONE_WORD})(?:0[ ]?)?\(?[2-9]\d{{2}}\)?{_LOCAL_NUMBER}{_NUMBER_ENDS}",
        rf"\1{PHONE}",
        re.IGNORECASE,
    ),
)
_MACHINES: Final = (
    _rule(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)", _ipv4),
    _rule(  # global (2000::/3), unique local (fc00::/7) and link-local addresses; no times, no C++ names
        r"(?<![\w:.])(?=[23][\da-f]{3}:|f[cd][\da-f]{2}:|fe80:)(?:[\da-f]{1,4}:){1,7}(?::?[\da-f]{1,4}){0,7}"
        r"(?:(?<=:):|:(?=:))?(?![\w:])",
        _address,
        re.IGNORECASE,
    ),
)
_PLACES: Final = (
    _rule(
        r"(?<![\w/])[A-Za-z]:[\\/]+(?:Users[\\/]+[^\\/\"'<>|:\r\n]+(?=[\\/])|[^\s\\/\"'<>|:]+)"
        r"(?:[\\/]+[^\s\\/\"'<>|:]+)*",
        _path,
    ),
    _rule(r"(?<![\w\\])\\\\[^\s\\/\"'<>|:]+(?:\\+[^\s\\/\"'<>|:]+)+", _path),
    _rule(
        rf"(?<![\w/.:~#\])}}-])(?:file://)?~?"
        rf"(?:/(?:home|Users)/(?:{_NAME}(?: {_NAME}){{1,2}}(?=/)|{_NAME})(?:/{_NAME})*|(?:/{_NAME})+)",
        _path,
    ),
)
_RULES: Final[tuple[Rule, ...]] = (*_SECRETS, *_PEOPLE, *_MACHINES, *_PLACES)
