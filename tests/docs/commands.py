#!/usr/bin/env python3
"""Runs every block of commands of one page, as a reader who copies them would.

    tests/docs/commands.py PAGESIM TREE PAGE.md

A block fenced as `sh` is run by bash; in one fenced as `console` what follows "$ " is run, and
the rest has to be what it prints. The folder they run in is a scratch copy of what they read
(configs, docs, traces; links to the rest of the tree), with PAGESIM as build/release/tools/pagesim
and on the PATH; a page's blocks share it. Comments just before a block, one a line, tell more:

    <!-- not run: WHY -->               it is not run; "; see PATH" names what tries it instead
    <!-- needs: PROGRAM -->             it is not run where that program is missing
    <!-- before: COMMAND -->            run first: what the page takes for granted
    <!-- status: 1 -->                  a command of it ends with that, all others with 0
    <!-- prints -->                     the block is no command: the block of commands before it
                                        prints these lines, in this order ("..." = others between)
    <!-- prints: COMMAND -->            the same of a command that the page does not show
    <!-- file: NAME -->                 the block is no command: it is written to that file

Text of HTML pages that a block writes (-o X.html) counts as printed. Exit status 1 and the place
of each block that does something else, or looks like commands and is not fenced as such.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

COPIED = ("configs", "docs", "traces")
LINKED = ("tests", "tools", "README.md", "CHANGELOG.md", "CMakePresets.json")
COMMAND = re.compile(r"^(\$ |sudo |cmake |ctest |pagesim |tools/\w+\.sh|tests/[\w/]+\.(sh|py) )")
NOTE = re.compile(r"^<!-- (not run|needs|before|status|prints|file)(?:: (.*?))? -->$")
SHELL = """set -o pipefail
trap 'printf "%s\\t%s\\n" $? "${BASH_COMMAND%%$'"'\\n'"'*}" >>"$FAILED"' ERR
"""


class Block:
    def __init__(self, line, language, notes):
        self.line = line
        self.language = language
        self.notes = notes
        self.text = []

    def all(self, key):
        return [value for name, value in self.notes if name == key]


def read_blocks(path):
    """The fenced blocks of a page, each with the notes that stand just before it."""
    blocks, block, notes = [], None, []
    for number, line in enumerate(open(path, encoding="utf-8").read().split("\n"), 1):
        note = NOTE.match(line)
        if line.lstrip().startswith("```"):
            if block:
                blocks.append(block)
                block = None
            else:
                block = Block(number, line.strip()[3:].strip(), notes)
            notes = []
        elif block:
            block.text.append(line)
        elif COMMAND.match(line[4:]) and line.startswith("    "):
            blocks.append(Block(number, "", []))
            blocks[-1].text.append(line[4:])
        elif note:
            notes.append(note.groups())
        elif line.strip():
            notes = []
    return blocks


def lines_of(text):
    return [line.rstrip() for line in text.split("\n")]


def missing_line(wanted, printed):
    """The first of the wanted lines that is not printed in this order, or None."""
    at = 0
    for line in wanted:
        if line.strip() in ("", "..."):
            continue
        while at < len(printed) and printed[at] != line:
            at += 1
        if at == len(printed):
            return line
        at += 1
    return None


def pages_text(commands):
    """The lines of HTML pages that the commands wrote, without tags."""
    text = ""
    for name in re.findall(r"-o (\S+\.html)", commands):
        if os.path.exists(name):
            text += re.sub(r"<[^>]*>", "", open(name, encoding="utf-8").read()) + "\n"
    return [line.strip() for line in text.split("\n")]


class Page:
    def __init__(self, path, tree):
        self.path = path
        self.tree = tree
        self.name = os.path.relpath(path, tree)
        self.bad = False
        self.printed = None  # lines of the last block of commands, None = it was not run

    def say(self, block, text):
        print(f"{self.name}:{block.line}: {text}")

    def fail(self, block, text):
        self.bad = True
        self.say(block, text)

    def bash(self, block, commands, statuses):
        """Runs commands; what they print, or None when one ends as it should not."""
        failed = os.path.abspath(".failed")
        open(failed, "w").close()
        done = subprocess.run(["bash", "-c", SHELL + commands], text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=240,
                              env=dict(os.environ, FAILED=failed, LC_ALL="C.UTF-8", TZ="UTC"))
        failures = [line.split("\t", 1) for line in open(failed).read().splitlines()]
        if done.returncode and not failures:
            failures = [[str(done.returncode), "the block"]]
        if sorted(status for status, _ in failures) != sorted(statuses):
            for status, command in failures or [["0", "every command"]]:
                self.fail(block, f"{command}: ends with {status}")
            print("\n".join("    " + line for line in lines_of(done.stdout)[-12:]))
            return None
        return lines_of(done.stdout)

    def left_out(self, block):
        """Says why a block is not run, if it is not."""
        for why in block.all("not run"):
            instead = re.search(r"see (\S+)$", why or "")
            if not why or (instead and not os.path.exists(os.path.join(self.tree, instead[1]))):
                self.fail(block, f"not run, but no reason, or one that is not there: {why}")
            self.say(block, f"not run: {why}")
            return True
        for program in block.all("needs"):
            if not shutil.which(program):
                self.say(block, f"not run: {program} is missing here")
                return True
        return False

    def run(self, block):
        """A block of commands."""
        self.printed = None
        if self.left_out(block):
            return
        for command in block.all("before"):
            if self.bash(block, command, []) is None:
                return
        text = "\n".join(block.text)
        self.printed = self.bash(block, text, block.all("status"))
        if self.printed is not None:
            self.printed += pages_text(text)

    def transcript(self, block):
        """A block of "$ command" and what they print."""
        commands, wanted, inside = [], [], False
        for line in block.text:
            if inside or line.startswith("$ "):
                commands.append(line if inside else line[2:])
                inside = line.endswith("\\")
            else:
                wanted.append(line)
        inner = Block(block.line, "sh", block.notes)
        inner.text = commands
        self.run(inner)
        self.compare(block, wanted)

    def compare(self, block, wanted):
        line = None if self.printed is None else missing_line(wanted, self.printed)
        if line is not None:
            self.fail(block, f"the commands before do not print, there: {line}")

    def block(self, block):
        if block.language == "console":
            self.transcript(block)
        elif block.language in ("sh", "bash"):
            self.run(block)
        elif block.all("prints"):
            for command in filter(None, block.all("prints")):
                self.printed = self.bash(block, command, [])
            self.compare(block, block.text)
        elif block.all("file"):
            for name in block.all("file"):
                os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
                open(name, "w", encoding="utf-8").write("\n".join(block.text) + "\n")
        elif any(COMMAND.match(line) for line in block.text):
            self.fail(block, "has commands, but is not fenced as sh or console")


def make_folder(pagesim, tree, folder):
    for name in COPIED:
        shutil.copytree(os.path.join(tree, name), os.path.join(folder, name))
    for name in LINKED:
        os.symlink(os.path.join(tree, name), os.path.join(folder, name))
    tools = os.path.join(folder, "build/release/tools")
    os.makedirs(tools)
    os.symlink(pagesim, os.path.join(tools, "pagesim"))
    os.environ["PATH"] = tools + ":" + os.environ["PATH"]


def main(pagesim, tree, path):
    pagesim, tree, path = (os.path.realpath(p) for p in (pagesim, tree, path))
    page = Page(path, tree)
    with tempfile.TemporaryDirectory() as folder:
        make_folder(pagesim, tree, folder)
        os.chdir(folder)
        for block in read_blocks(path):
            page.block(block)
        os.chdir("/")
    return 1 if page.bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
