// The panel: what is known of an entity, a group or a chain, each value with the line that says it.

const panel = { from: null, show: null };

function openPanel(render) {
  const box = $("panel");
  if (box.hidden) panel.from = document.activeElement;
  panel.show = render;
  box.hidden = false;
  document.body.classList.add("with-panel");
  render();
  box.scrollTop = 0;
  box.focus({ preventScroll: true });
}

function closePanel() {
  if ($("panel").hidden) return;
  $("panel").hidden = true;
  document.body.classList.remove("with-panel");
  panel.show = null;
  if (panel.from && panel.from.isConnected) panel.from.focus({ preventScroll: true });
}

function panelHead(title, kind, extra) {
  return [
    el("div", { cls: "panel-bar" },
      el("span", { cls: "kind" }, kind),
      el("button", { type: "button", cls: "round", "aria-label": t("close"), onclick: closePanel }, "×")),
    el("h2", { id: "panel-title" }, title),
    extra,
  ];
}

const source = (file, line) => el("span", { cls: "source" }, lineOf(file, line));

function showEntity(i) {
  openPanel(() => {
    const entity = data.entities[i];
    const other = state.lang === "zh" ? entity.t.en : entity.t.zh;
    const jump = entity.m >= 0
      ? el("button", { type: "button", onclick: () => { $("network").scrollIntoView(); goTo(i, false); } }, t("in_network"))
      : null;
    fill($("panel"), panelHead(nameOf(i), say(classOf(entity).label), [
      other && other !== nameOf(i) ? el("p", { cls: "other" }, other) : null,
      el("p", { cls: "id" }, entity.id, " ", jump),
    ]), panelFindings(i), panelProperties(entity), panelRelations(i));
  });
}

function panelFindings(i) {
  const places = board.named.get(i) || [];
  if (!places.length) return null;
  return el("section", {}, el("h3", {}, t("named_by")), el("ul", { cls: "weak" }, places.map((p) => {
    const finding = data.findings[p];
    return el("li", { cls: finding.family },
      el("button", { type: "button", cls: "plain", onclick: () => openFinding(p) },
        mark(finding.family), " ", el("strong", {}, findingName(finding)),
        el("span", { cls: "rank" }, ` ${t("rank_n", { n: rankText(finding) })}`)),
      el("p", {}, textOf(finding)));
  })));
}

function panelProperties(entity) {
  const rows = (entity.p || []).map(([number, value, file, line, others]) => {
    const term = data.terms[number];
    const said = valueOf(term, value);
    return [el("dt", {}, say(term.label)), el("dd", {},
      said, source(file, line),
      (others || []).map(([v, f, l]) => el("span", { cls: "otherwise" }, t("otherwise", { value: valueOf(term, v) }), source(f, l))))];
  });
  const first = entity.s || null;
  for (const [key, value] of Object.entries(entity.x || {})) {
    rows.push([el("dt", {}, key), el("dd", {}, value, first ? source(...first) : null)]);
  }
  if (!rows.length) return null;
  return el("section", {}, el("h3", {}, t("properties")), el("dl", {}, rows));
}

function panelRelations(i) {
  const all = board.rows.get(i) || [];
  if (!all.length) return null;
  const groups = new Map();
  for (const [row, other] of all) {
    const key = `${row[0]}|${row[1] === i ? ">" : "<"}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push([row, other]);
  }
  return el("section", {}, el("h3", {}, t("relations")), [...groups].map(([key, rows]) => {
    const [rel, way] = key.split("|");
    const relation = data.relations[rel];
    const label = `${way === "<" && !relation.symmetric ? "← " : ""}${say(relation.label)}`;
    return el("details", { open: rows.length <= 12 }, el("summary", {}, label, el("span", { cls: "n" }, number(rows.length))),
      el("ul", { cls: "rows" }, rows.map(([row, other]) => relationRow(row, other))));
  }));
}

function relationRow(row, other) {
  const said = row[3].filter(([k]) => !["confidence", "source_ref"].includes(data.terms[k].name))
    .map(([k, value]) => `${say(data.terms[k].label)} ${valueOf(data.terms[k], value)}`);
  return el("li", {},
    el("button", { type: "button", cls: "plain link", onclick: () => goTo(other, true) }, nameOf(other)),
    said.length ? el("span", { cls: "said" }, said.join(" · ")) : null,
    source(row[4], row[5]),
    row[6] > 1 ? el("span", { cls: "source" }, t("claims_n", { n: row[6] })) : null);
}

function showGroup(node) {
  openPanel(() => {
    const cls = data.classes.find((c) => c.name === node.group);
    const members = membersOf(node.id).sort((a, b) => nameOf(a).localeCompare(nameOf(b), state.lang));
    fill($("panel"), panelHead(markName(node), say(cls.label), el("p", { cls: "note" },
      members.length < node.count ? t("group_part", { n: number(members.length), all: number(node.count) }) : t("group_all", { all: number(node.count) }))),
      el("ul", { cls: "rows" }, members.map((i) => el("li", {},
        el("button", { type: "button", cls: "plain link", onclick: () => showEntity(i) }, nameOf(i))))));
  });
}
