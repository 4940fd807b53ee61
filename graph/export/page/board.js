// The network: pyvis's nodes and edges, drawn by vis-network at the places that came with them.

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

/** A kind under its parent in the same column: an elbow at the left says so, without an arrow. */
for (const edge of board.edges) {
  const [a, b] = [board.at.get(edge.from), board.at.get(edge.to)];
  edge.elbow = edge.rel >= 0 && data.relations[edge.rel].name === "VARIANT_OF" && a.head && b.head && a.x === b.x && b.y < a.y;
}

function drawElbows(c) {
  if (board.focus !== null) return;
  c.beginPath();
  for (const edge of board.edges) {
    if (!edge.elbow || board.off.relations.has(edge.rel)) continue;
    const [a, b] = [board.at.get(edge.from), board.at.get(edge.to)];
    if (hiddenMark(a) || hiddenMark(b)) continue;
    const left = a.x - CELL_W / 2;
    c.moveTo(left - 1, b.y); c.lineTo(left - 12, b.y); c.lineTo(left - 12, a.y); c.lineTo(left - 1, a.y);
  }
  c.lineWidth = 1.4; c.strokeStyle = palette.flow; c.stroke();
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

const shapes = {
  dot: (c, x, y, r) => c.arc(x, y, r, 0, 7),
  square: (c, x, y, r) => c.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76),
  hexagon: (c, x, y, r) => polygon(c, x, y, r * 1.1, 6, 0),
  triangleDown: (c, x, y, r) => polygon(c, x, y + r * 0.15, r * 1.2, 3, Math.PI / 2),
  diamond: (c, x, y, r) => polygon(c, x, y, r * 1.15, 4, 0),
  box: (c, x, y, r) => c.rect(x - r * 1.1, y - r * 0.7, r * 2.2, r * 1.4),
  star: (c, x, y, r) => {
    for (let i = 0; i < 10; i += 1) {
      const far = i % 2 ? r * 0.5 : r * 1.2;
      c.lineTo(x + far * Math.sin((i * Math.PI) / 5), y - far * Math.cos((i * Math.PI) / 5));
    }
    c.closePath();
  },
};

function polygon(c, x, y, r, sides, turn) {
  for (let i = 0; i < sides; i += 1) {
    const angle = turn + (i * 2 * Math.PI) / sides;
    c.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  c.closePath();
}

function familyPath(c, family, x, y, r) {
  c.beginPath();
  if (family === "scarcity") polygon(c, x, y + r * 0.15, r * 1.15, 3, -Math.PI / 2);
  else if (family === "brokerage") polygon(c, x, y, r * 1.1, 4, 0);
  else if (family === "absence") c.arc(x, y, r * 0.78, 0, 7);
  else if (family === "stated") {
    c.moveTo(x - r, y - r * 0.9); c.lineTo(x + r, y - r * 0.9); c.lineTo(x + r, y + r * 0.4);
    c.lineTo(x, y + r * 0.4); c.lineTo(x - r * 0.5, y + r); c.lineTo(x - r * 0.5, y + r * 0.4);
    c.lineTo(x - r, y + r * 0.4); c.closePath();
  } else c.rect(x - r, y - r * 0.35, r * 2, r * 0.7);
}

/** The marks of a node's families, right to left from (x, y). Returns the width taken. */
function badges(c, families, x, y, r) {
  families.slice().reverse().forEach((family, i) => {
    const at = x - i * r * 2.5;
    familyPath(c, family, at, y, r);
    c.lineWidth = r * 0.5;
    if (family === "absence") {
      c.fillStyle = palette.surface; c.fill();
      c.strokeStyle = palette[family]; c.stroke();
    } else {
      c.fillStyle = palette[family]; c.fill();
    }
  });
  return families.length * r * 2.5;
}

/** How strongly a mark is drawn while something is picked. */
function strength(id) {
  if (board.open !== null) return board.at.get(id).member ? 1 : 0.12;
  if (board.focus === null || board.near.has(id)) return 1;
  return 0.16;
}

function drawMark({ ctx, id, x, y, state: is }) {
  const node = board.at.get(id);
  const families = board.families(id);
  const picked = id === board.focus || (is.hover && board.focus === null);
  const draw = () => {
    ctx.save();
    ctx.globalAlpha = strength(id);
    ctx.lineJoin = "round";
    if (node.head) drawHead(ctx, node, x, y, families, picked);
    else drawActor(ctx, node, x, y, families, picked);
    ctx.restore();
  };
  return { drawNode: draw, nodeDimensions: sizeOf(node) };
}

function sizeOf(node) {
  if (node.head) return { width: CELL_W, height: HEAD_H };
  const r = radius(node) * 2 + 4;
  return { width: r, height: r };
}

const radius = (node) => (node.count ? 10.5 : 6 + 5 * Math.sqrt(node.share || 0));

function drawHead(c, node, x, y, families, picked) {
  const missing = (board.weak.get(node.id) || []).some((p) => data.findings[p].measure === "missing-stage");
  const first = families[0];
  c.beginPath();
  c.roundRect(x - CELL_W / 2, y - HEAD_H / 2, CELL_W, HEAD_H, 6);
  c.fillStyle = missing ? palette.paper : palette.surface;
  c.fill();
  c.setLineDash(first ? DASH[first] : []);
  c.lineWidth = picked ? 3.4 : first ? 2.4 : 1.2;
  c.strokeStyle = picked ? palette.accent : first ? palette[first] : palette.strong;
  c.stroke();
  c.setLineDash([]);
  badges(c, families, x + CELL_W / 2 - 13, y, 6);
  if (node.count) {
    c.fillStyle = palette.muted;
    c.font = `600 12px ${palette.font}`;
    c.textAlign = "right"; c.textBaseline = "middle";
    c.fillText(number(node.count), x + CELL_W / 2 - 10, y);
  }
}

function drawActor(c, node, x, y, families, picked) {
  const r = radius(node);
  c.beginPath();
  if (node.count) c.roundRect(x - r, y - r * 0.85, r * 2, r * 1.7, 4);
  else (shapes[node.shape] || shapes.dot)(c, x, y, r);
  c.fillStyle = node.count ? palette.surface : palette[node.kind];
  c.fill();
  if (node.count || picked || families.length) {
    c.lineWidth = picked ? 3 : families.length ? 2.2 : 1.4;
    c.setLineDash(families.length && !picked ? DASH[families[0]].map((d) => d * 0.6) : []);
    c.strokeStyle = picked ? palette.accent : families.length ? palette[families[0]] : palette[node.kind];
    c.stroke();
    c.setLineDash([]);
  }
  if (node.count) {
    c.fillStyle = palette.ink;
    c.font = `600 ${node.count > 999 ? 7 : 8.5}px ${palette.font}`;
    c.textAlign = "center"; c.textBaseline = "middle";
    c.fillText(node.count > 9999 ? `${Math.round(node.count / 1000)}k` : String(node.count), x, y + 0.5);
  }
  if (families.length) badges(c, families, x + r + 3, y - r, 4);
}

function drawGround(c) {
  c.save();
  data.lanes.forEach((lane, i) => {
    if (board.off.lanes.has(i)) return;
    const [x, y, w, h] = lane.box;
    c.beginPath(); c.roundRect(x, y, w, h, 12);
    c.fillStyle = palette.lane; c.fill();
  });
  for (const cell of data.cells) {
    if (board.off.lanes.has(cell.lane)) continue;
    const [x, y, w, h] = cell.box;
    c.beginPath(); c.roundRect(x - 5, y - 5, w + 10, h + 6, 9);
    c.fillStyle = palette.paper; c.globalAlpha = 0.72; c.fill(); c.globalAlpha = 1;
  }
  drawElbows(c);
  c.restore();
}

let network, nodes, edges;

function makeNetwork() {
  readPalette();
  nodes = new vis.DataSet(board.nodes.map((node) => ({
    id: node.id, x: node.x, y: node.y, shape: "custom", size: radius(node) + 2, ctxRenderer: drawMark,
  })));
  edges = new vis.DataSet(board.edges.map(styledEdge));
  network = new vis.Network($("mynetwork"), { nodes, edges }, read("graph-options"));
  Object.assign(window, { network, nodes, edges });
  network.once("afterDrawing", () => {
    // vis-network learns the size of a drawn box only once it has drawn it.
    for (const node of board.nodes) if (node.head) network.body.nodes[node.id].shape.refreshNeeded = true;
    requestAnimationFrame(() => network.redraw());
  });
  network.on("beforeDrawing", drawGround);
  network.on("afterDrawing", drawLabels);
  network.on("click", (event) => {
    allowWheel(true);
    if (event.nodes.length) pick(event.nodes[0], true);
    else clearPick();
  });
  network.on("hoverNode", ({ node, event }) => { board.hover = node; showTip(node, event); });
  network.on("blurNode", () => { board.hover = null; $("tip").hidden = true; });
  network.on("dragStart", () => { $("tip").hidden = true; });
  fitAll(false);
}

/** The page scrolls over the canvas until it is clicked; then the wheel zooms. */
function allowWheel(yes) {
  network.setOptions({ interaction: { zoomView: yes } });
  $("mynetwork").classList.toggle("active", yes);
}

function fitAll(animate) {
  if (!data.lanes.length) return;
  const view = $("mynetwork").getBoundingClientRect();
  const right = Math.max(...data.lanes.map(({ box: [x, , w] }) => x + w));
  const bottom = Math.max(...data.lanes.map(({ box: [, y, , h] }) => y + h));
  let scale = Math.min(1.1, (view.width - 24) / right, (view.height - 24) / bottom);
  let position = { x: right / 2, y: bottom / 2 };
  if (view.width <= 600 && scale < 0.55) {
    // On a narrow screen the whole would be dust: begin at the first chain, readable.
    scale = 0.55;
    position = { x: (view.width / 2 - 8) / scale, y: (view.height / 2 - 8) / scale };
  }
  network.moveTo({ scale, position, animation: animate ? { duration: 300 } : false });
}

function restyle() {
  edges.update(board.edges.map(styledEdge));
}

function refilter() {
  nodes.update(board.nodes.map((node) => ({ id: node.id, hidden: hiddenMark(node) })));
  restyle();
}

/** Picks a mark: it and what it is joined to stay, the rest fades; a group opens. */
function pick(id, withPanel) {
  const node = board.at.get(id);
  if (node.member !== undefined) { showEntity(node.e); return; }
  closeGroup();
  board.focus = id;
  board.near = new Set([id]);
  for (const edge of board.beside.get(id) || []) {
    if (edge.rel >= 0 && board.off.relations.has(edge.rel)) continue;
    board.near.add(edge.from).add(edge.to);
  }
  restyle();
  if (node.count) openGroup(node);
  network.redraw();
  tell(spoken(node));
  if (withPanel) {
    if (node.count) showGroup(node);
    else showEntity(node.e);
  }
}

function clearPick() {
  closeGroup();
  if (board.focus === null) return;
  board.focus = null;
  restyle();
  network.redraw();
}

function spoken(node) {
  const weak = [...new Set((board.weak.get(node.id) || []).map((p) => measureName(data.findings[p].measure)))];
  return [markName(node), say(data.classes.find((c) => c.name === node.group).label), ...weak].join(", ");
}

function markName(node) {
  if (node.e !== undefined) return nameOf(node.e);
  const cls = say(data.classes.find((c) => c.name === node.group).label);
  return `${cls}${node.region ? ` · ${node.region}` : ""} (${number(node.count)})`;
}

const membersOf = (id) => data.entities.map((entity, i) => [entity, i]).filter(([entity]) => entity.m === id).map(([, i]) => i);

/** Draws a group's members around it, over the rest. */
function openGroup(node) {
  board.open = node.id;
  const members = membersOf(node.id);
  const added = members.map((i, k) => {
    const r = 30 + 17 * Math.sqrt(k + 1);
    const angle = k * 2.399963;
    const mark = {
      id: `m${i}`, e: i, member: true, group: node.group, kind: node.kind, shape: node.shape,
      cell: node.cell, need: 0, x: node.x + r * Math.cos(angle), y: node.y + r * Math.sin(angle),
    };
    board.at.set(mark.id, mark);
    return mark;
  });
  board.members = added;
  nodes.add(added.map((mark) => ({
    id: mark.id, x: mark.x, y: mark.y, shape: "custom", size: radius(mark) + 2, ctxRenderer: drawMark,
  })));
}

function closeGroup() {
  if (board.open === null) return;
  nodes.remove(board.members.map((mark) => mark.id));
  for (const mark of board.members) board.at.delete(mark.id);
  board.members = [];
  board.open = null;
}

/** Goes to an entity's mark, and near enough to read it. */
function goTo(i, withPanel) {
  const m = board.markOf(i);
  if (withPanel) showEntity(i);
  if (m < 0) return;
  pick(m, false);
  const node = board.at.get(m);
  // The panel takes room from the canvas: wait until the canvas knows.
  requestAnimationFrame(() => requestAnimationFrame(() => network.moveTo({
    position: { x: node.x, y: node.y }, scale: Math.max(network.getScale(), 0.7),
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 300 },
  })));
}

function showTip(id, event) {
  const tip = $("tip");
  fill(tip, spoken(board.at.get(id)));
  tip.hidden = false;
  const box = $("mynetwork").getBoundingClientRect();
  const x = (event.clientX ?? event.center?.x ?? 0) - box.left;
  const y = (event.clientY ?? event.center?.y ?? 0) - box.top;
  tip.style.left = `${Math.max(4, Math.min(x + 14, box.width - tip.offsetWidth - 6))}px`;
  tip.style.top = `${Math.min(y + 16, box.height - tip.offsetHeight - 6)}px`;
}

/** The nearest mark in the direction of an arrow key. */
function step(dx, dy) {
  const from = board.focus !== null ? board.at.get(board.focus) : null;
  if (!from) {
    const first = board.nodes.find((node) => !hiddenMark(node));
    if (first) pick(first.id, false);
    return;
  }
  let best = null;
  let least = Infinity;
  for (const node of board.nodes) {
    if (node.id === from.id || hiddenMark(node)) continue;
    const along = (node.x - from.x) * dx + (node.y - from.y) * dy;
    const across = Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx);
    if (along > 4 && along + across * 2.5 < least) { least = along + across * 2.5; best = node; }
  }
  if (!best) return;
  pick(best.id, false);
  const view = $("mynetwork").getBoundingClientRect();
  const at = network.canvasToDOM({ x: best.x, y: best.y });
  if (at.x < 60 || at.y < 60 || at.x > view.width - 60 || at.y > view.height - 60) {
    network.moveTo({ position: { x: best.x, y: best.y } });
  }
}

function zoomBy(factor) {
  network.moveTo({ scale: Math.min(4, Math.max(0.05, network.getScale() * factor)) });
}

function boardKeys(event) {
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (moves[event.key]) step(...moves[event.key]);
  else if (event.key === "Enter" && board.focus !== null) pick(board.focus, true);
  else if (event.key === "+" || event.key === "=") zoomBy(1.25);
  else if (event.key === "-") zoomBy(0.8);
  else if (event.key === "0") fitAll(true);
  else return;
  event.preventDefault();
}
