// The findings as a table. Severity and rank compare within a measure only, so sorting by either
// keeps each measure together.

const table = { chain: "", family: "", measure: "", text: "", by: null, down: false, shown: 60, open: new Set() };
const COLUMNS = ["measure", "subject", "chain", "severity", "confidence", "action"];

function filterFindings(values) {
  Object.assign(table, { chain: "", family: "", measure: "", text: "", shown: 60 }, values);
  $("by-text").value = table.text;
  drawFindings();
  $("findings").scrollIntoView();
}

function openFinding(place) {
  const finding = data.findings[place];
  table.open.add(place);
  if (!chosen().includes(place)) Object.assign(table, { chain: "", family: "", measure: "", text: "" });
  table.shown = Math.max(table.shown, chosen().indexOf(place) + 1);
  closePanel();
  drawFindings();
  const row = $(`finding${place}`);
  row.scrollIntoView({ block: "center" });
  row.querySelector("button").focus({ preventScroll: true });
  tell(say(finding.text));
}

function chosen() {
  const text = fold(table.text);
  const places = data.findings.map((_, p) => p).filter((p) => {
    const f = data.findings[p];
    if (table.chain && f.chain !== table.chain) return false;
    if (table.family && f.family !== table.family) return false;
    if (table.measure && f.measure !== table.measure) return false;
    if (!text) return true;
    const words = [...Object.values(f.subject.name), f.subject.id, ...(f.object ? [...Object.values(f.object.name), f.object.id] : []), ...Object.values(f.text)];
    return words.some((word) => fold(word).includes(text));
  });
  if (!table.by) return apartLast(places);
  const key = {
    measure: (f) => [measureName(f.measure), f.rank],
    subject: (f) => [say(f.subject.name) || f.subject.id, f.rank],
    chain: (f) => [chainName(f.chain), f.measure, f.rank],
    severity: (f) => [f.measure, -f.severity],
    confidence: (f) => [-f.confidence.score, f.measure, f.rank],
    action: (f) => [f.action, f.measure, f.rank],
  }[table.by];
  const compare = (a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b), state.lang));
  places.sort((p, q) => {
    const [a, b] = [key(data.findings[p]), key(data.findings[q])];
    const first = table.by === "severity" ? 1 : 0;
    for (let i = 0; i < a.length; i += 1) {
      const order = compare(a[i], b[i]);
      if (order) return table.down && i === first ? -order : order;
    }
    return p - q;
  });
  return apartLast(places);
}

/** What is no weak link (an advantage) comes after all that is. */
const apartLast = (places) => [...places.filter((p) => !data.findings[p].apart), ...places.filter((p) => data.findings[p].apart)];

const apartName = (f) => known(`list_${f.apart}`, f.apart);

/** A heading before the first of each list apart. */
function listHeading(shown, at) {
  const f = data.findings[shown[at]];
  if (!f.apart || (at && data.findings[shown[at - 1]].apart === f.apart)) return null;
  return el("tr", { cls: "list" }, el("th", { colspan: COLUMNS.length, scope: "colgroup" }, apartName(f)));
}

const before = new Map();
/** The rank in its list, = where others share it, and its range in draws where that says more. */
function rankText(f) {
  if (!before.size) for (const g of data.findings) before.set(`${g.measure} ${g.apart}`, g.apart ? Math.min(g.rank - 1, before.get(`${g.measure} ${g.apart}`) ?? Infinity) : 0);
  const near = f.rank_range && (f.rank_range[0] !== f.rank || f.rank_range[1] !== f.rank) ? ` (${f.rank_range[0]}–${f.rank_range[1]})` : "";
  return `${f.rank - before.get(`${f.measure} ${f.apart}`)}${f.tied > 1 ? "=" : ""}${near}`;
}

const rankHint = (f) => [f.tied > 1 ? t("tied_n", { n: number(f.tied) }) : null, f.rank_range ? t("rank_range", { low: number(f.rank_range[0]), high: number(f.rank_range[1]) }) : null].filter(Boolean).join(" ") || null;

function drawFilters() {
  const options = (id, key, name) => {
    const values = [...new Set(data.findings.map((f) => f[key]))];
    fill($(id), el("option", { value: "" }, t(`every_${key}`)), values.map((value) => {
      const count = data.findings.filter((f) => f[key] === value).length;
      return el("option", { value }, `${name(value)} (${count})`);
    }));
    $(id).value = table[key];
  };
  options("by-chain", "chain", chainName);
  options("by-family", "family", familyName);
  options("by-measure", "measure", measureName);
}

function drawFindings() {
  drawFilters();
  const places = chosen();
  const shown = places.slice(0, table.shown);
  const held = data.findings.length;
  $("count").textContent = !data.assessed ? t("no_findings_given") : held === 0 ? t("no_findings")
    : [t("shown_n", { n: number(places.length), all: number(held) }), data.meta.total > held ? t("held_n", { all: number(data.meta.total) }) : ""].join(" ");
  $("table").hidden = !places.length;
  fill($("table").tHead, el("tr", {}, COLUMNS.map((column) => {
    const sorted = table.by === column ? (table.down ? "descending" : "ascending") : "none";
    return el("th", { scope: "col", cls: column, "aria-sort": sorted }, el("button", {
      type: "button", cls: "plain", title: column === "severity" ? t("severity_within") : null,
      onclick: () => { table.down = table.by === column ? !table.down : false; table.by = column; drawFindings(); },
    }, t(column), el("span", { cls: "sort", "aria-hidden": "true" }, sorted === "none" ? "" : table.down ? " ▾" : " ▴")));
  })));
  fill($("table").tBodies[0], shown.map((p, at) => [listHeading(shown, at), findingRow(p), table.open.has(p) ? findingDetail(p) : null]));
  const more = $("more");
  more.hidden = places.length <= shown.length;
  more.textContent = t("show_more", { n: number(places.length - shown.length) });
}

function bar(value) {
  return el("span", { cls: "meter", "aria-hidden": "true" }, el("i", { width: `${Math.round(value * 100)}%` }));
}

function findingRow(p) {
  const f = data.findings[p];
  const open = table.open.has(p);
  const names = [say(f.subject.name) || f.subject.id, f.object ? say(f.object.name) || f.object.id : null].filter(Boolean).join(" → ");
  return el("tr", { id: `finding${p}`, cls: [f.family, open ? "open" : null, f.mark ? null : "faint"].filter(Boolean).join(" ") },
    el("td", { cls: "measure" }, mark(f.family), el("span", {}, findingName(f), el("span", { cls: "rank", title: rankHint(f) }, `#${rankText(f)}`))),
    el("td", { cls: "subject" }, el("button", {
      type: "button", cls: "plain", "aria-expanded": String(open), "aria-controls": `detail${p}`,
      onclick: () => { if (open) table.open.delete(p); else table.open.add(p); drawFindings(); $(`finding${p}`).querySelector("button").focus({ preventScroll: true }); },
    }, el("span", { cls: "turn", "aria-hidden": "true" }, open ? "▾" : "▸"), el("span", {}, el("strong", {}, names), el("span", { cls: "text" }, textOf(f))))),
    el("td", { cls: "chain", "data-name": t("chain") }, chainName(f.chain)),
    el("td", { cls: "severity", "data-name": t("severity") }, bar(f.severity), number(f.severity, 2)),
    el("td", { cls: "confidence", "data-name": t("confidence") }, bar(f.confidence.score), number(f.confidence.score, 2)),
    el("td", { cls: "action", "data-name": t("action") }, known(`action_${f.action}`, f.action)));
}

function findingDetail(p) {
  const f = data.findings[p];
  const go = f.n === null || f.n === undefined ? null
    : el("button", { type: "button", onclick: () => { $("network").scrollIntoView(); goTo(f.n, true); } }, t("in_network"));
  const parts = [
    detailPart("numbers", f.values && Object.keys(f.values).length ? valueList(f.values) : null),
    detailPart("impact", f.impact && Object.keys(f.impact).length ? valueList(f.impact) : null),
    detailPart("evidence", f.evidence.length ? evidenceList(f.evidence) : el("p", {}, t("no_evidence"))),
    detailPart("confidence", confidenceList(f.confidence)),
    detailPart("candidates", f.candidates.length ? el("ul", {}, f.candidates.map(candidate)) : null),
  ];
  return el("tr", { id: `detail${p}`, cls: `detail ${f.family}` }, el("td", { colspan: COLUMNS.length },
    el("div", { cls: "parts" }, parts), el("p", { cls: "fine" }, `${f.method} · ${f.id} `, go)));
}

/** Lines by file, each quote with its own line. */
function evidenceList(evidence) {
  const from = (e) => `${e.source && e.source !== e.file ? `${e.source} · ` : ""}${e.file}`;
  const plain = new Map();
  for (const e of evidence.filter((item) => !item.quote)) plain.set(from(e), [...(plain.get(from(e)) || []), e.line]);
  return el("ul", {}, evidence.filter((e) => e.quote).map((e) => el("li", {}, el("code", {}, `${from(e)}:${e.line}`), el("q", {}, e.quote))),
    [...plain].map(([file, lines]) => el("li", {}, el("code", {}, `${file}:${lines.join(", ")}`))));
}

const detailPart = (key, content) => (content ? el("section", {}, el("h4", {}, t(key)), content) : null);
const idPlace = new Map(data.entities.map((entity, i) => [entity.id, i]));

/** A value of a finding: an id becomes the entity's name, a share a percentage. */
function plainValue(key, value) {
  if (value === null || value === undefined) return t("unknown");
  if (Array.isArray(value)) return value.slice(0, 20).map((v) => plainValue(key, v)).join(state.lang === "zh" ? "、" : ", ") + (value.length > 20 ? " …" : "");
  if (typeof value === "object") return value.zh || value.en ? say(value) : Object.entries(value).map(([k, v]) => `${known(`said_${k}`, known(`value_${k}`, k))} ${plainValue(typeof v === "number" ? `${key}_share` : k, v)}`).join("; ");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (typeof value === "number") return /share|rate|coverage|output_lost|^known$|^abroad$/.test(key) && Math.abs(value) <= 1 ? percent(value) : number(value, 3);
  if (key === "country" && /^[A-Z]{2}$/.test(value)) return new Intl.DisplayNames([state.lang], { type: "region" }).of(value);
  return idPlace.has(value) ? nameOf(idPlace.get(value)) : known(`said_${value}`, value);
}

const empty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
const valueList = (values) => el("dl", {}, Object.entries(values).filter(([, value]) => !empty(value)).map(([key, value]) =>
  [el("dt", {}, known(`value_${key}`, key.replaceAll("_", " "))), el("dd", {}, plainValue(key, value))]));

function confidenceList(confidence) {
  const said = (value) => (value === null || value === undefined ? t("unknown") : percent(value));
  return [el("dl", {}, ["score", "coverage", "agreement", "stability"].map((key) => [el("dt", {}, t(`confidence_${key}`)), el("dd", {}, said(confidence[key]))])),
    confidence.reasons.length ? el("ul", { cls: "reasons" }, confidence.reasons.map((reason) => el("li", {}, say(reason) || Object.values(reason).join(" ")))) : null];
}

function candidate(item) {
  const id = item.id ?? item.subject?.id;
  const name = item.name ? (typeof item.name === "string" ? item.name : say(item.name)) : idPlace.has(id) ? nameOf(idPlace.get(id)) : id;
  const rest = Object.entries(item).filter(([key]) => !["id", "name", "type", "subject"].includes(key));
  const label = idPlace.has(id) ? el("button", { type: "button", cls: "plain link", onclick: () => goTo(idPlace.get(id), true) }, name) : el("strong", {}, name);
  return el("li", {}, label, rest.length ? `  ${rest.map(([k, v]) => `${known(`value_${k}`, k.replaceAll("_", " "))} ${plainValue(k, v)}`).join(" · ")}` : null);
}
