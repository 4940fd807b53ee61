// The network that vis-network draws from them, and what a click, a hover or a key does.

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
