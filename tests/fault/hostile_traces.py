#!/usr/bin/env python3
"""Writes traces that are meant to harm into the current folder: each is well-formed zstd.

usage: hostile_traces.py SAMPLE.pgt     (frames of a good one are taken over)
"""
import json
import struct
import subprocess
import sys

MIB = 1 << 20


def pack(data):
    """One frame that states its size, as a good writer does."""
    return subprocess.run(['zstd', '-q', '-3', '--stream-size=%d' % len(data), '-c'],
                          input=data, stdout=subprocess.PIPE, check=True).stdout


def varint(n):
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def section(number, body):
    return varint(number) + varint(len(body)) + body


def header(**more):
    text = subprocess.run(['zstd', '-dcq', sys.argv[1]], stdout=subprocess.PIPE,
                          check=True).stdout
    head = json.JSONDecoder().raw_decode(text.decode('latin-1'))[0]
    head.update(more)
    return json.dumps(head).encode()


def write(name, *frames):
    with open(name, 'wb') as out:
        for frame in frames:
            out.write(frame)


good = pack(header())
zeros = pack(bytes(64 * MIB))
write('zeros.pgt', zeros * 100)
write('zeros-behind.pgt', good, zeros * 100)
write('json-zeros.pgt', pack(b'{"pgt":"header","x":[' + b'0,' * (30 * MIB) + b'0]}'))
write('json-deep.pgt', pack(b'{"pgt":"header","x":' + b'[' * (30 * MIB)))
write('json-keys.pgt', pack(b'{"pgt":"header",' + b','.join(
    b'"%d":0' % i for i in range(2000000)) + b'}'))
# A frame whose head claims 2^62 bytes, and one that claims more than a frame may have.
write('claims.pgt', good, struct.pack('<IBQ', 0xFD2FB528, 0xE0, 1 << 62) + bytes(64))
write('claims-gib.pgt', good, struct.pack('<IBQ', 0xFD2FB528, 0xE0, 1 << 30) + bytes(64))
write('no-size.pgt', subprocess.run(['zstd', '-q', '-c', '--no-content-size'], input=header(),
                                    stdout=subprocess.PIPE, check=True).stdout)
write('skippable.pgt', struct.pack('<II', 0x184D2A5E, 0xFFFFFFFF) + bytes(100))
write('two-headers.pgt', good, good)
write('headless.pgt', pack(b'PGTB' + bytes(100)))
for name, changes in {
        'cpus': {'cpus': 1 << 40}, 'nodes': {'nodes': 1 << 20}, 'negative': {'cpus': -1},
        'float': {'cpus': 2.5}, 'hz': {'clock': {'hz': 0}},
        'cpu-node': {'cpu_node': [7, 7]}, 'cpu-node-long': {'cpu_node': [0] * 100000},
        'zones': {'zones': [{'nid': 0, 'name': 'Normal', 'start': 0, 'end': 1 << 63}]},
        'zones-back': {'zones': [{'nid': 0, 'name': 'Normal', 'start': 9, 'end': 1}]},
        'version': {'major': 1 << 60}, 'name-type': {'name': ['x']}}.items():
    write('header-%s.pgt' % name, pack(header(**changes)))
# A start state of a TiB of TiBs, in a few bytes.
HEAD, GFPS, TEXTS, TASKS, PFN, ORDER, TYPE, LENGTH, CPU = 1, 2, 3, 4, 12, 15, 16, 17, 9
HUGE = 1 << 28  # the most entries that a state may have of a kind
PIECE = 1 << 20
with_state = pack(header(has_state=True))
without = pack(header(has_state=False))
for total in (1 << 30, 1 << 51, (1 << 64) - 1):
    body = varint(0) + varint(total) * 4 + varint(0)
    write('state-%d.pgt' % total, with_state, pack(b'PGTS' + section(HEAD, body)))


def column(number):
    """A column of one number."""
    if number < 16:
        return varint(1) + bytes([number])
    extra = number.bit_length() - 3
    return varint(1) + bytes([4 * (extra + 2) + (number >> extra & 3)]) + \
        (number & (1 << extra) - 1).to_bytes((extra + 7) // 8, 'little')


def totals(used):
    return pack(b'PGTS' + section(HEAD, varint(0) + varint(0) + varint(used) + varint(0) * 3))


def piece(first):
    """2^20 single pages in use, in some 50 bytes; frames are zigzag from 0."""
    return b'PGTS' + section(HEAD, varint(2) + varint(first) + varint(PIECE)) + b''.join(
        section(number, body) for number, body in (
            (CPU, column(0)), (PFN, column(2 * first)), (ORDER, column(0)), (TYPE, column(0)),
            (LENGTH, column(PIECE - 1))))


# All pieces that a state may have, and one more: 15 KB that would be 4 GiB. With fewer pages in
# all than there are pieces, or beginning again, they are damaged.
pieces = [pack(piece(first)) for first in range(0, HUGE, PIECE)]
write('much-pieces.pgt', with_state, totals(HUGE), *pieces)
write('pieces-too-many.pgt', with_state, totals(4 * PIECE), *pieces)
write('pieces-again.pgt', with_state, totals(4 * PIECE), *pieces[:2], *([pieces[0]] * 100))
write('pieces-begun-again.pgt', with_state, *([totals(4 * PIECE), pieces[0]] * 100))


def with_dictionaries(name, frames, numbers=None):
    """A whole file, whose trailer names these frames behind the header."""
    names = ('events', 'allocs', 'frees', 'failed', 'blocks', 'truths', 'tasks', 'first_time',
             'last_time')
    trailer = {'pgt': 'trailer', 'totals': dict.fromkeys(names, 0),
               'blocks': {'frame': [], 'event': [], 'time': []}, 'truth': [],
               'dictionaries': numbers or list(range(1, len(frames) + 1)), 'end': 0}
    text = json.dumps(trailer, separators=(',', ':')).encode()
    sizes = [(without, len(header(has_state=False)))] + frames + [(pack(text), len(text))]
    table = b''.join(struct.pack('<II', len(packed), size) for packed, size in sizes)
    table += struct.pack('<IBI', len(sizes), 0, 0x8F92EAB1)
    write(name, *[packed for packed, _ in sizes],
          struct.pack('<II', 0x184D2A5E, len(table)) + table)


def dictionary(number, first, count, each):
    body = b'PGTD' + section(number, varint(first) + varint(count) + each * count)
    return pack(body), len(body)


# Dictionaries: 340 MiB of texts, more entries than there may be, gaps; one that is named a
# million times.
long = b'x' * 60000 + b'\0'
task = varint(2) + b'\0'
with_dictionaries('dict-texts.pgt', [dictionary(TEXTS, i * 1000, 1000, long) for i in range(6)])
with_dictionaries('dict-tasks.pgt', [dictionary(TASKS, i << 22, 1 << 22, task)
                                     for i in range(5)])
with_dictionaries('dict-gfps.pgt', [dictionary(GFPS, 0, 65536, b'\0')])
with_dictionaries('dict-gap.pgt', [dictionary(TASKS, i << 22, 1 << 21, task)
                                   for i in range(2)])
# Some 30 KB a GiB to unpack: what a signal has to end.
filler = b'PGTD' + section(99, bytes(60 * MIB))
slow = (pack(filler), len(filler))
with_dictionaries('slow-dict.pgt', [slow] * 1000)
with_dictionaries('dict-again.pgt', [dictionary(TASKS, 0, 1 << 22, task)], [1] * 1000000)
