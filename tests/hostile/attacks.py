"""Requests that nobody means well, made from a seed: the same seed, the same requests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

MARK = "\"><zz onzz=1>'zz"
"""Put wherever a request carries text: it must never come back as it is."""

ODD = (
    *(
        "%00",
        "%ff%fe",
        "%c0%af",
        "%ed%a0%80",
        "%f0%9f%98%80",
        "%e2%80%ae",
        "%e2%84%aa",
        "%u0041",
        "%",
        "%zz",
        "%2",
    ),
    *(
        "..%2f",
        "../",
        "./",
        "//",
        "\\",
        "%5c",
        "%2f",
        ";a=b",
        "%0d%0aX-Injected:%20zz",
        "%0aX-Injected:zz",
        "%09",
    ),
    *(
        quote(MARK),
        quote(MARK, safe="'"),
        "%253Czz%253E",
        "%ef%bb%bf",
        "e%cc%81",
        "%c4%b0",
        "A" * 3000,
        "?",
        "#",
        "~",
    ),
    *("\u202e", "é", "ａ", "\u0000x", "𝒻𝓇", "a\u0301" * 50),
)
LANGUAGES = (
    *(
        "ar-MA,en;q=0.5",
        "en",
        "fr;q=0",
        "*",
        "",
        "zz",
        "en-" * 500,
        "en;q=1e9",
        "ar;q=0.1,en;q=0.2",
        "\x7f",
        MARK,
    ),
    *("en;q=0.1," * 11_000, "a-b-c-d-e-f-g-h," * 300, "é,ü", "../../etc/passwd", "en\tar", "x" * 100_000),
)
METHODS = (
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "get",
    "BREW",
    "X" * 200,
    "G=T",
    "PRI",
)
HOSTS = (
    "evil.example",
    "evil.example:99999",
    "",
    "a b",
    "[::1",
    "localhost@evil.example",
    "x/y",
    MARK,
    "é",
    "a" * 5000,
)
ZONES = ("groin-left", "hip-side-right", "saddle", "nose", "", "groin", "GROIN-LEFT", "groin-left ", "chest")


HIDDEN = "/fr/hidden/"


@dataclass(frozen=True)
class Attack:
    """What is sent over one connection."""

    number: int
    pieces: tuple[bytes, ...]
    asked: tuple[tuple[str, str], ...]
    """Method and target of each request, in order; more than one when they are pipelined."""
    is_whole: bool
    """Says all it announces: it must be answered. Anything else closes its half of the connection."""
    hangs_up: bool
    """Leaves without reading."""

    def __str__(self) -> str:
        return f"attack {self.number}: {b''.join(self.pieces)[:1500]!r}"


def make(seed: int, number: int, addresses: Sequence[str]) -> Attack:
    """Return one of the attacks on `addresses` that a seed stands for."""
    dice = random.Random(f"{seed} {number}")
    requests = [_request(dice, addresses) for _ in range(dice.choice((1, 1, 1, 1, 1, 2, 5)))]
    data = b"".join(data for data, _, _ in requests)
    is_whole = all(whole for _, _, whole in requests) and dice.random() < 0.97
    if dice.random() < 0.03:  # broken anywhere
        data, is_whole = data[: dice.randrange(1, len(data))], False
    asked = [one for _, several, _ in requests for one in several]
    if dice.random() < 0.02:  # or flipped: who knows what it asks for then
        at = dice.randrange(len(data))
        data, is_whole = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :], False
        asked = [(method, "") for method, _target in asked]
    cuts = sorted(dice.randrange(len(data) + 1) for _ in range(dice.choice((0, 0, 0, 1, 3, 10))))
    pieces = tuple(data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True))
    return Attack(
        number,
        pieces,
        tuple(asked),
        is_whole=is_whole,
        hangs_up=dice.random() < 0.03,
    )


def _request(dice: random.Random, addresses: Sequence[str]) -> tuple[bytes, list[tuple[str, str]], bool]:
    """Return the bytes, what they ask for, and whether they say all that they announce."""
    method = "GET" if dice.random() < 0.7 else dice.choice(METHODS)
    target = _target(dice, addresses)
    headers = [("Host", dice.choice(HOSTS) if dice.random() < 0.2 else "localhost")]
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        headers.append(_header(dice))
    body, is_whole = b"", not any(name in ("Content-Length", "Transfer-Encoding") for name, _ in headers)
    if dice.random() < (0.7 if method in ("POST", "PUT", "PATCH") else 0.03):
        more, body, says_all = _body(dice)
        is_whole = is_whole and says_all
        headers += more
    end = "\n" if dice.random() < 0.02 else "\r\n"
    version = dice.choice(("HTTP/1.1",) * 12 + ("HTTP/1.0", "HTTP/0.9", "HTTP/2", "HTTP/1.1 x", ""))
    lines = [f"{method} {target} {version}".rstrip(), *(f"{name}: {value}" for name, value in headers)]
    if dice.random() < 0.02:
        lines.append(dice.choice((" folded", "no colon", ": no name", "a b: c", "X-\x00: y", "X: \x00")))
    return (
        (end.join(lines) + 2 * end).encode("utf-8", "surrogatepass") + body,
        [
            (method, target),
            *([("GET", HIDDEN)] if HIDDEN.encode() in body else []),
        ],
        is_whole,
    )


def _target(dice: random.Random, addresses: Sequence[str]) -> str:
    path = dice.choice(addresses)
    for _ in range(dice.choice((0, 0, 0, 1, 1, 2, 5))):
        at = dice.randrange(len(path) + 1)
        match dice.randrange(5):
            case 0:
                path = path.replace("/", "//", 1)
            case 1:
                path = path.rstrip("/") or "/"
            case 2:
                path = path.swapcase()
            case _:
                path = path[:at] + dice.choice(ODD) + path[at:]
    if dice.random() < 0.02:
        path = dice.choice(
            ("*", "", "evil.example:443", "http://evil.example" + path, "//evil.example" + path, "/" * 900)
        )
    target = path + (_query(dice) if dice.random() < 0.5 else "")
    if dice.random() < 0.05:
        return target  # raw spaces and letters beyond ASCII: refused before the application sees them
    return "".join(sign if "!" <= sign <= "~" else quote(sign) for sign in target)


def _query(dice: random.Random) -> str:
    pairs = []
    for _ in range(dice.choice((0, 1, 1, 2, 3, 8, 200))):
        name = dice.choice(
            ("zone",) * 5
            + ("view", "window", "layer", "q", "from", "with", "x", "", "zone[]", dice.choice(ODD))
        )
        value = {
            "zone": dice.choice(ZONES),
            "view": dice.choice(("front", "back", "left", "soles", "top")),
            "window": dice.choice(("full", "pelvis", "knee-foot", "moon")),
            "layer": dice.choice(("nerve", "bones", "paths", "skin")),
            "from": dice.choice(
                (
                    "/fr/",
                    "//evil.example",
                    "/fr/..//evil.example",
                    "/\\evil.example",
                    "/fr/%0d%0aX-Injected:zz",
                    "https://evil.example",
                    "javascript:zz",
                    "/en/" + quote(MARK),
                )
            ),
        }.get(name, dice.choice(("1", *ODD)))
        if dice.random() < 0.1:
            value = dice.choice(ODD)
        pairs.append(
            f"{name}={value}" if dice.random() < 0.97 else dice.choice(("&", "=", "==&", "%", "+", ";"))
        )
    if dice.random() < 0.01:
        pairs = ["zone=" + dice.choice(("a", "groin-left"))] * 10_000
    dice.shuffle(pairs)
    return "?" + "&".join(pairs)


def _header(dice: random.Random) -> tuple[str, str]:
    odd = dice.choice(ODD)
    return dice.choice(
        (
            ("Accept-Language", dice.choice(LANGUAGES)),
            ("Accept-Language", dice.choice(LANGUAGES)),
            ("HX-Request", dice.choice(("true", "TRUE", "True", "true,true", "false", "1", MARK))),
            ("HX-Request", "true"),
            (dice.choice(("HX-Target", "HX-Trigger", "HX-Current-URL", "HX-Prompt", "HX-Boosted")), odd),
            ("HX-History-Restore-Request", "true"),
            ("Accept-Encoding", dice.choice(("br", "gzip", "br;q=0", "*", "br, gzip", "x" * 9000, "gzip;q=é", ""))),
            ("If-None-Match", dice.choice(("*", '"x"', 'W/"x"', "," * 5000, '"' * 99, MARK))),
            ("If-Modified-Since", dice.choice(("Thu, 01 Jan 1970 00:00:00 GMT", "9" * 50, "x"))),
            ("Range", dice.choice(("bytes=0-0", "bytes=0-,0-,0-", "bytes=-1", "bytes=9999999-", "bytes=5-2", "x=1"))),
            (dice.choice(("X-Forwarded-Host", "X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Prefix")), dice.choice(HOSTS)),
            (dice.choice(("X-Forwarded-Proto", "X-Forwarded-Port")), dice.choice(("https", "javascript", "0"))),
            (dice.choice(("X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Script-Name")), dice.choice(("/evil", "DELETE", odd))),
            ("Cookie", dice.choice(("session=" + "x" * 9000, "=;=;", MARK, "locale=ar; lang=ar"))),
            ("Referer", "https://evil.example/" + odd),
            ("Origin", "https://evil.example"),
            ("User-Agent", MARK),
            ("Content-Type", dice.choice(("text/html", "multipart/form-data", "application/json", MARK))),
            ("Connection", dice.choice(("close", "keep-alive", "Upgrade", "close, X-Injected"))),
            ("Upgrade", dice.choice(("websocket", "h2c"))),
            ("Expect", dice.choice(("100-continue", "200-ok"))),
            ("Transfer-Encoding", dice.choice(("chunked", "gzip, chunked", "chunked, chunked", "xchunked"))),
            ("Content-Length", dice.choice(("0", "-1", "1e3", "99999999999999999999", "5, 5", "0x10"))),
            ("X-" + "A" * dice.choice((1, 100, 5000)), odd),
            ("X-Long", "e" * dice.choice((10, 60_000, 500_000))),
            ("Proxy", "http://evil.example"),
        )
    )  # fmt: skip


def _body(dice: random.Random) -> tuple[list[tuple[str, str]], bytes, bool]:
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    fields = "&".join(
        f"{dice.choice(('zone', 'with', 'since', 'words', 'x'))}={dice.choice((*ODD, *ZONES))}"
        for _ in range(dice.choice((1, 5, 3000)))
    )
    text = fields.encode("utf-8", "surrogatepass")
    noise = dice.randbytes(dice.choice((0, 1, 100, 70_000)))
    match dice.randrange(7):
        case 0:
            return [*form, ("Content-Length", str(len(text)))], text, True
        case 1:
            return (
                [
                    ("Content-Type", "multipart/form-data; boundary=zz"),
                    ("Content-Length", str(len(noise))),
                ],
                noise,
                True,
            )
        case 2:  # less than promised
            return [*form, ("Content-Length", str(len(text) + 50))], text, False
        case 3:  # a second request hides behind a shorter length
            return (
                [*form, ("Content-Length", "4")],
                f"a=b&GET {HIDDEN} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
                True,
            )
        case 4:
            return (
                [*form, ("Transfer-Encoding", "chunked")],
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text),
                True,
            )
        case 5:
            nonsense = (b"zz\r\n", b"ffffffffffffffff\r\nx", b"-1\r\n", b"5\r\nab", b"0\r\nX: y\r\n")
            return [("Transfer-Encoding", "chunked")], dice.choice(nonsense), False
        case _:
            if dice.random() < 0.1:
                return [*form, ("Content-Length", "3000000")], b"x=" + b"a" * 2_999_998, True
            return (
                [
                    *form,
                    ("Content-Length", "4"),
                    ("Content-Length", "5"),
                    ("Transfer-Encoding", "chunked"),
                ],
                b"0\r\n\r\n",
                False,
            )
