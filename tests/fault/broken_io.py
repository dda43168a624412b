#!/usr/bin/env python3
"""Every command with one system call that fails: strace puts the error in, so that the calls of
stdio and of libraries are reached, too. A read of each input, a write, sync, rename or close of
what is written: the command says so and leaves nothing half-written, or does the same as
undisturbed.

usage: broken_io.py PAGESIM SOURCE [CALLS [COMMAND...]]
    CALLS      of a command's calls of a kind, so many are tried (2), spread over all
    COMMAND    only these, by their names below
Works in the current folder.
"""
import json
import os
import re
import shutil
import subprocess
import sys

ERRORS = [('read,pread64,readv,mmap', 'EIO'), ('write,pwrite64,writev', 'EINTR'),
          ('write,pwrite64,writev', 'ENOSPC'), ('fsync,fdatasync', 'EIO'),
          ('rename,renameat,renameat2', 'EIO'), ('close', 'EIO')]


def commands(source):
    """Name, arguments, inputs whose reading is disturbed. Results go into out/."""
    tiny = source + '/configs/machines/tiny.yaml'
    hog = 'hog.pgt'
    two = '%s/configs/machines/two-node.yaml' % source
    data = source + '/tests/traces/data/'
    topology = source + '/tests/cli/machine/two-packages.xml'
    profile = source + '/configs/profiles/hog.yaml'
    run = ['run', '--trace', hog, '--machine', tiny]
    imported = ['trace', 'import', '--clock', 'mono', '-o', 'out/i.pgt']
    return [
        ('params', ['params'], []),
        ('show', ['machine', 'show', two], [two]),
        ('svg', ['machine', 'show', '--svg', 'out/m.svg', two], [two]),
        ('check-machine', ['machine', 'check', two], [two]),
        ('hwloc', ['machine', 'import', topology, '-o', 'out/m.yaml'], [topology]),
        ('run', run + ['--out', 'out/run'], [tiny, hog]),
        ('run-2.4', run + ['--kernel', '2.4', '--save-state', 'out/s.pgt', '--out', 'out/run'],
         [tiny, hog]),
        ('events', run + ['--set', 'output.events=all', '--out', 'out/run'], [hog]),
        ('json', run + ['--json'], []),
        ('repeat', run + ['--repeat', '2', '--out', 'out/run'], [hog]),
        ('compare', ['compare', 'a', 'b'], ['a/result.json', 'b/result.json']),
        ('compare-run', ['compare', '--trace', hog, '--machine', tiny, '--kernels', '2.4,4.12',
                         '--out', 'out/compare'], [tiny, hog]),
        ('check', ['check', '--different-inputs', '--baseline', 'a', 'b', '--junit', 'out/j.xml'],
         ['a/result.json', 'b/result.json']),
        ('list', ['check', '--list', 'a'], ['a/result.json']),
        ('update', ['check', '--different-inputs', '--baseline', 'out/base', 'b', '--update'],
         ['b/result.json']),
        ('report', ['report', 'a', '-o', 'out/r.html'],
         ['a/' + name for name in sorted(os.listdir('a'))] if os.path.isdir('a') else []),
        ('info', ['trace', 'info', hog], [hog]),
        ('cat', ['trace', 'cat', 'short.pgt'], ['short.pgt']),
        ('check-trace', ['trace', 'check', hog], [hog]),
        ('cut', ['trace', 'cut', hog, '--events', '5:900', '-o', 'out/c.pgt'], [hog]),
        ('merge', ['trace', 'merge', 'short.pgt', hog, '-o', 'out/m.pgt'], ['short.pgt', hog]),
        ('gen', ['trace', 'gen', '--profile', profile, '--events', '5000', '-o', 'out/g.pgt'],
         [profile]),
        ('like', ['trace', 'gen', '--like', hog, '-o', 'out/g.pgt'], [hog]),
        ('import', imported + ['small.dat', '--report', 'out/r.txt'], ['small.dat']),
        ('import-v7', imported + ['small7.dat'], ['small7.dat']),
        ('import-zst', imported + [data + 'small.v7.dat.zst'], [data + 'small.v7.dat.zst']),
        ('import-text', imported + ['text', '--json'], ['text']),
        ('plan', ['sweep', 'plan', 'sweep.yaml'], ['sweep.yaml', tiny]),
        ('sweep', ['sweep', 'run', '-j', '1', 'sweep.yaml', '--out', 'out/sweep'],
         ['sweep.yaml', tiny, hog]),
        ('status', ['sweep', 'status', 'sweep'], ['sweep/manifest.jsonl']),
        ('collect', ['sweep', 'collect', 'sweep', '--csv', 'out/t.csv'],
         ['sweep/manifest.jsonl', 'sweep/results-1.jsonl']),
        ('sqlite', ['sweep', 'collect', 'sweep', '--sqlite', 'out/t.sqlite'], []),
        ('sweep-report', ['sweep', 'report', 'sweep', '-o', 'out/r.html'], []),
        ('golden', ['golden', source + '/tests/golden/4.12.0/a1.gold.zst'],
         [source + '/tests/golden/4.12.0/a1.gold.zst']),
        ('verify', ['verify', source + '/tests/recorded/4.12.0/w1_1cpu_churn.pgt'],
         [source + '/tests/recorded/4.12.0/w1_1cpu_churn.pgt']),
    ]


def prepare(pagesim, source):
    def do(*args, **more):
        subprocess.run([pagesim] + list(args), check=True, stdout=subprocess.DEVNULL, **more)
    shutil.copy(source + '/traces/samples/hog.pgt', 'hog.pgt')
    tiny = source + '/configs/machines/tiny.yaml'
    for name, kernel in ('a', '2.4'), ('b', '4.12'):
        do('run', '--quiet', '--trace', 'hog.pgt', '--machine', tiny, '--kernel', kernel,
           '--out', name)
    do('trace', 'cut', '--quiet', 'hog.pgt', '--events', ':3000', '-o', 'short.pgt')
    for version, name in ('v6', 'small.dat'), ('v7', 'small7.dat'):
        subprocess.run(['zstd', '-dqf', '%s/tests/traces/data/small.%s.dat.zst' %
                        (source, version), '-o', name], check=True)
    with open('text', 'w') as out:
        for i in range(3000):
            out.write('   make-17    [000] d..1. %5d.%06d: mm_page_alloc: page=%d pfn=%d order=0'
                      ' migratetype=1 gfp_flags=GFP_KERNEL\n' % (i // 100, i % 100, i, i))
    with open('sweep.yaml', 'w') as out:
        out.write('base: {machine: %s, trace: hog.pgt}\n'
                  'axes: {vm.min_free_kbytes: [512KiB, 1MiB]}\n' % tiny)
    do('sweep', 'run', '--quiet', 'sweep.yaml', '--out', 'sweep')


# ---- what a command left ------------------------------------------------------------------

HOST = re.compile(rb'^.*(Host|Files|Time:|host_|wall|events/s| in [0-9.]+ s|on this machine).*$', re.M)


def without_host(name, data):
    """What may differ between two runs of the same is taken out."""
    if name.endswith('result.json') or data[:1] == b'{' and b'"host"' in data:
        result = json.loads(data)
        result.pop('host', None)
        return json.dumps(result, sort_keys=True).encode()
    if name.endswith(('.jsonl', '.sqlite', '.html', '.svg', 'digest', '.pid')):
        return b''
    return HOST.sub(b'', data)


def left_in(folder):
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            with open(path, 'rb') as f:
                found[path] = f.read()
    return found


def is_temporary(path):
    return any(part.startswith('.') for part in path.split('/')) or '.tmp' in path


class Disturbed:
    def __init__(self, pagesim, name, args):
        self.name, self.args = name, [pagesim] + args
        self.trouble = []

    def run(self, strace):
        shutil.rmtree('out', ignore_errors=True)
        os.makedirs('out')
        if 'out/base' in self.args:
            shutil.copytree('a', 'out/base')
        with open('stdout', 'wb') as out, open('stderr', 'wb') as err:
            self.status = subprocess.run(
                ['strace', '-f', '-qq', '-o', 'strace.log', '-e', 'signal=none'] + strace +
                self.args, stdin=subprocess.DEVNULL, stdout=out, stderr=err).returncode
        with open('stdout', 'rb') as f:
            self.stdout = f.read()
        with open('stderr', 'rb') as f:
            self.stderr = f.read()
        self.left = left_in('out')

    def same(self, name, got, want):
        try:
            return without_host(name, got) == without_host(name, want)
        except ValueError:
            return False

    def judge(self, whole, what):
        """Against the undisturbed run."""
        unsaid = re.search(r'write\(2,.*INJECTED', self.text())
        found = []
        if b'while loading shared libraries' in self.stderr:
            return  # a close of the loader's, which has the same number in another process
        if self.status not in (0, 1, 2, 3, 4) or re.search(
                rb'Sanitizer|runtime error|Assertion', self.stderr):
            found.append('status %d: %s' % (self.status, self.stderr[:300].decode()))
        if self.status == whole.status:
            if not self.same('stdout', self.stdout, whole.stdout):
                found.append('status %d, another stdout' % self.status)
            for path in sorted(set(self.left) | set(whole.left)):
                if path not in self.left or path not in whole.left:
                    found.append('status %d, and only one has %s' % (self.status, path))
                elif not self.same(path, self.left[path], whole.left[path]):
                    found.append('status %d, another %s' % (self.status, path))
        else:
            if not self.stderr and not unsaid:
                found.append('status %d without a word' % self.status)
            for path in self.left:
                if is_temporary(path) and not path.endswith('lock'):
                    found.append('left %s' % path)
                elif self.is_half(path, whole):
                    found.append('status %d, half of %s' % (self.status, path))
        for f in found:
            print('%s, %s: %s' % (self.name, what, f), flush=True)
        self.trouble += found

    def is_half(self, path, whole):
        """A sweep's folder keeps what was done, a verdict tells that there was none, and the old
        baseline stays."""
        if path.startswith(('out/sweep', 'out/j.xml')) or path not in whole.left:
            return False
        if path.startswith('out/base/'):
            with open('a' + path[len('out/base'):], 'rb') as f:
                if f.read() == self.left[path]:
                    return False
        return not self.same(path, self.left[path], whole.left[path])

    def text(self):
        with open('strace.log', encoding='latin-1') as f:
            return f.read()


def spread(of, most):
    """At most so many of a list, the last and then the first among them."""
    if len(of) <= most:
        return of
    if most == 1:
        return [of[-1]]
    return [of[(len(of) - 1) * i // (most - 1)] for i in range(most)]


def calls_of(text, calls, wanted):
    """Which of a process' calls of these names, from 1, are wanted by any of the processes, counted
    as strace counts them."""
    count, found = {}, set()
    for line in text.splitlines():
        m = re.match(r'(\d+) +(\w+)\(', line)
        if m and m.group(2) in calls.split(','):
            count[m.group(1)] = count.get(m.group(1), 0) + 1
            if re.search(wanted, line):
                found.add(count[m.group(1)])
    return sorted(found)


def targets_of(inputs, text):
    """What can fail: calls, error, the file they have to be of if any, which of them."""
    for calls, error in ERRORS:
        if calls.startswith('read'):
            for path in inputs:
                of_it = '\n'.join(line for line in text.splitlines()
                                  if '<%s>' % os.path.realpath(path) in line)
                yield calls, error, path, calls_of(of_it, calls, '.')
        else:
            # A close of what was only read tells nothing, and may be the loader's.
            wanted = re.escape(os.getcwd() + '/out/') if calls == 'close' else '.'
            yield calls, error, None, calls_of(text, calls, wanted)


def disturb(command, most):
    name, args, inputs = command
    whole = Disturbed(pagesim, name, args)
    whole.run(['-y', '-e', 'trace=' + ','.join(sorted({c for c, _ in ERRORS}))])
    if whole.status not in (0, 1):
        print('%s: status %d undisturbed: %s' % (name, whole.status, whole.stderr.decode()))
        return 1, 0
    bad = tried = 0
    for calls, error, path, of in list(targets_of(inputs, whole.text())):
        one = Disturbed(pagesim, name, args)
        for k in spread(of, most):
            one.run((['-P', path] if path else []) + [
                '-e', 'trace=' + calls, '-e', 'inject=%s:error=%s:when=%d' % (calls, error, k)])
            if 'INJECTED' not in one.text():
                continue
            tried += 1
            one.judge(whole, '%s for call %d of %s%s' %
                      (error, k, calls, ' of ' + path if path else ''))
        bad += len(one.trouble)
    return bad, tried


pagesim, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
most = int(sys.argv[3]) if len(sys.argv) > 3 else 2
rest = sys.argv[4:]
prepare(pagesim, source)
bad = tried = 0
for command in commands(source):
    if not rest or command[0] in rest:
        b, t = disturb(command, most)
        bad, tried = bad + b, tried + t
print('%d calls disturbed, %d findings' % (tried, bad))
sys.exit(1 if bad else 0)
