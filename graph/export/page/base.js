"use strict";

// All text from the record reaches the page through textContent or the canvas, never as HTML.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const data = read("graph-data");
const $ = (id) => document.getElementById(id);
const FAMILIES = ["scarcity", "brokerage", "absence", "stated", "coupling"];
const state = { lang: data.lang, theme: null };
const repaint = [];

/** The text `key` in the page's language, with {values} put in. */
function t(key, values) {
  const entry = data.ui[key];
  const text = entry ? entry[state.lang] : key;
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all)) : text;
}

/** The text `key` if the catalogue has it, else `fallback`. */
const known = (key, fallback) => say(data.ui[key]) || fallback;

/** A text in both languages ({zh, en}) in the page's, else in the other. */
const say = (texts) => (texts ? texts[state.lang] || texts[state.lang === "zh" ? "en" : "zh"] || "" : "");

function nameOf(i) {
  const entity = data.entities[i];
  return say(entity.t) || entity.id;
}

const classOf = (entity) => data.classes[entity.c];

/** An element with attributes and children; strings become text. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "width") node.style.width = value;
    else node.setAttribute(key === "cls" ? "class" : key, value === true ? "" : value);
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

const fill = (node, ...children) => add((node.replaceChildren(), node), children);

const number = (value, digits = 0) =>
  new Intl.NumberFormat(state.lang === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits }).format(value);
const percent = (value) => `${number(value * 100, value < 0.1 ? 1 : 0)}%`;

/** An amount: {v, min, max, cur} in units of the currency. */
function amount(value) {
  const one = (x) => {
    if (state.lang === "zh") {
      if (Math.abs(x) >= 1e8) return `${number(x / 1e8, 2)}亿`;
      if (Math.abs(x) >= 1e4) return `${number(x / 1e4, 2)}万`;
      return number(x, 2);
    }
    if (Math.abs(x) >= 1e9) return `${number(x / 1e9, 2)}B`;
    if (Math.abs(x) >= 1e6) return `${number(x / 1e6, 2)}M`;
    return number(x, 2);
  };
  let said = "";
  if (value.v !== undefined) said = one(value.v);
  else if (value.min !== undefined && value.max !== undefined) said = `${one(value.min)}–${one(value.max)}`;
  else if (value.min !== undefined) said = `≥ ${one(value.min)}`;
  else said = `≤ ${one(value.max)}`;
  const currency = value.cur || "";
  return state.lang === "zh" && currency === "CNY" ? `${said}元` : `${said} ${currency}`.trim();
}

/** The value of a property or attribute as text, by the datatype of its term. */
function valueOf(term, value) {
  if (Array.isArray(value)) return value.map((v) => valueOf(term, v)).join(state.lang === "zh" ? "、" : ", ");
  if (term.type === "share" && typeof value === "number") return percent(value);
  if (term.type === "amount") return amount(value);
  if (term.type === "boolean") return t(value ? "yes" : "no");
  if (term.closed[value]) return say(term.closed[value]);
  return typeof value === "number" ? number(value, 4) : String(value);
}

/** "source · file:line", the source left out where it is the file's own name. */
function lineOf(file, line) {
  const [source, path] = data.files[file];
  return `${source && source !== path ? `${source} · ` : ""}${path}:${line}`;
}

const measureName = (measure) => known(`measure_${measure.replaceAll("-", "_")}`, measure);

/** What a finding is called: its measure, or what the measure comes to from the viewpoint taken. */
const findingName = (f) => known(`view_${String(f.values.view || "").replaceAll("-", "_")}`, measureName(f.measure));

/** A finding's text without the name that it begins with, where that stands beside it. */
function textOf(f) {
  const text = say(f.text);
  for (const name of Object.values(f.subject.name)) {
    if (text.startsWith(`${name}：`) || text.startsWith(`${name}: `)) {
      const rest = text.slice(name.length + 1).trim();
      return rest.charAt(0).toUpperCase() + rest.slice(1);
    }
  }
  return text;
}

const chainName = (kind) => known(`chain_${kind}`, kind);
const familyName = (family) => known(`family_${family}`, family);

/** What a method misses, `PROVIDES.share`, in the words of the ontology. */
function missingName(what) {
  const [head, tail] = what.split(".");
  const relation = data.relations.find((r) => r.name === head) || data.classes.find((c) => c.name === head);
  const term = tail && data.terms.find((x) => x.name === tail);
  return `${relation ? say(relation.label) : head}${tail ? ` · ${term ? say(term.label) : tail}` : ""}`;
}

const MARKS = {
  scarcity: "M6 1 11.5 11 .5 11Z",
  brokerage: "M6 0 12 6 6 12 0 6Z",
  absence: "M6 1.6A4.4 4.4 0 1 0 6 10.4 4.4 4.4 0 1 0 6 1.6Z",
  stated: "M1 1.5H11V8.5H6.5L3.5 11.5V8.5H1Z",
  coupling: "M0 4.5H12V7.5H0Z",
};

/** The mark of a family as a small picture: each has its own shape, not its colour alone. */
function mark(family) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("class", `mark ${family}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", familyName(family));
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", MARKS[family] || MARKS.coupling);
  svg.append(path);
  return svg;
}

const tell = (text) => { $("live").textContent = text; };

function debounce(run, wait) {
  let timer;
  return (...values) => { clearTimeout(timer); timer = setTimeout(() => run(...values), wait); };
}
