// Search by any part of a name in either language, or of an id.

const search = { hits: [], at: -1, index: [] };
const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

function buildIndex() {
  const alt = new Set(data.terms.map((term, k) => [term, k]).filter(([term]) => term.name === "alt_names").map(([, k]) => k));
  search.index = data.entities.map((entity) => {
    const others = (entity.p || []).filter(([k]) => alt.has(k)).flatMap(([, value]) => value);
    return [...Object.values(entity.t), entity.id, ...others].map(fold);
  });
}

function find(text) {
  const wanted = fold(text);
  if (!wanted) return [];
  const hits = [];
  search.index.forEach((names, i) => {
    let best = Infinity;
    for (const name of names) {
      const at = name.indexOf(wanted);
      if (at >= 0) best = Math.min(best, (at === 0 ? 0 : 10) + Math.min(name.length, 90) / 10);
    }
    if (best < Infinity) hits.push([best - (board.weak.has(data.entities[i].m) ? 5 : 0), i]);
  });
  return hits.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, i]) => i);
}

function showHits() {
  const box = $("hits");
  const text = $("search").value;
  const all = find(text);
  search.hits = all.slice(0, 40);
  search.at = -1;
  const items = search.hits.map((i, k) => {
    const entity = data.entities[i];
    const other = state.lang === "zh" ? entity.t.en : entity.t.zh;
    return el("li", { role: "option", id: `hit${k}`, "aria-selected": "false", onmousedown: (e) => { e.preventDefault(); choose(k); } },
      el("span", { cls: "hit" }, nameOf(i)), entity.m >= 0 ? board.families(entity.m).map(mark) : null,
      el("span", { cls: "kind" }, [say(classOf(entity).label), other].filter(Boolean).join(" · ")));
  });
  if (text && !items.length) items.push(el("li", { cls: "none" }, t("no_hit")));
  fill(box, items);
  box.hidden = !text;
  $("search").setAttribute("aria-expanded", String(!box.hidden));
  $("search").removeAttribute("aria-activedescendant");
  if (text) tell(t("hits_n", { n: all.length }));
}

function moveHit(by) {
  if (!search.hits.length) return;
  $(`hit${search.at}`)?.setAttribute("aria-selected", "false");
  search.at = (search.at + by + search.hits.length) % search.hits.length;
  const hit = $(`hit${search.at}`);
  hit.setAttribute("aria-selected", "true");
  hit.scrollIntoView({ block: "nearest" });
  $("search").setAttribute("aria-activedescendant", hit.id);
}

function choose(k) {
  const i = search.hits[k];
  if (i === undefined) return;
  hideHits();
  goTo(i, true);
}

function hideHits() {
  $("hits").hidden = true;
  $("search").setAttribute("aria-expanded", "false");
}

function searchKeys(event) {
  if (event.key === "ArrowDown") moveHit(1);
  else if (event.key === "ArrowUp") moveHit(-1);
  else if (event.key === "Enter") choose(Math.max(search.at, 0));
  else if (event.key === "Escape" && !$("hits").hidden) { hideHits(); event.stopPropagation(); }
  else return;
  event.preventDefault();
}
