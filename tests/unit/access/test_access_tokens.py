"""Tokens: what is accepted, and every attack and accident by its own code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from atolye.access.keys import FRESH_FOR_S, RETRY_AFTER_S, PublishedKeys, SharedSecret
from atolye.access.tokens import CLOCK_SKEW_S, LONGEST_TOKEN, TokenVerifier, issue_token
from atolye.errors import AtolyeError

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000
USER, TENANT, LICENCE, JTI = (str(uuid.UUID(int=number)) for number in (1, 2, 3, 4))
CLAIMS: dict[str, Any] = {
    "user_id": USER,
    "tenant_id": TENANT,
    "license_id": LICENCE,
    "scopes": ["models:read", "models:write"],
    "exp": NOW + 60,
    "iat": NOW,
    "nbf": NOW,
    "jti": JTI,
    "iss": "atolye",
    "aud": "atolye-api",
}


def verifier(keys: Any = None, now: float = NOW) -> TokenVerifier:
    return TokenVerifier(
        keys or SharedSecret(SECRET), issuer="atolye", audience="atolye-api", clock=lambda: now
    )


def signed(claims: dict[str, Any] | None = None, **changes: Any) -> str:
    return jwt.encode({**(CLAIMS if claims is None else claims), **changes}, SECRET, algorithm="HS256")


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def handmade(header: Any, payload: Any, key: bytes = SECRET) -> str:
    """A token whose HMAC is right, whatever is in it."""
    text = f"{part(header)}.{part(payload)}"
    return f"{text}.{part(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


def code_of(token: str, **given: Any) -> str:
    with pytest.raises(AtolyeError) as refused:
        verifier(**given).verify(token)
    assert refused.value.http_status in (401, 503)
    return refused.value.code


@pytest.mark.spec("01.02")
def test_a_good_token_gives_the_caller_with_all_ids() -> None:
    caller = verifier().verify(signed())
    assert (caller.user_id, caller.tenant_id, caller.license_id, caller.jti) == (USER, TENANT, LICENCE, JTI)
    assert caller.scopes == {"models:read", "models:write"}
    assert caller.expires_at == NOW + 60


@pytest.mark.spec("01.02")
def test_an_issued_token_has_every_claim_and_a_new_jti_each_time() -> None:
    issued = [
        issue_token(
            SECRET, user_id=USER, tenant_id=TENANT, license_id=LICENCE, scopes=["models:read"],
            lifetime_s=60, issuer="atolye", audience="atolye-api", now=NOW,
        )
        for _ in range(2)
    ]  # fmt: skip
    claims = jwt.decode(issued[0], options={"verify_signature": False})
    assert set(claims) == set(CLAIMS)
    assert verifier().verify(issued[0]).jti != verifier().verify(issued[1]).jti


@pytest.mark.spec("01.02")
@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_each_claim_must_be_there(claim: str) -> None:
    with pytest.raises(AtolyeError) as refused:
        verifier().verify(signed({name: value for name, value in CLAIMS.items() if name != claim}))
    assert (refused.value.code, refused.value.field) == ("AUTH_TOKEN_CLAIM_MISSING", claim)


@pytest.mark.spec("01.02")
@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("user_id", "7"), ("user_id", 7), ("tenant_id", None), ("tenant_id", "{" + TENANT + "}"),
        ("license_id", TENANT.replace("-", "")), ("jti", ["a"]), ("jti", ""),
        ("scopes", "models:write"), ("scopes", {"models:write": True}), ("scopes", [1]),
        ("scopes", ["x"] * 65),
        ("exp", str(NOW + 60)), ("exp", NOW + 60.5), ("exp", True), ("exp", 10**30), ("iat", None),
        ("nbf", -1),
    ],
)  # fmt: skip
def test_a_claim_of_the_wrong_type_is_refused_by_name(claim: str, value: Any) -> None:
    with pytest.raises(AtolyeError) as refused:
        verifier().verify(handmade({"alg": "HS256"}, {**CLAIMS, claim: value}))
    assert (refused.value.code, refused.value.field) == ("AUTH_TOKEN_CLAIM_INVALID", claim)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": NOW}, "AUTH_TOKEN_EXPIRED"),
        ({"exp": NOW - 1}, "AUTH_TOKEN_EXPIRED"),
        ({"nbf": NOW + CLOCK_SKEW_S + 1}, "AUTH_TOKEN_NOT_YET_VALID"),
        ({"iat": NOW + CLOCK_SKEW_S + 1}, "AUTH_TOKEN_NOT_YET_VALID"),
        ({"aud": "another-api"}, "AUTH_TOKEN_AUDIENCE"),
        ({"aud": ["another-api", "third"]}, "AUTH_TOKEN_AUDIENCE"),
        ({"aud": "atolye-api-2"}, "AUTH_TOKEN_AUDIENCE"),
        ({"iss": "mallory"}, "AUTH_TOKEN_ISSUER"),
    ],
)
def test_times_and_addressees_are_checked(changes: dict[str, Any], code: str) -> None:
    assert code_of(signed(**changes)) == code


def test_a_clock_that_runs_a_little_ahead_and_several_audiences_are_fine() -> None:
    token = signed(nbf=NOW + CLOCK_SKEW_S, iat=NOW + CLOCK_SKEW_S, aud=["x", "atolye-api"])
    assert verifier().verify(token).user_id == USER


def test_unsigned_tokens_are_refused_however_they_spell_it() -> None:
    for name in ("none", "None", "NONE", "nOnE", ""):
        for signature in ("", "AAAA"):
            token = f"{part({'alg': name, 'typ': 'JWT'})}.{part(CLAIMS)}.{signature}"
            assert code_of(token) == "AUTH_TOKEN_ALGORITHM"


def test_a_changed_payload_another_secret_and_a_cut_signature_are_refused() -> None:
    head, payload, signature = signed().split(".")
    richer = part({**CLAIMS, "scopes": ["models:read", "models:write", "service:operate"]})
    assert code_of(f"{head}.{richer}.{signature}") == "AUTH_TOKEN_SIGNATURE"
    assert code_of(handmade({"alg": "HS256"}, CLAIMS, key=b"x" * 32)) == "AUTH_TOKEN_SIGNATURE"
    assert code_of(f"{head}.{payload}.{signature[4:]}AAAA") == "AUTH_TOKEN_SIGNATURE"
    assert code_of(f"{head}.{payload}.") == "AUTH_TOKEN_SIGNATURE"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "RS256", "ES256", "EdDSA", "PS256"])
def test_a_shared_secret_has_one_algorithm(algorithm: str) -> None:
    assert code_of(handmade({"alg": algorithm}, CLAIMS)) == "AUTH_TOKEN_ALGORITHM"


@pytest.mark.parametrize(
    "token",
    [
        "", "a", "a.b", "a.b.c", "a.b.c.d", "..", "…", "\x00.\x00.\x00", "Bearer x.y.z",
        handmade({"alg": "HS256", "crit": ["exp"]}, CLAIMS),
        handmade({"alg": "HS256", "b64": False}, CLAIMS),
        handmade({"alg": ["HS256"]}, CLAIMS),
        handmade({}, CLAIMS),
        handmade([], CLAIMS),
        handmade(b"\xff\xfe", CLAIMS),
        handmade({"alg": "HS256"}, ["not", "an", "object"]),
        handmade({"alg": "HS256"}, b"{"),
        handmade({"alg": "HS256"}, b"[" * 5000),
        handmade({"alg": "HS256"}, {**CLAIMS, "padding": "x" * LONGEST_TOKEN}),
    ],
)  # fmt: skip
def test_what_is_not_a_token_is_malformed(token: str) -> None:
    assert code_of(token) == "AUTH_TOKEN_MALFORMED"


# ---- published keys --------------------------------------------------------------------------------


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


RSA_KEY = rsa_key()
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def jwk(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    algorithm = (
        jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.OKPAlgorithm
    )
    made = json.loads(algorithm.to_jwk(key.public_key()))
    return {**made, **({} if kid is None else {"kid": kid}), **more}


def published(*keys: dict[str, Any], algorithm: str = "RS256", clock: Any = lambda: 0.0) -> PublishedKeys:
    content = json.dumps({"keys": list(keys)}).encode()
    return PublishedKeys("keys", algorithm=algorithm, read=lambda _: content, clock=clock)


def test_rs256_and_eddsa_tokens_are_verified_with_published_keys() -> None:
    for key, algorithm in ((RSA_KEY, "RS256"), (ED_KEY, "EdDSA")):
        token = jwt.encode(CLAIMS, key, algorithm=algorithm, headers={"kid": "one"})
        keys = published(jwk(key, "one"), algorithm=algorithm)
        assert verifier(keys).verify(token).user_id == USER


def test_a_public_key_is_never_taken_for_a_secret() -> None:
    pem = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    der = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    keys = published(jwk(RSA_KEY, "one"))
    for secret in (pem, pem.strip(), der, json.dumps(jwk(RSA_KEY, "one")).encode()):
        forged = handmade({"alg": "HS256", "kid": "one"}, CLAIMS, key=secret)
        assert code_of(forged, keys=keys) == "AUTH_TOKEN_ALGORITHM"


def test_keys_in_the_tokens_own_header_are_ignored() -> None:
    mallory = rsa_key()
    for header in ({"jwk": jwk(mallory, "one")}, {"jku": "https://mallory.example/keys"}, {"x5c": ["AAAA"]}):
        token = jwt.encode(CLAIMS, mallory, algorithm="RS256", headers={**header, "kid": "one"})
        assert code_of(token, keys=published(jwk(RSA_KEY, "one"))) == "AUTH_TOKEN_SIGNATURE"


@pytest.mark.parametrize("kid", ["two", "../../dev/null", "one' OR '1'='1", "", 7, ["one"], {"a": 1}])
def test_an_unknown_or_odd_key_id_is_refused(kid: Any) -> None:
    header = {"alg": "RS256", "kid": kid}
    text = f"{part(header)}.{part(CLAIMS)}"
    code = code_of(f"{text}.AAAA", keys=published(jwk(RSA_KEY, "one")))
    # PyJWT itself refuses key ids that are no text.
    assert code == ("AUTH_TOKEN_KEY_UNKNOWN" if isinstance(kid, str) else "AUTH_TOKEN_MALFORMED")


def test_without_a_key_id_only_a_lone_key_is_meant() -> None:
    token = jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256")
    assert verifier(published(jwk(RSA_KEY, None))).verify(token).user_id == USER
    both = published(jwk(RSA_KEY, "one"), jwk(rsa_key(), "two"))
    assert code_of(token, keys=both) == "AUTH_TOKEN_KEY_UNKNOWN"


def test_weak_private_foreign_and_encryption_keys_in_a_set_are_not_used() -> None:
    weak = rsa_key(1024)
    curve = ec.generate_private_key(ec.SECP256R1())
    unusable = [
        jwk(weak, "one"),
        json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY)) | {"kid": "one"},
        jwk(RSA_KEY, "one", use="enc"),
        jwk(RSA_KEY, "one", alg="PS256"),
        json.loads(jwt.algorithms.ECAlgorithm.to_jwk(curve.public_key())) | {"kid": "one"},
        {"kty": "oct", "k": "AAAA", "kid": "one"},
        {"kty": "RSA", "kid": "one"},
        {"kid": "one"},
    ]
    token = jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256", headers={"kid": "one"})
    for item in unusable:
        assert code_of(token, keys=published(item)) == "AUTH_KEYS_UNAVAILABLE"


class Issuer:
    """A key set that changes, and counts how often it is read."""

    def __init__(self) -> None:
        self.now, self.reads, self.down = 0.0, 0, False
        self.keys = [jwk(RSA_KEY, "one")]

    def read(self, _source: str) -> bytes:
        self.reads += 1
        if self.down:
            raise OSError("down")
        return json.dumps({"keys": self.keys}).encode()

    def published(self) -> PublishedKeys:
        return PublishedKeys("keys", algorithm="RS256", read=self.read, clock=lambda: self.now)


def test_a_new_key_is_found_without_a_restart_and_a_withdrawn_one_stops_working() -> None:
    issuer, new = Issuer(), rsa_key()
    keys = issuer.published()
    old_token = jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256", headers={"kid": "one"})
    new_token = jwt.encode(CLAIMS, new, algorithm="RS256", headers={"kid": "two"})
    assert verifier(keys).verify(old_token)
    issuer.keys = [jwk(new, "two")]
    issuer.now = RETRY_AFTER_S
    assert verifier(keys).verify(new_token)
    assert code_of(old_token, keys=keys) == "AUTH_TOKEN_KEY_UNKNOWN"


def test_made_up_key_ids_do_not_hammer_the_issuer() -> None:
    issuer = Issuer()
    keys = issuer.published()
    for number in range(50):
        token = jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256", headers={"kid": f"made-up-{number}"})
        assert code_of(token, keys=keys) == "AUTH_TOKEN_KEY_UNKNOWN"
    assert issuer.reads == 1


def test_known_keys_outlive_an_outage_and_a_first_outage_is_said_as_503() -> None:
    issuer = Issuer()
    keys = issuer.published()
    token = jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256", headers={"kid": "one"})
    issuer.down = True
    assert code_of(token, keys=keys) == "AUTH_KEYS_UNAVAILABLE"
    issuer.down, issuer.now = False, RETRY_AFTER_S
    assert verifier(keys).verify(token)
    issuer.down, issuer.now = True, RETRY_AFTER_S + FRESH_FOR_S + 1
    assert verifier(keys).verify(token)


def test_a_key_set_is_read_from_a_file_and_never_over_plain_http(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [jwk(RSA_KEY, "one")]}))
    token = jwt.encode(CLAIMS, RSA_KEY, algorithm="RS256", headers={"kid": "one"})
    assert verifier(PublishedKeys(str(path), algorithm="RS256")).verify(token)
    for source in ("http://issuer.example/keys", str(tmp_path / "missing"), "ftp://x/keys"):
        assert code_of(token, keys=PublishedKeys(source, algorithm="RS256")) == "AUTH_KEYS_UNAVAILABLE"
    path.write_text('{"keys": 7}')
    assert code_of(token, keys=PublishedKeys(str(path), algorithm="RS256")) == "AUTH_KEYS_UNAVAILABLE"
