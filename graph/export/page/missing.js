// What is missing in the data, and what the page rests on.

function drawMissing() {
  fill($("coverage"), (data.coverage || []).map(([key, part, whole]) => el("li", {},
    el("span", { cls: "what" }, t(`coverage_${key}`)),
    whole ? bar(part / whole) : null,
    el("span", { cls: "of" }, whole ? t("coverage_of", { part: number(part), whole: number(whole), share: percent(part / whole) }) : t("coverage_none")))));
  if (!data.assessed) { fill($("unjudged"), el("p", { cls: "none" }, t("no_findings_given"))); return; }
  if (!data.missing.length) { fill($("unjudged"), el("p", { cls: "none" }, t("nothing_missing"))); return; }
  const measures = [...new Set(data.missing.map((row) => row.measure))];
  fill($("unjudged"), el("h3", {}, t("not_assessed")), el("ul", { cls: "unjudged" }, measures.map((measure) => {
    const rows = data.missing.filter((row) => row.measure === measure);
    return el("li", {}, el("h4", {}, measureName(measure)), rows.map((row) => el("div", { cls: "case" },
      el("p", {}, el("span", { cls: "reason" }, known(`reason_${row.reason}`, row.reason)),
        row.missing.length ? [" ", t("lacks"), " ", row.missing.map((what, i) => [i ? state.lang === "zh" ? "、" : ", " : "", el("b", { title: what }, missingName(what))])] : null),
      say(row.text) ? el("p", { cls: "text" }, say(row.text)) : null,
      row.subjects.length ? el("details", {}, el("summary", {}, t("subjects_n", { n: number(row.count) })),
        el("p", {}, row.subjects.map((s, i) => [i ? " · " : "", subjectLink(s)]), row.count > row.subjects.length ? " …" : "")) : null)));
  })));
}

function subjectLink(subject) {
  const name = say(subject.name) || subject.id;
  const i = idPlace.get(subject.id);
  return i === undefined ? name : el("button", { type: "button", cls: "plain link", onclick: () => goTo(i, true) }, name);
}

function drawFoot() {
  const meta = data.meta;
  const one = (key, value) => (value ? [el("dt", {}, t(key)), el("dd", {}, value)] : null);
  fill($("foot"),
    el("p", {}, t("families_apart")),
    el("dl", {}, one("run", meta.run), one("record", meta.record), one("ontology", meta.ontology), one("method_version", meta.version),
      one("methods", (meta.settings.methods || meta.methods).join(", ")),
      one("settings", Object.entries(meta.settings).filter(([k]) => k !== "methods").map(([k, v]) => `${k} = ${typeof v === "object" && v ? JSON.stringify(v) : v}`).join(", "))),
    el("details", {}, el("summary", {}, t("sources_n", { n: number(meta.sources.length) })),
      el("table", { cls: "sources" },
        el("thead", {}, el("tr", {}, ["source", "file", "entities", "relations", "date"].map((key) => el("th", { scope: "col" }, t(key))))),
        el("tbody", {}, meta.sources.slice(0, 400).map(([source, file, entities, relations, date]) => el("tr", {},
          el("td", {}, source), el("td", {}, file), el("td", { cls: "n" }, number(entities)), el("td", { cls: "n" }, number(relations)), el("td", {}, date || "")))))));
}
