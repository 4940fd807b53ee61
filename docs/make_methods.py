"""Makes docs/methods.md from the methods' own docstrings and the table of thresholds.

python docs/make_methods.py          # writes it
python docs/make_methods.py --check  # exit 1 where the file is not what it would be
"""

import inspect
import sys
from pathlib import Path

from graph.gaps import methods
from graph.gaps.settings import THRESHOLDS

PAGE = Path(__file__).parent / "methods.md"
TRUTH = Path(__file__).parent / "truth.md"
"""Written by hand: what `python -m bench truth` measured, and on what."""

INTRODUCTION = """# Methods · 方法

What each measure says, by which formula, from which data. This page is made from the docstrings of
the modules in `graph/gaps/` by `python docs/make_methods.py`. Families are never added up: a
severity, 0 to 1, is comparable within its measure only.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION]
    for method in methods().values():
        module = inspect.getmodule(method.find)
        text = inspect.getdoc(module) or ""
        title, _, body = text.partition("\n")
        parts.append(
            f"## {title}\n\nFamily {method.family}, version {method.version}.\n\n"
            f"```text\n{body.strip()}\n```\n"
        )
    parts.append(TRUTH.read_text("utf-8"))
    parts.append("## Thresholds · 阈值\n\nEach may be changed in `graph.toml` under `[gaps]`.\n")
    parts.append("| name | value | why |\n| --- | --- | --- |")
    parts.append("\n".join(f"| `{t.name}` | {t.value:g} | {t.reason} |" for t in THRESHOLDS) + "\n")
    return "\n".join(parts)


def main(words: list[str]) -> None:
    if "--check" in words:
        sys.exit(0 if PAGE.read_text("utf-8") == page() else "docs/methods.md is out of date")
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
