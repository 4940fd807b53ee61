// The board: pyvis's nodes and edges with the places that came with them, and what is shown of them.

const palette = {};
const board = { nodes: read("graph-nodes"), edges: read("graph-edges"), focus: null, open: null, hover: null };
const CELL_W = 208;
const HEAD_H = 36;
const DASH = { scarcity: [7, 4], brokerage: [], absence: [2, 4], stated: [10, 3, 2, 3], coupling: [4, 4] };
board.at = new Map(board.nodes.map((node) => [node.id, node]));
board.markOf = (i) => data.entities[i].m;
board.off = { classes: new Set(), relations: new Set(), lanes: new Set(), weakOnly: false };
board.on = new Set();

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "surface", "lane", "ink", "muted", "line", "strong", "accent", "firm", "research",
    "platform", "capital", "policy", "people", "knowledge", "problem", "other", "link", "flow", ...FAMILIES];
  for (const name of names) palette[name] = style.getPropertyValue(`--${name}`).trim();
  palette.font = style.getPropertyValue("--font").trim();
}

/** By mark: the findings that mark it, as places in data.findings. */
board.weak = new Map();
board.named = new Map();
data.findings.forEach((finding, place) => {
  for (const [end, first] of [[finding.n, true], [finding.o, false]]) {
    if (end === null || end === undefined) continue;
    if (!board.named.has(end)) board.named.set(end, []);
    board.named.get(end).push(place);
    const m = board.markOf(end);
    if (m < 0 || !finding.mark || (finding.o != null && finding.measure === "hand-off" && !first)) continue;
    if (!board.weak.has(m)) board.weak.set(m, []);
    board.weak.get(m).push(place);
  }
});
board.strong = (m) => (board.weak.get(m) || []).some((p) => data.findings[p].mark === 2);
board.families = (m) =>
  FAMILIES.filter((family) => (board.weak.get(m) || []).some((p) => data.findings[p].family === family));

/** Relations between entities that the page holds, by entity: [row, place of the other end]. */
board.rows = new Map();
for (const row of data.rows) {
  for (const [a, b] of [[row[1], row[2]], [row[2], row[1]]]) {
    if (!board.rows.has(a)) board.rows.set(a, []);
    board.rows.get(a).push([row, b]);
  }
}

/** By mark: the edges at it. */
board.beside = new Map();
for (const edge of board.edges) {
  for (const end of [edge.from, edge.to]) {
    if (!board.beside.has(end)) board.beside.set(end, []);
    board.beside.get(end).push(edge);
  }
}

function hiddenMark(node) {
  if (node.member) return false;
  if (board.off.classes.has(node.group)) return true;
  const cell = data.cells[node.cell];
  if (cell && board.off.lanes.has(cell.lane)) return true;
  return board.off.weakOnly && !board.weak.has(node.id);
}

/** Whether an edge is drawn, given what is filtered and what is picked. */
function shownEdge(edge) {
  if (hiddenMark(board.at.get(edge.from)) || hiddenMark(board.at.get(edge.to))) return false;
  if (edge.rel >= 0 && board.off.relations.has(edge.rel)) return false;
  if (board.focus !== null) return edge.from === board.focus || edge.to === board.focus;
  return (edge.near === 0 && !edge.elbow) || board.on.has(edge.rel);
}

// A provider's mark grows with its share. A kind under its parent in the same column is joined to it
// by an elbow at the left, without an arrow.
for (const edge of board.edges) {
  const [a, b] = [board.at.get(edge.from), board.at.get(edge.to)];
  if (edge.near === 1 && edge.share) a.share = Math.max(a.share || 0, Math.min(edge.share, 1));
  edge.elbow = edge.rel >= 0 && data.relations[edge.rel].name === "VARIANT_OF" && a.head && b.head && a.x === b.x && b.y < a.y;
}

function styledEdge(edge) {
  const flow = edge.near === 0;
  const picked = board.focus !== null;
  const color = edge.family ? palette[edge.family] : picked ? palette.accent : flow ? palette.flow : palette.line;
  // Arrows point downstream: from what is required to what requires it.
  const turned = edge.rel >= 0 && data.relations[edge.rel].name === "REQUIRES";
  const crossing = board.at.get(edge.from).cell !== board.at.get(edge.to).cell;
  return {
    id: edge.id,
    from: edge.from,
    to: edge.to,
    hidden: !shownEdge(edge),
    color: { color, opacity: edge.family || picked ? 1 : flow ? 0.6 : 0.9 },
    width: edge.family ? 2.6 : flow ? 1.4 : 1,
    dashes: edge.family ? [10, 5, 2, 5] : edge.planned ? [3, 4] : false,
    arrows: { [turned ? "from" : "to"]: { enabled: Boolean(edge.family || (flow && crossing)), scaleFactor: 0.45 } },
    smooth: flow && crossing ? { enabled: true, type: "cubicBezier", forceDirection: "horizontal", roundness: 0.45 } : false,
  };
}
