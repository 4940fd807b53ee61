// The overview: families, then a strip per chain with its links left to right.

const STRIPS_AT_ONCE = 7;

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
    const some = marked.filter((finding) => finding.family === family);
    return el("li", { cls: family }, el("button", { type: "button", disabled: !some.length, onclick: () => filterFindings({ family }) },
      mark(family), el("b", {}, data.assessed ? number(some.length) : "–"), el("strong", {}, familyName(family)),
      el("span", {}, t(`family_${family}_means`))));
  }));
  const strips = data.strips.filter((strip) => strip.kind !== "links" || strip.tiles.length);
  const shown = strips.map(drawStrip);
  const rest = shown.slice(STRIPS_AT_ONCE);
  fill($("strips"), shown.slice(0, STRIPS_AT_ONCE),
    rest.length ? el("details", { cls: "rest" }, el("summary", {}, t("more_chains", { n: rest.length })), rest) : null);
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
  const families = FAMILIES.map((family) => [family, places.filter((p) => data.findings[p].family === family).length]).filter(([, n]) => n);
  const facts = strip.links
    ? [t("links_n", { n: number(strip.links) }), t("entities_n", { n: number(strip.actors) })].join(" · ")
    : places.length ? t("strip_no_stages") : null;
  const name = strip.chain === null ? el("h3", {}, title)
    : el("h3", {}, el("button", { type: "button", cls: "plain", onclick: () => showEntity(strip.chain) }, title));
  return el("section", { cls: strip.links || places.length ? "strip" : "strip empty" },
    el("header", {}, name, kind && kind !== title ? el("p", { cls: "kind" }, kind) : null, facts ? el("p", { cls: "facts" }, facts) : null,
      el("p", { cls: "sums" }, families.map(([family, n]) => el("span", { cls: family }, mark(family), number(n))))),
    el("div", { cls: strip.chips.length && strip.tiles.length <= 6 ? "body beside" : "body" },
      strip.tiles.length ? el("ol", { cls: "tiles" }, strip.tiles.map((tile) => drawTile(tile, strip))) : null,
      !strip.links && !places.length ? el("p", { cls: "none" }, t("strip_no_data")) : null,
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

function drawTile(tile, strip) {
  const weak = tile.weak.map((p) => data.findings[p]);
  const family = FAMILIES.find((f) => weak.some((finding) => finding.family === f));
  const inside = FAMILIES.find((f) => tile.inner.some(([, places]) => places.some((p) => data.findings[p].family === f)));
  const missing = weak.some((finding) => finding.measure === "missing-stage");
  const cut = tile.break === undefined ? null : el("button", {
    type: "button", cls: "break", title: say(data.findings[tile.break].text),
    "aria-label": `${measureName(data.findings[tile.break].measure)}: ${say(data.findings[tile.break].text)}`,
    onclick: () => openFinding(tile.break),
  }, brokenArrow());
  if (tile.n === null) {
    const said = t(tile.inner.length ? "folded_other" : "folded", { n: number(tile.count) });
    return tile.inner.length ? el("li", { cls: "tile folded" }, cut, el("span", {}, said), innerLinks(tile))
      : el("li", { cls: "tile folded short", title: said }, cut, el("span", { "aria-label": said }, `+${number(tile.count)}`));
  }
  const measures = [...new Set(weak.map((finding) => finding.measure))];
  const said = measures.slice(0, 2).map((measure) => {
    const finding = weak.find((x) => x.measure === measure);
    return el("span", { cls: `why ${finding.family}` }, mark(finding.family), findingName(finding));
  });
  return el("li", { cls: ["tile", family || (inside ? `${inside} inside` : null), missing ? "absent" : null].filter(Boolean).join(" ") }, cut,
    el("button", { type: "button", cls: "plain", title: [nameOf(tile.n), ...weak.map((f) => say(f.text))].join("\n"), onclick: () => goTo(tile.n, true) },
      el("span", { cls: "name" }, nameOf(tile.n)),
      el("span", { cls: "figures" }, figures(tile)),
      shareBar(tile),
      said, measures.length > 2 ? el("span", { cls: "why more" }, t("more_n", { n: measures.length - 2 })) : null),
    innerLinks(tile));
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

function innerLinks(tile) {
  if (!tile.inner.length) return null;
  const shown = tile.inner.slice(0, 4);
  return el("ul", { cls: "inner" }, shown.map(([i, places]) => el("li", {}, el("button", {
    type: "button", cls: "plain", title: places.map((p) => `${measureName(data.findings[p].measure)}: ${say(data.findings[p].text)}`).join("\n"),
    onclick: () => goTo(i, true),
  }, FAMILIES.filter((f) => places.some((p) => data.findings[p].family === f)).map(mark), el("span", {}, nameOf(i))))),
  tile.inner.length > 4 ? el("li", { cls: "more" }, t("more_n", { n: tile.inner.length - 4 })) : null);
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
