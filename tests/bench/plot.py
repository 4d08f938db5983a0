"""Draws measured series: lines on logarithmic axes, as SVG that can be read on a light and on a dark page.

    plot.py TITLE X_NAME DATA.csv OUT.svg      (DATA: series,x,milliseconds; X_NAME: bytes, or what else is counted)
"""
import csv
import math
import sys

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 76, 560, 52, 360
COLOURS = [("#0969da", "#58a6ff"), ("#bc4c00", "#f0883e"), ("#1a7f37", "#56d364"), ("#8250df", "#bc8cff")]
LABEL_HEIGHT = 17

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .faint { fill: #59636e; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
  .page { fill: #ffffff; }
"""
DARK = """
    text { fill: #f0f6fc; } .faint { fill: #9198a1; } .grid { stroke: #3d444d; } .page { fill: #0d1117; }
"""


def colours(side):
    return "".join(f"  .s{i} {{ stroke: {pair[side]}; }} .d{i} {{ fill: {pair[side]}; }}\n"
                   for i, pair in enumerate(COLOURS))


class Axis:
    """From whole power of ten to whole power of ten."""

    def __init__(self, values, begin, end):
        self.low = math.floor(math.log10(min(values)))
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)
        self.begin, self.end = begin, end

    def place(self, value):
        return self.begin + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self):
        return [10 ** exponent for exponent in range(self.low, self.high + 1)]


def in_bytes(size):
    for unit, name in [(10 ** 9, "GB"), (10 ** 6, "MB"), (10 ** 3, "kB")]:
        if size >= unit:
            return f"{size / unit:g} {name}"
    return f"{size:g} B"


def in_time(milliseconds):
    return f"{milliseconds / 1000:.3g} s" if milliseconds >= 1000 else f"{milliseconds:.3g} ms"


def read(path):
    series = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            series.setdefault(row["series"], []).append((float(row["x"]), float(row["milliseconds"])))
    return series


def grid(x_axis, y_axis, x_text):
    for tick in x_axis.ticks():
        at = x_axis.place(tick)
        yield f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{BOTTOM}"/>'
        yield f'<text class="faint" x="{at:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{x_text(tick)}</text>'
    for tick in y_axis.ticks():
        at = y_axis.place(tick)
        yield f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{RIGHT}" y2="{at:.1f}"/>'
        yield f'<text class="faint" x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{in_time(tick)}</text>'


def label_places(ends):
    """Beside the ends of the lines, moved apart where they would touch."""
    places = {}
    for name, at in sorted(ends.items(), key=lambda end: end[1]):
        places[name] = max(at, max(places.values(), default=-LABEL_HEIGHT) + LABEL_HEIGHT)
    return places


def lines(series, x_axis, y_axis):
    ends = {name: y_axis.place(points[-1][1]) for name, points in series.items()}
    labels = label_places(ends)
    for i, (name, points) in enumerate(series.items()):
        places = [(x_axis.place(x), y_axis.place(y)) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline class="line s{i}" points="{path}"/>'
        yield from (f'<circle class="d{i}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
        yield f'<text class="d{i}" x="{RIGHT + 10}" y="{labels[name] + 4:.1f}">{name}, {in_time(points[-1][1])}</text>'


def main(title, x_name, data, out):
    series = read(data)
    x_axis = Axis([x for points in series.values() for x, _ in points], LEFT, RIGHT)
    y_axis = Axis([y for points in series.values() for _, y in points], BOTTOM, TOP)
    style = STYLE + colours(0) + "  @media (prefers-color-scheme: dark) {" + DARK + colours(1) + "  }\n"
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    body = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f"<style>{style}</style>",
            f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
            f'<text class="title" x="{LEFT}" y="30">{title}</text>',
            *grid(x_axis, y_axis, in_bytes if x_name == "bytes" else "{:,.0f}".format),
            *lines(series, x_axis, y_axis)]
    if x_name != "bytes":
        middle = (LEFT + RIGHT) / 2
        body.append(f'<text class="faint" x="{middle}" y="{BOTTOM + 42}" text-anchor="middle">{x_name}</text>')
    with open(out, "w") as file:
        file.write("\n".join([*body, "</svg>", ""]))


main(*sys.argv[1:])
