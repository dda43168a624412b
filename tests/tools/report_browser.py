"""report_browser.py PAGE.html [quick]: looks at the page with headless Chromium; exit 1 and a
line for whatever is wrong with it. quick: without pictures, and on a phone only."""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib

SECTIONS = ["headline", "summary", "orders", "blockers", "latency", "histograms",
            "fragmentation", "unusable", "pagemap", "watermarks", "locks", "configuration",
            "rerun"]
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--hide-scrollbars", "--enable-logging=stderr"]
# Widths of a phone and of a desk; Chromium's window is 500 wide at least, so the phone is a
# frame in a page.
PHONE, DESK, HEIGHT = 360, 1100, 1400
MEASURE = """<script>
addEventListener('load', function () {
	for (const d of document.querySelectorAll('details')) d.open = true;
	const e = document.documentElement;
	e.setAttribute('data-scroll', e.scrollWidth);
	e.setAttribute('data-client', e.clientWidth);
	e.setAttribute('data-title', document.title);
});
</script></body>"""


def chromium(folder, *arguments):
    profile = tempfile.mkdtemp(dir=folder)
    done = subprocess.run(["chromium", *OPTIONS, f"--user-data-dir={profile}", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                          check=True)
    said = [line for line in done.stderr.decode(errors="replace").split("\n")
            if "CONSOLE" in line]
    return done.stdout.decode(errors="replace"), said


def pixels(png):
    """Rows of a PNG of 8 bits a channel, each a bytearray, and the bytes of a pixel."""
    data, at, packed = png.read_bytes(), 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += 12 + size
    step = {2: 3, 6: 4}[colour]
    raw, rows, above = zlib.decompress(packed), [], bytearray(width * step)
    for y in range(height):
        begin = y * (width * step + 1)
        row = bytearray(raw[begin + 1:begin + 1 + width * step])
        unfilter(raw[begin], row, above, step)
        rows.append(row)
        above = row
    return rows, step


def unfilter(kind, row, above, step):
    for x in range(len(row) if kind else 0):
        left = row[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        if kind == 1:
            add = left
        elif kind == 2:
            add = above[x]
        elif kind == 3:
            add = (left + above[x]) // 2
        else:
            guess = left + above[x] - corner
            add = min((left, above[x], corner), key=lambda v: abs(guess - v))
        row[x] = (row[x] + add) & 255


def ground_and_colours(png):
    """The commonest colour, its share, and how many colours there are, of every 5th pixel."""
    rows, step = pixels(png)
    seen = {}
    for row in rows[::5]:
        for x in range(0, len(row), 5 * step):
            colour = bytes(row[x:x + 3])
            seen[colour] = seen.get(colour, 0) + 1
    ground = max(seen, key=seen.get)
    return ground, seen[ground] / sum(seen.values()), len(seen)


def check_content(page, folder, complain):
    dom, said = chromium(folder, "--dump-dom", page.as_uri())
    for line in said:
        complain(f"the console says {line}")
    for section in SECTIONS:
        if f'<section id="{section}"' not in dom:
            complain(f"no section {section}")
    if "<svg" not in dom:
        complain("no picture")
    if re.search(r'(src|href)="(?!#)|url\(|@import', page.read_text(encoding="utf-8")):
        complain("it wants something from elsewhere")
    if page.stat().st_size > 3 << 20:
        complain(f"it has {page.stat().st_size} bytes")


def check_width(page, folder, width, complain):
    """Our script measures in a copy whose policy allows scripts: then others could run, too."""
    copy, frame = folder / "copy.html", folder / "frame.html"
    text = page.read_text(encoding="utf-8")
    copy.write_text(re.sub(r'<meta http-equiv[^>]*>', "", text).replace("</body>", MEASURE),
                    encoding="utf-8")
    source = copy.read_text(encoding="utf-8").replace("&", "&amp;").replace('"', "&quot;")
    frame.write_text(f'<!DOCTYPE html><iframe style="border:0;width:{width}px;height:700px" '
                     f'srcdoc="{source}"></iframe>'
                     '<script>addEventListener("load",function(){setTimeout(function(){'
                     'const e=document.querySelector("iframe").contentDocument'
                     '.documentElement;document.body.setAttribute("data-found",'
                     'e.dataset.scroll+" "+e.dataset.client+" "+e.dataset.title)},200)})'
                     "</script>", encoding="utf-8")
    dom, _ = chromium(folder, "--virtual-time-budget=3000", "--dump-dom", frame.as_uri())
    found = re.search(r'data-found="(\d+) (\d+) ([^"]*)"', dom)
    if not found:
        complain(f"nothing was measured at {width}")
        return
    if int(found[1]) > int(found[2]):
        complain(f"at {width} pixels it is {found[1]} wide")
    if not found[3].startswith("pagesim: "):
        complain(f"a script ran: its title is {found[3]}")


def check_look(page, folder, dark, complain):
    png = folder / "page.png"
    extra = ["--blink-settings=preferredColorScheme=0"] if dark else []
    chromium(folder, *extra, f"--window-size={DESK},{HEIGHT}", f"--screenshot={png}",
             page.as_uri())
    ground, share, colours = ground_and_colours(png)
    name = "dark" if dark else "light"
    if (sum(ground) < 3 * 60) != dark:
        complain(f"its ground in {name} is {tuple(ground)}")
    if colours < 30 or share > 0.98:
        complain(f"there is nothing to see in {name}: {colours} colours")


def main():
    page = pathlib.Path(sys.argv[1]).resolve()
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_content(page, folder, wrong.append)
        check_width(page, folder, PHONE, wrong.append)
        if "quick" not in sys.argv:
            check_width(page, folder, DESK, wrong.append)
            check_look(page, folder, False, wrong.append)
            check_look(page, folder, True, wrong.append)
    for line in wrong:
        print(f"{page.name}: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
