"""The page as pyvis writes it: into our template, with nothing fetched and nothing run but ours."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from math import isfinite
from typing import Any

from graph.messages import Lang

SCRIPTS = (
    *("base", "board", "marks", "network", "labels", "panel", "search"),
    *("strips", "findings", "missing", "main"),
)
VIS = "lib/vis-9.1.2/vis-network.min.js"


def render(
    nodes: Sequence[dict[str, Any]],
    edges: Sequence[dict[str, Any]],
    data: Mapping[str, Any],
    lang: Lang,
) -> bytes:
    """The page with pyvis's `nodes` and `edges` and our `data`, as UTF-8.

    Each of the scripts and the style is named in the policy by its digest; the data are JSON in
    blocks that the browser does not run.
    """
    from jinja2 import Environment, FileSystemLoader
    from pyvis.network import Network

    folder = files("graph.export.page")
    net = Network(directed=True, cdn_resources="in_line", heading="")
    net.nodes = list(nodes)
    net.edges = list(edges)
    net.options = json.loads(folder.joinpath("options.json").read_text("utf-8"))
    vis = _text(
        FileSystemLoader(net.template_dir).get_source(Environment(autoescape=True), VIS)[0]
    ).rsplit("//# sourceMappingURL", 1)[0]
    own = "\n".join(_text(folder.joinpath(f"{name}.js").read_text("utf-8")) for name in SCRIPTS)
    style = _text(folder.joinpath("style.css").read_text("utf-8"))
    policy = (
        f"default-src 'none'; script-src {_digest(vis)} {_digest(own)};"
        f" style-src {_digest(style)}; base-uri 'none'; form-action 'none'"
    )
    net.templateEnv = Environment(loader=FileSystemLoader(str(folder)), autoescape=True)
    net.templateEnv.policies["json.dumps_kwargs"] = {
        "ensure_ascii": False,
        "sort_keys": True,
        "allow_nan": False,
        "separators": (",", ":"),
    }
    net.templateEnv.globals.update(
        policy=policy, vis=vis, own=own, style=style, data=_finite(data), lang=lang
    )
    net.path = "template.html"
    html: str = net.generate_html()
    # Jinja escapes <, >, & and ' in JSON; these two end a line in older JavaScript.
    return html.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def _text(source: str) -> str:
    """As the browser reads it before it takes the digest: line ends are normalised."""
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _digest(source: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() + "'"


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: what is not a number is not known."""
    if isinstance(value, float):
        return round(value, 6) if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(v) for key, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_finite(v) for v in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)
