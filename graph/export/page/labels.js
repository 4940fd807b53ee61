// Names on the canvas. Each box is checked against those already set, so that no text overlaps
// another at any zoom; where there is no room the name is left out (tip, panel and search have it).

const labels = { placed: [], key: "" };
const widths = new Map();

function textWidth(c, text, font) {
  const key = `${font}|${text}`;
  if (!widths.has(key)) { c.font = font; widths.set(key, c.measureText(text).width); }
  return widths.get(key);
}

/** The text cut to `room` pixels; empty where not even a few letters fit. */
function cut(c, text, font, room) {
  if (textWidth(c, text, font) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (textWidth(c, `${text.slice(0, middle)}…`, font) <= room) low = middle;
    else high = middle - 1;
  }
  return low >= 2 ? `${text.slice(0, low)}…` : "";
}

class Grid {
  constructor() { this.cells = new Map(); }

  /** Takes the box [left, top, right, bottom] unless it meets one that is taken. */
  take(box) {
    const keys = [];
    for (let x = Math.floor(box[0] / 80); x <= Math.floor(box[2] / 80); x += 1) {
      for (let y = Math.floor(box[1] / 24); y <= Math.floor(box[3] / 24); y += 1) keys.push(`${x},${y}`);
    }
    for (const key of keys) {
      for (const b of this.cells.get(key) || []) {
        if (box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]) return false;
      }
    }
    for (const key of keys) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
    return true;
  }
}

/** All names that have room at this zoom, in screen pixels from the canvas's origin. */
function placeLabels(c, scale) {
  const grid = new Grid();
  const placed = [];
  const put = (text, font, size, x, y, align, color, node) => {
    if (!text) return;
    const w = textWidth(c, text, font);
    const left = align === "center" ? x - w / 2 : x;
    const box = [left - 2, y - size * 0.62, left + w + 2, y + size * 0.62];
    if (grid.take(box)) placed.push({ text, font, x: left, y, color, node, box });
  };
  const big = Math.min(18, Math.max(12, 17 * scale));
  data.lanes.forEach((lane, i) => {
    if (board.off.lanes.has(i)) return;
    const font = `600 ${big}px ${palette.font}`;
    const [x, y, w] = lane.box;
    put(cut(c, laneName(lane), font, Math.max(w * scale - 16, 120)), font, big, (x + 26) * scale, (y + 28) * scale, "left", "ink");
  });
  const order = board.order || (board.order = board.nodes.slice().sort(
    (a, b) => (b.need - a.need) || (Boolean(b.head) - Boolean(a.head)) || (a.id - b.id)));
  const size = Math.min(16, Math.max(11, 14 * scale));
  const small = Math.min(13, Math.max(10, 12 * scale));
  for (const cell of data.cells) {
    if (!cell.title || board.off.lanes.has(cell.lane)) continue;
    const font = `600 ${small}px ${palette.font}`;
    const name = say(data.classes.find((k) => k.name === cell.title).label);
    put(cut(c, name, font, CELL_W * scale), font, small, (cell.box[0] + 4) * scale, (cell.box[1] + 20) * scale, "left", "muted");
  }
  for (const pass of ["head", "member", "actor"]) {
    for (const node of pass === "member" ? board.members || [] : order) {
      if (pass === "head" ? !node.head : node.head) continue;
      if (hiddenMark(node)) continue;
      if (board.open !== null ? !node.member : board.focus !== null && !board.near.has(node.id)) continue;
      if (pass === "head") {
        const font = `${board.strong(node.id) ? 650 : 450} ${size}px ${palette.font}`;
        const inner = CELL_W * scale - 16 - board.families(node.id).length * 15 * scale - (node.count ? 34 * scale : 0);
        if (HEAD_H * scale >= size + 1 && inner > 30) {
          put(cut(c, markName(node), font, inner), font, size, (node.x - CELL_W / 2 + 9) * scale, node.y * scale, "left", "ink", node.id);
        } else {
          const room = board.focus !== null ? 130 : Math.max(58, (CELL_W + 30) * scale);
          put(cut(c, markName(node), font, room), font, size, node.x * scale, node.y * scale, "center", "ink", node.id);
        }
      } else {
        if (node.listed) {
          const room = (CELL_W - 40) * scale;
          const font = `400 ${small}px ${palette.font}`;
          if (scale >= 0.6) put(cut(c, markName(node), font, room), font, small, (node.x + 15) * scale, node.y * scale, "left", "ink", node.id);
          if (scale >= 0.6) continue;
        }
        const picked = board.focus !== null || node.member;
        if (!picked && node.need === 0 && scale < 1.25) continue;
        const font = `400 ${small}px ${palette.font}`;
        const below = (radius(node) + 3) * scale + small * 0.6;
        const room = picked ? 150 : Math.max(60, 26 * 2.4 * scale);
        put(cut(c, markName(node), font, room), font, small, node.x * scale, node.y * scale + below, "center", "ink", node.id);
      }
    }
  }
  return placed;
}

function laneName(lane) {
  if (lane.e !== null) return nameOf(lane.e);
  return t(lane.kind === "shared" ? "lane_shared" : "lane_links");
}

function drawLabels(c) {
  const scale = network.getScale();
  const key = [scale, state.lang, board.focus, board.open, board.version].join("|");
  if (labels.key !== key) { labels.placed = placeLabels(c, scale); labels.key = key; }
  c.save();
  c.scale(1 / scale, 1 / scale);
  c.textAlign = "left"; c.textBaseline = "middle"; c.lineJoin = "round"; c.lineWidth = 3;
  for (const label of labels.placed) {
    c.font = label.font;
    c.strokeStyle = label.node !== undefined && board.at.get(label.node)?.head ? palette.surface : palette.lane;
    c.strokeText(label.text, label.x, label.y);
    c.fillStyle = palette[label.color];
    c.fillText(label.text, label.x, label.y);
  }
  c.restore();
}
