// The overview: families, then a strip per chain with its links left to right.

const STRIPS_AT_ONCE = 10;
const FAMILY_OF = {
  scarcity: "missing-stage thin-stage concentrated single-source external mismatch specialisation lead-dependence tier-coverage chokepoint",
  brokerage: "hand-off pilot-capacity broker isolated-island dependence",
  absence: "missing-link funding-hole local-uptake capital-mismatch policy-coverage policy-quality talent orphan",
  stated: "stated",
};

/** Whether any method of a family was run; where the run does not say, it was. */
function wasRun(family) {
  const ran = (data.meta.settings.methods || []).map((name) => name.split("/")[0]);
  return data.assessed && (!ran.length || ran.some((measure) => (FAMILY_OF[family] || measure).split(" ").includes(measure)));
}


function drawOverview() {
  const counts = data.counts;
  const sum = (table) => Object.values(table).reduce((a, b) => a + b, 0);
  const unjudged = data.missing.reduce((a, row) => a + row.count, 0);
  $("said").textContent = [
    t("said", { entities: number(sum(counts.entities)), relations: number(sum(counts.relations)) }),
    data.assessed ? (unjudged ? t("said_unjudged", { n: number(unjudged) }) : "") : t("no_findings_given"),
  ].join(" ");
  const marked = data.findings.filter((finding) => finding.mark);
  const families = FAMILIES.filter((f) => f !== "coupling" || marked.some((x) => x.family === f));
  fill($("families"), families.map((family) => {
    const some = [...new Set(marked.filter((finding) => finding.family === family).map((finding) => finding.subject.id))];
    return el("li", { cls: family }, el("button", { type: "button", disabled: !some.length, onclick: () => filterFindings({ family }) },
      mark(family), el("b", {}, some.length || wasRun(family) ? number(some.length) : "–"), el("strong", {}, familyName(family)),
      el("span", {}, t(some.length || wasRun(family) ? `family_${family}_means` : "not_run"))));
  }));
  const strips = data.strips.filter((strip) => strip.kind !== "links" || strip.tiles.length);
  const weakest = strips.slice().sort((a, b) => stripPlaces(b).length - stripPlaces(a).length).slice(0, STRIPS_AT_ONCE);
  const rest = strips.filter((strip) => !weakest.includes(strip));
  fill($("strips"), strips.filter((strip) => weakest.includes(strip)).map(drawStrip),
    rest.length ? el("details", { cls: "rest" }, el("summary", {}, t("more_chains", { n: rest.length })), rest.map(drawStrip)) : null,
    el("p", { cls: "note" }, t("strips_note")));
}

function stripPlaces(strip) {
  return [
    ...strip.tiles.flatMap((tile) => [...tile.weak, ...tile.inner.flatMap(([, places]) => places), ...(tile.break === undefined ? [] : [tile.break])]),
    ...strip.chips,
  ];
}

function drawStrip(strip) {
  const places = stripPlaces(strip);
  const title = strip.chain === null ? chainName(strip.kind) : nameOf(strip.chain);
  const kind = strip.chain !== null && strip.kind !== "links" ? chainName(strip.kind) : null;
  const families = FAMILIES.map((family) => [family, new Set(places.filter((p) => data.findings[p].family === family).map((p) => data.findings[p].subject.id)).size]).filter(([, n]) => n);
  const facts = strip.links || strip.actors
    ? [strip.links ? t("links_n", { n: number(strip.links) }) : t("strip_no_stages"), t("entities_n", { n: number(strip.actors) })].join(" · ")
    : places.length ? t("strip_no_stages") : null;
  const name = strip.chain === null ? el("h3", {}, title)
    : el("h3", {}, el("button", { type: "button", cls: "plain", onclick: () => showEntity(strip.chain) }, title));
  return el("section", { cls: strip.links || places.length || strip.actors ? "strip" : "strip empty" },
    el("header", {}, name, kind && kind !== title ? el("p", { cls: "kind" }, kind) : null, facts ? el("p", { cls: "facts" }, facts) : null,
      el("p", { cls: "sums" }, families.map(([family, n]) => el("span", { cls: family }, mark(family), number(n))))),
    el("div", { cls: strip.chips.length && strip.tiles.length <= 6 ? "body beside" : "body" },
      strip.tiles.length ? drawTiles(strip) : null,
      !strip.links && !places.length && !strip.actors ? el("p", { cls: "none" }, t("strip_no_data")) : null,
      strip.chips.length ? drawChips(strip) : null));
}

/** An arrow that is cut through: a hand-off that hardly happens. */
function brokenArrow() {
  const svg = mark("brokerage");
  svg.setAttribute("viewBox", "0 0 22 22");
  svg.setAttribute("class", "cut");
  svg.firstChild.setAttribute("d", "M1 11H7M15 11H20M16.5 7.5 20 11 16.5 14.5M8 17 11 5M11.5 17 14.5 5");
  return svg;
}

function drawTiles(strip) {
  if (!strip.short) return el("ol", { cls: "tiles" }, strip.tiles.map((tile) => drawTile(tile)));
  const list = el("ol", { cls: "lines" }, strip.tiles.map((tile) => drawLine(tile)));
  list.style.setProperty("--rows", Math.max(2, Math.ceil(strip.tiles.length / 8)));
  return list;
}

/** How a tile is marked: its first family, whether strongly, whether the link is missing. */
function marks(tile) {
  const weak = tile.weak.map((p) => data.findings[p]);
  const strong = weak.filter((finding) => finding.mark === 2);
  const family = FAMILIES.find((f) => (strong.length ? strong : weak).some((finding) => finding.family === f));
  const absent = weak.some((finding) => finding.measure === "missing-stage");
  return { weak, family, cls: [family, strong.length ? "strong" : null, absent ? "absent" : null] };
}

const allOf = (tile, weak) => [nameOf(tile.n), figures(tile).map((part) => part.textContent).join(" · "), ...weak.map((f) => say(f.text))].join("\n");

function drawTile(tile) {
  const cut = tile.break === undefined ? null : el("button", {
    type: "button", cls: "break", title: say(data.findings[tile.break].text),
    "aria-label": `${measureName(data.findings[tile.break].measure)}: ${say(data.findings[tile.break].text)}`,
    onclick: () => openFinding(tile.break),
  }, brokenArrow());
  const { weak, cls } = marks(tile);
  const measures = [...new Set(weak.map((finding) => finding.measure))];
  const said = measures.slice(0, 2).map((measure) => {
    const finding = weak.find((x) => x.measure === measure);
    return el("span", { cls: `why ${finding.family}` }, mark(finding.family), findingName(finding));
  });
  return el("li", { cls: ["tile", ...cls].filter(Boolean).join(" ") }, cut,
    el("button", { type: "button", cls: "plain", title: allOf(tile, weak), onclick: () => goTo(tile.n, true) },
      el("span", { cls: "name" }, nameOf(tile.n)),
      el("span", { cls: "figures" }, figures(tile)),
      shareBar(tile),
      said, measures.length > 2 ? el("span", { cls: "why more" }, t("more_n", { n: measures.length - 2 })) : null));
}

/** A link of a long chain on one line: marks, name, how many provide it. */
function drawLine(tile) {
  if (tile.n === null) {
    return el("li", { cls: "line folded" }, t(tile.inner.length ? "folded_weak" : "folded", { n: number(tile.count), weak: number(tile.inner.length) }));
  }
  const { weak, cls } = marks(tile);
  const families = FAMILIES.filter((f) => weak.some((finding) => finding.family === f));
  const said = [...new Set(weak.map(findingName))].join(", ");
  const count = tile.actors || tile.within;
  return el("li", { cls: ["line", tile.stage ? "part" : null, ...cls].filter(Boolean).join(" ") },
    el("button", { type: "button", cls: "plain", title: allOf(tile, weak), "aria-label": [nameOf(tile.n), said].filter(Boolean).join(": "), onclick: () => goTo(tile.n, true) },
      families.map(mark), el("span", { cls: "name" }, nameOf(tile.n)),
      el("span", { cls: "n" }, count ? number(count) : tile.reached ? number(tile.reached) : tile.shares.length ? "" : "–")),
    shareBar(tile));
}

/** The text `key` with the number in bold. */
function counted(key, n) {
  const [before, after] = t(key).split("{n}");
  return el("span", {}, before, el("b", {}, number(n)), after);
}

function figures(tile) {
  const parts = [];
  if (tile.actors) parts.push(counted("providers_n", tile.actors));
  else if (!tile.reached && !tile.within && !tile.shares.length) parts.push(el("span", {}, t("no_provider")));
  else if (tile.within) parts.push(counted("within_n", tile.within));
  if (tile.reached) parts.push(counted("reached_n", tile.reached));
  if (tile.shares.length) parts.push(el("span", {}, t(tile.regions ? "top_region" : "top_share", { share: percent(tile.shares[0]) })));
  return parts;
}

/** Stated shares side by side; what no source states is hatched. */
function shareBar(tile) {
  if (!tile.shares.length) return null;
  let left = 1;
  const parts = tile.shares.map((share, i) => {
    const width = Math.max(0, Math.min(share, left));
    left -= width;
    return el("i", { cls: i === 0 ? "first" : null, width: `${width * 100}%` });
  });
  return el("span", { cls: "shares", "aria-hidden": "true" }, parts);
}

/** Findings that no tile of the strip shows: a line per measure. */
function drawChips(strip) {
  const measures = [...new Set(strip.chips.map((p) => data.findings[p].measure))];
  return el("ul", { cls: "chips" }, strip.tiles.length ? el("li", { cls: "label" }, t("also")) : null, measures.map((measure) => {
    const places = strip.chips.filter((p) => data.findings[p].measure === measure);
    const { family, chain } = data.findings[places[0]];
    return el("li", { cls: family }, mark(family), el("span", { cls: "m" }, measureName(measure)), places.slice(0, 6).map((p) => {
      const finding = data.findings[p];
      const object = finding.object ? ` → ${say(finding.object.name) || finding.object.id}` : "";
      return el("button", { type: "button", title: say(finding.text), onclick: () => openFinding(p) }, `${say(finding.subject.name) || finding.subject.id}${object}`);
    }), places.length > 6 ? el("button", { type: "button", cls: "plain link", onclick: () => filterFindings({ chain, measure }) }, t("more_n", { n: places.length - 6 })) : null);
  }));
}
