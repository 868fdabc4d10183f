"""Identity: the hash of an id and the id of a trigger, from their definitions.

XXH64 after its published description (seed 0); a trigger id is the first 128
bits of SHA-256 over length-prefixed parts, in Crockford's base 32.
"""

import functools
import hashlib

MASK = (1 << 64) - 1
PRIME = (
    0x9E3779B185EBCA87,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _rotate(x, bits):
    return ((x << bits) | (x >> (64 - bits))) & MASK


def _round(lane, word):
    lane = (lane + word * PRIME[1]) & MASK
    return (_rotate(lane, 31) * PRIME[0]) & MASK


def _merge(total, lane):
    return ((total ^ _round(0, lane)) * PRIME[0] + PRIME[3]) & MASK


def _word(data, at, size):
    return int.from_bytes(data[at:at + size], "little")


def xxh64(data):
    size, at = len(data), 0
    if size >= 32:
        lanes = [(PRIME[0] + PRIME[1]) & MASK, PRIME[1], 0, -PRIME[0] & MASK]
        while at + 32 <= size:
            for i in range(4):
                lanes[i] = _round(lanes[i], _word(data, at + 8 * i, 8))
            at += 32
        total = sum(_rotate(lane, turn)
                    for lane, turn in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            total = _merge(total, lane)
    else:
        total = PRIME[4]
    total = (total + size) & MASK
    while at + 8 <= size:
        total ^= _round(0, _word(data, at, 8))
        total = (_rotate(total, 27) * PRIME[0] + PRIME[3]) & MASK
        at += 8
    if at + 4 <= size:
        total ^= (_word(data, at, 4) * PRIME[0]) & MASK
        total = (_rotate(total, 23) * PRIME[1] + PRIME[2]) & MASK
        at += 4
    for byte in data[at:]:
        total ^= (byte * PRIME[4]) & MASK
        total = (_rotate(total, 11) * PRIME[0]) & MASK
    total = ((total ^ (total >> 33)) * PRIME[1]) & MASK
    total = ((total ^ (total >> 29)) * PRIME[2]) & MASK
    return total ^ (total >> 32)


@functools.lru_cache(maxsize=1 << 16)
def id_hash(text):
    return xxh64(text.encode())


def trigger_id(tenant, rule, version, customer, key):
    digest = hashlib.sha256()
    for part in ("v1", tenant, rule, str(version), customer, key):
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    number = int.from_bytes(digest.digest()[:16], "big")
    return "".join(CROCKFORD[(number >> shift) & 31]
                   for shift in range(125, -1, -5))
