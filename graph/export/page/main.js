// Legend, language, theme, print and keys; then everything is drawn once.

function drawLegend() {
  const classes = new Map();
  for (const node of board.nodes) classes.set(node.group, (classes.get(node.group) || 0) + (node.count || 1));
  const relations = new Map();
  for (const edge of board.edges) if (edge.rel >= 0) relations.set(edge.rel, (relations.get(edge.rel) || 0) + (edge.count || 1));
  const box = (checked, change, ...label) => {
    const input = el("input", { type: "checkbox" });
    input.checked = checked;
    input.addEventListener("change", () => { change(input.checked); board.version = (board.version || 0) + 1; refilter(); network.redraw(); });
    return el("li", {}, el("label", {}, input, label));
  };
  const flip = (set, key) => (yes) => { if (yes) set.delete(key); else set.add(key); };
  const kinds = [...classes].map(([name, n]) => [data.classes.find((c) => c.name === name), n])
    .sort((a, b) => (b[0].kind === "link") - (a[0].kind === "link") || b[1] - a[1] || a[0].name.localeCompare(b[0].name));
  const near = (rel) => board.edges.some((edge) => edge.rel === rel && edge.near === 0);
  fill($("legend"),
    el("section", {}, el("h3", {}, t("weak_links")), el("ul", {},
      FAMILIES.filter((f) => f !== "coupling").map((family) => el("li", { cls: "key" }, lineKey(family), mark(family), familyName(family))),
      box(board.off.weakOnly, (yes) => { board.off.weakOnly = yes; }, t("weak_only")))),
    el("section", {}, el("h3", {}, t("chains")), el("ul", {}, data.lanes.map((lane, i) =>
      box(!board.off.lanes.has(i), flip(board.off.lanes, i), el("span", {}, laneName(lane)))))),
    el("section", {}, el("h3", {}, t("classes")), el("ul", {}, kinds.map(([cls, n]) =>
      box(!board.off.classes.has(cls.name), flip(board.off.classes, cls.name), shapeKey(cls), el("span", {}, say(cls.label)), el("span", { cls: "n" }, number(n)))))),
    el("section", {}, el("h3", {}, t("relation_types")), el("p", { cls: "note" }, t("relations_note")), el("ul", {}, [...relations].sort((a, b) => near(b[0]) - near(a[0]) || b[1] - a[1] || a[0] - b[0]).map(([rel, n]) =>
      box(near(rel) ? !board.off.relations.has(rel) : board.on.has(rel), (yes) => {
        if (yes) { board.off.relations.delete(rel); if (!near(rel)) board.on.add(rel); } else if (near(rel)) board.off.relations.add(rel); else board.on.delete(rel);
      }, el("span", {}, say(data.relations[rel].label)), el("span", { cls: "n" }, number(n)))))));
}

function small(width, draw) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio; canvas.height = 14 * ratio;
  canvas.style.width = `${width}px`; canvas.style.height = "14px";
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  draw(c);
  return canvas;
}

function shapeKey(cls) {
  return small(16, (c) => {
    c.beginPath();
    if (cls.kind === "link") c.roundRect(1.5, 3, 13, 8, 2.5);
    else (shapes[board.nodes.find((node) => node.group === cls.name)?.shape] || shapes.dot)(c, 8, 7, 5);
    if (cls.kind === "link") { c.strokeStyle = palette.strong; c.lineWidth = 1.4; c.stroke(); } else { c.fillStyle = palette[cls.kind]; c.fill(); }
  });
}

function lineKey(family) {
  return small(26, (c) => {
    c.beginPath(); c.roundRect(1.5, 2, 23, 10, 3);
    c.setLineDash(DASH[family].map((d) => d * 0.6)); c.lineWidth = 2; c.strokeStyle = palette[family]; c.stroke();
  });
}

function drawnNote() {
  const c = data.counts;
  const parts = [t("drawn", { marks: number(board.nodes.length), edges: number(board.edges.filter((e) => e.rel >= 0).length) })];
  if (c.grouped !== "none") parts.push(t(`grouped_${c.grouped}`));
  if (c.edges > board.edges.length) parts.push(t("edges_cut", { all: number(c.edges) }));
  const all = Object.values(c.entities).reduce((a, b) => a + b, 0);
  if (all > c.held) parts.push(t("held_cut", { held: number(c.held), all: number(all) }));
  if (c.rows > data.rows.length) parts.push(t("rows_cut", { held: number(data.rows.length), all: number(c.rows) }));
  $("drawn").textContent = parts.join(" ");
}

/** Writes every text anew, in the language that is set. */
function retext() {
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[data-hint]")) node.setAttribute("placeholder", t(node.dataset.hint));
  const other = state.lang === "zh" ? "en" : "zh";
  Object.assign($("lang"), { textContent: other === "en" ? "English" : "中文", lang: other === "en" ? "en" : "zh-CN" });
  drawOverview();
  drawFindings();
  drawMissing();
  drawFoot();
  drawLegend();
  drawnNote();
  if (panel.show) panel.show();
}

const dark = matchMedia("(prefers-color-scheme: dark)");

function setTheme(theme) {
  state.theme = theme;
  if (theme) document.documentElement.dataset.theme = theme;
  const now = theme || (dark.matches ? "dark" : "light");
  $("theme").textContent = now === "dark" ? "☀" : "☾";
  readPalette();
  labels.key = "";
  if (network) { restyle(); network.redraw(); drawLegend(); }
}

function pageKeys(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape") {
    if (!$("panel").hidden) closePanel();
    else { clearPick(); allowWheel(false); setWide(false); }
  } else if (event.key === "/" && !typing) {
    event.preventDefault();
    $("search").focus();
  }
}

function setWide(yes) {
  if (document.body.classList.contains("wide") === yes) return;
  document.body.classList.toggle("wide", yes);
  $("wide").setAttribute("aria-pressed", String(yes));
  requestAnimationFrame(() => { network.redraw(); fitAll(false); });
}

function start() {
  setTheme(null);
  makeNetwork();
  buildIndex();
  retext();
  $("lang").addEventListener("click", () => { state.lang = state.lang === "zh" ? "en" : "zh"; labels.key = ""; retext(); network.redraw(); });
  $("theme").addEventListener("click", () => setTheme((state.theme || (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark"));
  dark.addEventListener("change", () => { if (!state.theme) setTheme(null); });
  $("search").addEventListener("input", debounce(showHits, 80));
  $("search").addEventListener("focus", () => { if ($("search").value) showHits(); });
  $("search").addEventListener("blur", hideHits);
  $("search").addEventListener("keydown", searchKeys);
  $("in").addEventListener("click", () => zoomBy(1.3));
  $("out").addEventListener("click", () => zoomBy(1 / 1.3));
  $("fit").addEventListener("click", () => { clearPick(); fitAll(true); });
  $("wide").addEventListener("click", () => setWide(!document.body.classList.contains("wide")));
  $("legend-open").addEventListener("click", () => {
    const open = $("legend").classList.toggle("open");
    $("legend-open").setAttribute("aria-expanded", String(open));
  });
  $("mynetwork").addEventListener("keydown", boardKeys);
  for (const key of ["chain", "family", "measure"]) {
    $(`by-${key}`).addEventListener("change", (event) => { table[key] = event.target.value; table.shown = 60; drawFindings(); });
  }
  $("by-text").addEventListener("input", debounce((event) => { table.text = event.target.value; table.shown = 60; drawFindings(); }, 120));
  $("all").addEventListener("click", () => { Object.assign(table, { by: null }); filterFindings({}); });
  $("more").addEventListener("click", () => { table.shown += 200; drawFindings(); });
  addEventListener("keydown", pageKeys);
  addEventListener("beforeprint", () => { table.shown = Infinity; drawFindings(); document.documentElement.dataset.theme = "light"; readPalette(); restyle(); network.redraw(); });
  addEventListener("afterprint", () => { table.shown = 60; drawFindings(); if (!state.theme) delete document.documentElement.dataset.theme; setTheme(state.theme); });
  network.once("afterDrawing", () => { window.page.drawn = true; });
  window.page = { labels: () => labels.placed.map(({ text, box }) => ({ text, box })), pick, clearPick, ready: true };
}

start();
