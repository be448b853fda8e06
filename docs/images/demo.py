"""Draw the demo's first screen as an SVG terminal: signalbox demo --once | python3 docs/images/demo.py > docs/images/demo.svg"""
import html
import re
import sys

WIDTH, LINE, LEFT, TOP = 142, 19, 20, 52
text = sys.stdin.read()
start = text.index("100 new tickets")
end = text.index("A customer asks:")
lines = ["$ make demo", ""] + [line.rstrip() for line in text[start:end].rstrip().splitlines()]


def cut(line):
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def styled(line):
    kind = "strong" if line.startswith(("$", "SUBJECT", "One decision")) else ""
    line = html.escape(cut(line), quote=False)
    line = re.sub(r"(?<= )(auto|suggest|review)(?=  )", r'<tspan class="\1">\1</tspan>', line)
    line = re.sub(r"^(AUTO|SUGGEST|REVIEW)", lambda m: f'<tspan class="{m[1].lower()}">{m[1]}</tspan>', line)
    return kind, line


height = TOP + LINE * len(lines) + 16
width = LEFT * 2 + round(WIDTH * 8.7)
print(f'''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">
<title id="title">Terminal: the demo's table of decided tickets, and one decision in full</title>
<style>
  rect {{ fill: #ffffff; stroke: #c9d1d9; }}
  circle {{ fill: #c9d1d9; }}
  text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #24292f; white-space: pre; }}
  .strong {{ font-weight: 600; }}
  .auto {{ fill: #116329; }} .suggest {{ fill: #0550ae; }} .review {{ fill: #953800; }}
  @media (prefers-color-scheme: dark) {{
    rect {{ fill: #0d1117; stroke: #30363d; }}
    circle {{ fill: #484f58; }}
    text {{ fill: #e6edf3; }}
    .auto {{ fill: #7ee787; }} .suggest {{ fill: #79c0ff; }} .review {{ fill: #ffa657; }}
  }}
</style>
<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>
<circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/>''')
for number, line in enumerate(lines):
    kind, body = styled(line)
    if body:
        attribute = f' class="{kind}"' if kind else ""
        print(f'<text x="{LEFT}" y="{TOP + LINE * number}" xml:space="preserve"{attribute}>{body}</text>')
print("</svg>")
