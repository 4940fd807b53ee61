// How marks look: links as boxes, the others by kind, groups with their number, weak ones marked.

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

const radius = (node) => (node.count ? 10.5 : 6 + 3.5 * Math.sqrt(node.share || 0));

function drawHead(c, node, x, y, families, picked) {
  const missing = (board.weak.get(node.id) || []).some((p) => data.findings[p].measure === "missing-stage");
  const first = families[0];
  c.beginPath();
  c.roundRect(x - CELL_W / 2, y - HEAD_H / 2, CELL_W, HEAD_H, 6);
  c.fillStyle = missing ? palette.paper : palette.surface;
  c.fill();
  c.setLineDash(first ? DASH[first] : []);
  c.lineWidth = picked ? 3.4 : first ? (board.strong(node.id) ? 2.8 : 1.7) : 1.2;
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
