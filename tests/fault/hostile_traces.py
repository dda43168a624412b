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
HEAD = 1
for total in (1 << 30, 1 << 51, (1 << 64) - 1):
    body = varint(0) + varint(total) * 4 + varint(0)
    write('state-%d.pgt' % total, pack(header(has_state=True)),
          pack(b'PGTS' + section(HEAD, body)))
