"use strict";
(() => {
const $ = (id) => document.getElementById(id);
const T = JSON.parse($("trace").textContent);
const FORWARD = 0, SEED = 1, PART = 2, SUM = 3, ZERO = 4, SET = 5;
const nodes = T.nodes.map(([name, form, op, source, layer, shape, flags, inputs], id) =>
  ({ id, name, form, op, source: T.sources[source], layer, shape, flags, inputs, users: [], box: $("n" + id) }));
for (const n of nodes)
  n.inputs.forEach((x, slot) => { if (typeof x === "number") nodes[x].users.push([n.id, slot]); });
const events = T.events, layers = T.layers, graph = $("graph");

// Numbers: a JSON number, "nan", "inf", "-inf", or an array {s: shape, d: cells}.
const num = (x) => (typeof x === "string" ? Number(x.replace("inf", "Infinity")) : x);
const cells = (x) => x.d.map(num);
const show = (x) => {
  if (x === null || x === undefined) return "—";
  if (typeof x === "object") return "[" + x.s.join("×") + "]";
  x = num(x);
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  return String(Number(x.toPrecision(4))).replace("-", "−");
};
const plus = (a, b) => {
  if (a === null) return b;
  if (typeof b !== "object") return num(a) + num(b);
  const add = cells(b);
  return { s: b.s, d: cells(a).map((c, i) => c + add[i]) };
};
const size = (x) => (x === null || x === undefined ? 0
  : typeof x === "object" ? Math.max(...cells(x).map(Math.abs)) : Math.abs(num(x)));

// State after event `at`; `undo` has for each event what it changed.
const value = nodes.map(() => null), grad = nodes.map(() => null), delta = nodes.map(() => null);
const got = nodes.map(() => 0), held = nodes.map(() => false), fields = { value, grad, delta, got, held };
let at = -1, pass = 0, expected = null, parts = [], stores = true, undo = [];
const passes = [];
const roots = [];
for (const [kind, node, slot] of events) {
  if (kind === SEED) { passes.push(new Map([[node, 1]])); roots.push(nodes[node].name); }
  else if (kind === PART) {
    const to = nodes[node].inputs[slot], count = passes[passes.length - 1];
    count.set(to, (count.get(to) || 0) + 1);
  }
}
// Values that no recorded op made have their data from the start, or from an event on.
const given = new Map();
T.given.forEach(([id, data, g, from]) => {
  if (from < 0) { value[id] = data; grad[id] = g; } else given.set(from, (given.get(from) || []).concat([[id, data, g]]));
});

const dirty = new Set();
function put(changes, field, id, now) {
  changes.push([field, id, fields[field][id]]);
  fields[field][id] = now;
  dirty.add(id);
}
function step() {
  const [kind, id, a, b] = events[++at], changes = [];
  // A pass has one list of contributions, which grows and is cut again: thousands of copies of it
  // would fill the memory.
  const keep = { changes, pass, expected, parts, count: parts.length, stores };
  (given.get(at) || []).forEach(([x, data, g]) => { put(changes, "value", x, data); put(changes, "grad", x, g); });
  if (kind === FORWARD) put(changes, "value", id, a);
  else if (kind === SEED) {
    nodes.forEach((n) => {
      if (delta[n.id] !== null || got[n.id]) { put(changes, "delta", n.id, null); put(changes, "got", n.id, 0); }
      if (held[n.id]) put(changes, "held", n.id, false);
    });
    expected = passes[pass++]; parts = []; stores = b === undefined ? true : b;
    put(changes, "got", id, 1);
    add(changes, id, a);
  } else if (kind === PART) {
    const to = nodes[id].inputs[a];
    parts.push([at, id, a, to, delta[id], b]);
    put(changes, "got", to, got[to] + 1);
    dirty.add(id);
  } else if (kind === SUM) {
    if (a === 2) put(changes, "grad", id, b);
    else {
      add(changes, id, b !== undefined ? b : plus(delta[id], parts[parts.length - 1][5]));
    }
  } else if (kind === ZERO) put(changes, "grad", id, a);
  else put(changes, a ? "grad" : "value", id, b);
  undo.push(keep);
}
// δ of this pass; .grad shows it unless a leaf still holds what earlier passes left.
function add(changes, id, now) {
  const leaf = !nodes[id].op;
  if (leaf && grad[id] !== null && delta[id] === null) put(changes, "held", id, true);
  put(changes, "delta", id, now);
  if (!held[id] && (stores === true || (stores && (!leaf || stores.includes(id))))) put(changes, "grad", id, now);
}
function back() {
  const keep = undo.pop();
  for (const [field, id, old] of keep.changes.reverse()) { fields[field][id] = old; dirty.add(id); }
  if (events[at][0] === PART) dirty.add(events[at][1]);
  ({ pass, expected, parts, stores } = keep);
  parts.length = keep.count;
  at--;
}
function go(to, quiet) {
  to = Math.max(-1, Math.min(events.length - 1, to));
  const mark = () => { if (at >= 0) touched(events[at]).forEach((id) => dirty.add(id)); };
  mark();
  while (at < to) step();
  while (at > to) back();
  mark();
  draw(quiet);
  if (near && at >= 0) reveal(spot(events[at][1]));
}

// What stands on the screen.
let chosen = null, pin = null, predicting = false, asked = null;
const state = (id) => {
  if (got[id] === 0 || !expected) return grad[id] === null ? "off" : "done";
  return got[id] < (expected.get(id) || 0) ? "part" : "done";
};
const WORDS = { off: "not reached", part: "partial", done: "final" };
function paint(id) {
  const { box, flags } = nodes[id];
  if (!box) return;
  const active = at >= 0 && touched(events[at]).includes(id), s = state(id);
  box.setAttribute("class", "nd " + flags + " " + (flags.includes("k") ? "" : s)
    + (value[id] === null ? " off" : "") + (active ? " now" : "") + (id === chosen ? " sel" : "")
    + (pin && differs(id) ? " diff" : ""));
  const [, v, d] = box.querySelectorAll("text");
  v.textContent = value[id] === null ? "" : show(value[id]);
  if (d) d.textContent = value[id] === null && grad[id] === null ? "" : "δ " + show(shown(id));
}
const shown = (id) => (delta[id] !== null ? delta[id] : grad[id]);
const touched = (e) => (e[0] === PART ? [e[1], nodes[e[1]].inputs[e[2]]] : [e[1]]);
const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
const differs = (id) => !same(pin.value[id], value[id]) || !same(pin.grad[id], shown(id));
let lit = [];
function draw(quiet) {
  dirty.forEach(paint);
  if (above) groups(dirty);
  dirty.clear();
  lit.forEach((p) => p.classList.remove("now"));
  lit = [];
  if (at >= 0 && events[at][0] === PART) {
    const p = document.querySelector(`#g${events[at][1]}_${events[at][2]} path`);
    if (p) { p.classList.add("now"); lit.push(p); }
  }
  $("time").value = at + 1;
  $("count").textContent = `${at + 1} / ${events.length}`;
  $("phase").textContent = at < 0 ? "before the first step" : events[at][0] === FORWARD ? "forward"
    : events[at][0] > SUM ? "between passes" : passes.length > 1 ? `backward pass ${pass}` : "backward";
  $("sentence").textContent = sentence(at);
  $("formula").replaceChildren(...formula(at));
  about();
  layers.forEach((l) => { if (l.shut) summary(l); });
  if (!quiet) link();
}
function sentence(i) {
  if (i < 0) return "Nothing has been computed yet.";
  const [kind, id, a, b] = events[i], n = nodes[id], name = n.name;
  if (kind === FORWARD) return `${name} = ${n.form} = ${show(a)}`;
  if (kind === SEED) return `The backward pass begins: δ of ${name} = ${show(a)}`;
  if (kind === PART) {
    const to = nodes[n.inputs[a]].name, axes = events[i][5];
    return `${name} passes to ${to}: upstream ${show(delta[id])} times ∂${name}/∂${to}`
      + (events[i][4] === undefined || events[i][4] === null ? "" : ` ${show(events[i][4])}`) + ` = ${show(b)}`
      + (axes ? `, summed over axis ${axes.join(", ")}` : "");
  }
  if (kind === SUM && a === 2) return `${name}.grad, with what earlier passes left, is now ${show(b)}`;
  if (kind === SUM) {
    const before = undo[i].changes.find(([field]) => field === "delta")[2];
    const by = a === 1 ? " (by a hook)" : "";
    return `δ of ${name}: ${show(before)} → ${show(delta[id])}${by}, ${WORDS[state(id)]}`
      + ` (${got[id]} of ${expected.get(id)})`;
  }
  if (kind === ZERO) return `${name}.grad is forgotten: ${show(a)}`;
  return `${name}${a ? ".grad" : ""} is set to ${show(b)}`;
}
const M = "http://www.w3.org/1998/Math/MathML";
function math(tag, ...inside) {
  const e = document.createElementNS(M, tag);
  inside.forEach((x) => e.append(x));
  return e;
}
const mi = (t) => math(/^[\d.−—]+$/.test(t) ? "mn" : "mi", t), mo = (t) => math("mo", t);
const partial = (a, b) => math("mfrac", math("mrow", mo("∂"), mi(a)), math("mrow", mo("∂"), mi(b)));
function formula(i) {
  if (i < 0) return [];
  const [kind, id, a, b, local] = events[i], n = nodes[id];
  let row;
  if (kind === FORWARD) row = [mi(n.name), mo("="), mi(n.form), mo("="), mi(show(a))];
  else if (kind === PART) {
    const to = nodes[n.inputs[a]].name, J = roots[pass - 1], text = T.local[`${id}_${a}`];
    row = [partial(J, to), mo("+=")];
    if (local === null || local === undefined)
      row.push(mi(text || `${n.op}′(δ)`), mo(","), mi("δ"), mo("="), partial(J, n.name), mo("="), mi(show(delta[id])), mo(":"));
    else {
      row.push(partial(J, n.name), mo("·"));
      if (text && text !== show(local)) row.push(mo("("), mi(text), mo(")"));
      else row.push(partial(n.name, to));
      row.push(mo("="), mi(show(delta[id])), mo("·"), mi(show(local)), mo("="));
    }
    row.push(mi(show(b)));
  } else return [];
  return [math("math", math("mrow", ...row))];
}

// The selected value: what it is, its ledger, its cells.
function element(tag, attributes, ...inside) {
  const e = document.createElement(tag);
  Object.entries(attributes || {}).forEach(([k, v]) => e.setAttribute(k, v));
  e.append(...inside);
  return e;
}
function about() {
  const panel = $("about");
  if (chosen === null) {
    panel.replaceChildren(element("p", { class: "dim" }, "Select a value: click it, or press [ or ]."));
    compare();
    return;
  }
  const n = nodes[chosen], list = element("dl");
  const line = (k, v) => list.append(element("dt", { class: "dim" }, k), element("dd", {}, v));
  if (n.form) line("made by", element("code", {}, n.form));
  line("value", show(value[chosen]));
  if (!n.flags.includes("k")) line("δ", `${show(shown(chosen))} (${WORDS[state(chosen)]})`);
  if (delta[chosen] !== null && !same(delta[chosen], grad[chosen])) line(".grad", show(grad[chosen]));
  if (n.shape) line("shape", n.shape.join(" × "));
  if (n.layer >= 0) line("in", layers[n.layer].name);
  if (n.source) line("from", element("code", {}, n.source));
  const rows = parts.filter((p) => p[3] === chosen);
  const table = element("table", { id: "ledger" },
    element("thead", {}, element("tr", {}, ...["use", "upstream δ", "local", "brings", "sum"].map((h) => element("th", { scope: "col" }, h)))));
  const body = element("tbody");
  let sum = null;
  rows.forEach(([when, user, slot, , upstream, product]) => {
    sum = sum === null || typeof product === "object" ? (sum === null ? product : plus(sum, product)) : num(sum) + num(product);
    const local = events[when][4];
    body.append(element("tr", when === at || when + 1 === at ? { class: "now" } : {},
      ...[`${nodes[user].name}[${slot}]`, show(upstream), local === undefined || local === null ? T.local[`${user}_${slot}`] || "rule" : show(local), show(product), show(sum)]
        .map((t) => element("td", {}, t))));
  });
  table.append(body);
  panel.replaceChildren(element("h2", { id: "chosen" }, n.name), list);
  if (rows.length) panel.append(element("h2", {}, "Ledger of this pass"), table);
  for (const [title, x] of [["value", value[chosen]], ["δ", shown(chosen)]])
    if (x && typeof x === "object") panel.append(element("h2", {}, title), heat(x));
  compare();
}
function heat(x) {
  const all = cells(x), wide = x.s[x.s.length - 1] || 1, top = Math.max(...all.map(Math.abs)) || 1;
  const full = all.length === x.s.reduce((a, b) => a * b, 1);
  const grid = element("div", { class: "heat", role: "img", "aria-label": full ? all.map(show).join(" ") : "part of the array" });
  grid.style.gridTemplateColumns = `repeat(${full ? wide : Math.min(16, all.length)}, 1fr)`;
  all.forEach((c) => {
    const i = element("i", { title: show(c) }, all.length <= 64 ? show(Number(c.toPrecision(2))) : "");
    const strength = Math.round(Math.min(1, Math.abs(c) / top) * 70);
    i.style.background = `color-mix(in srgb, ${c < 0 ? "#5aa9e6" : "#f28e2b"} ${strength}%, #fff)`;
    grid.append(i);
  });
  return full ? grid : element("div", {}, grid, element("p", { class: "dim" }, `the first ${all.length} of ${x.s.join("×")}`));
}
function compare() {
  const panel = $("pinned");
  if (!pin) { panel.replaceChildren(); return; }
  const body = element("tbody");
  nodes.filter((n) => differs(n.id)).slice(0, 200).forEach((n) => body.append(element("tr", {},
    ...[n.name, gap(pin.value[n.id], value[n.id]), gap(pin.grad[n.id], shown(n.id))].map((t) => element("td", {}, t)))));
  panel.replaceChildren(element("h2", {}, `Against the pinned step ${pin.at + 1}`), element("table", {},
    element("thead", {}, element("tr", {}, ...["name", "Δ value", "Δ δ"].map((h) => element("th", { scope: "col" }, h)))), body));
}
function gap(a, b) {
  if (same(a, b)) return "";
  if (a === null || b === null) return `${show(a)} → ${show(b)}`;
  return typeof b === "object" ? `up to ${show(Math.max(...cells(b).map((c, i) => Math.abs(c - cells(a)[i]))))}` : show(num(b) - num(a));
}

// Layers: shut to one box that sums them up, or open.
const inside = layers.map(() => []);
nodes.forEach((n) => { for (let l = n.layer; l >= 0; l = layers[l].outer) inside[l].push(n.id); });
layers.forEach((l, i) => { l.box = $("c" + i); l.all = inside[i]; });
nodes.forEach((n) => { if (n.box) { n.box.setAttribute("role", "img"); n.box.setAttribute("tabindex", "-1"); n.box.setAttribute("aria-label", n.name); } });
function shut(l, closed) {
  l.shut = closed;
  if (l.box && !closed) {
    const text = l.box.querySelector("text"), frame = l.box.querySelector("rect").getBBox();
    text.textContent = l.name;
    text.setAttribute("x", frame.x + 8);
    text.setAttribute("y", frame.y + 14);
    text.style.fontSize = "";
  }
  if (l.box) l.box.classList.toggle("shut", closed);
  fold();
  if (closed) summary(l);
}
const folded = (id) => { for (let l = nodes[id].layer; l >= 0; l = layers[l].outer) if (layers[l].shut) return l; return -1; };
function fold() {
  const hidden = nodes.map((n) => folded(n.id));
  nodes.forEach((n) => { if (n.box) n.box.style.display = hidden[n.id] >= 0 ? "none" : ""; });
  nodes.forEach((n) => n.inputs.forEach((x, slot) => {
    const e = $(`g${n.id}_${slot}`);
    if (e) e.classList.toggle("hid", hidden[n.id] >= 0 && (typeof x !== "number" || hidden[x] === hidden[n.id]));
  }));
}
function summary(l) {
  if (!l.box) return;
  const top = Math.max(0, ...l.all.map((id) => size(shown(id)))), ready = l.all.filter((id) => value[id] !== null).length;
  const text = l.box.querySelector("text"), frame = l.box.querySelector("rect").getBBox();
  text.textContent = `${l.name}: ${ready} of ${l.all.length} values` + (top ? `, max |δ| ${show(top)}` : "");
  text.setAttribute("x", frame.x + frame.width / 2);
  text.setAttribute("y", frame.y + frame.height / 2);
  text.style.fontSize = `${Math.max(12, Math.min(frame.width / text.textContent.length * 1.7, frame.height / 4))}px`;
}

// The overview of a large graph: a box for each outermost layer or stretch of values.
const over = $("over"), home = [];
T.groups.forEach(([, ids], k) => ids.forEach((id) => { home[id] = k; }));
let above = false;
// Where a value is drawn: in its own box, or folded into one of the overview.
const spot = (id) => (T.folded ? $("o" + home[id]) : nodes[id].box);
function overview(on) {
  if (!over || on === above || (T.folded && !on)) return;
  above = on;
  over.classList.toggle("hid", !on);
  $("detail").classList.toggle("hid", on);
  whole = (on ? over.dataset.view : graph.dataset.view).split(" ").map(Number);
  if (!near) view = whole.slice();
  look();
  if (on) groups(nodes.keys());
}
// Boxes of the overview that have one of these values are written anew.
const groups = (ids) => new Set([...ids].map((id) => home[id])).forEach(group);
function group(k) {
  const ids = T.groups[k][1], box = $("o" + k), [, v, d] = box.querySelectorAll("text");
  const now = at >= 0 && touched(events[at]).some((id) => home[id] === k);
  let top = null, there = 0;
  for (const id of ids) {
    const d = shown(id);
    there += value[id] !== null;
    if (d !== null) top = Math.max(top ?? 0, size(d));
  }
  v.textContent = ids.length === 1 ? show(value[ids[0]]) : `${there} of ${ids.length} values`;
  d.textContent = ids.length === 1 ? "δ " + show(shown(ids[0])) : top === null ? "δ —" : `max |δ| ${show(top)}`;
  box.setAttribute("class", "nd grp" + (now ? " now" : "") + (home[chosen] === k ? " sel" : ""));
}
function enter(k) {
  const ids = T.groups[k][1];
  // Where values are folded a click selects the last one of the box; [ and ] lead on from there.
  if (T.folded) { select(ids[ids.length - 1]); return; }
  overview(false);
  const spots = ids.map((id) => nodes[id].box.getAttribute("transform").match(/-?[\d.]+/g).map(Number));
  const xs = spots.map((s) => s[0]), ys = spots.map((s) => s[1]);
  view = [Math.min(...xs) - 60, Math.min(...ys) - 40, Math.max(...xs) - Math.min(...xs) + 120, Math.max(...ys) - Math.min(...ys) + 80];
  look();
}

// Moving by meaning.
const next = (from, by, fits) => {
  for (let i = from + by; i >= 0 && i < events.length; i += by) if (fits(events[i], i)) return i;
  return null;
};
const leap = (i) => { if (i !== null) go(i); };
function select(id) {
  const old = chosen;
  chosen = id;
  if (id !== null) overview(false);
  [old, id].forEach((x) => { if (x !== null) { dirty.add(x); const b = nodes[x].box; if (b) b.setAttribute("tabindex", x === id ? "0" : "-1"); } });
  if (id !== null && folded(id) >= 0) for (let l = nodes[id].layer; l >= 0; l = layers[l].outer) shut(layers[l], false);
  draw();
  if (id !== null && nodes[id].box) {
    const b = nodes[id].box;
    b.setAttribute("aria-label", `${nodes[id].name}, value ${show(value[id])}, gradient ${show(shown(id))}, ${WORDS[state(id)]}`);
    if (document.activeElement === graph || graph.contains(document.activeElement)) b.focus({ preventScroll: true });
  }
  if (id !== null) reveal(spot(id));
}
function around(by) {
  if (chosen === null) return select(by < 0 ? nodes.length - 1 : 0);
  const ids = by < 0 ? nodes[chosen].inputs.filter((x) => typeof x === "number") : nodes[chosen].users.map((u) => u[0]);
  if (ids.length) select(ids[around.turn++ % ids.length]);
}
around.turn = 0;
function condition(text) {
  const t = text.trim();
  let m;
  if (/^(nan|inf)$/i.test(t)) return (e) => touched(e).some((id) => [value[id], shown(id)].some((x) => x !== null && bad(x, t.toLowerCase())));
  if ((m = t.match(/^op\s+(.+)$/))) return (e) => nodes[e[1]].op === m[1];
  if ((m = t.match(/^name\s+(.+)$/))) {
    const like = new RegExp("^" + m[1].replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*") + "$");
    return (e) => touched(e).some((id) => like.test(nodes[id].name));
  }
  if ((m = t.match(/^\|?(grad|δ|value)\|?\s*([<>])\s*([-+\d.e]+)$/)))
    return (e) => touched(e).some((id) => {
      const x = m[1] === "value" ? value[id] : shown(id);
      if (x === null) return false;
      const v = t[0] === "|" || typeof x === "object" ? size(x) : num(x);
      return m[2] === ">" ? v > Number(m[3]) : v < Number(m[3]);
    });
  return null;
}
const bad = (x, what) => (typeof x === "object" ? cells(x) : [num(x)]).some((c) => (what === "nan" ? Number.isNaN(c) : Math.abs(c) === Infinity));
function run() {
  const fits = condition($("stop").value);
  if (!fits) { $("sentence").textContent = "Stop where? Write nan, inf, op tanh, name w*, grad>1, |grad|>1 or value<0 beside “run”."; $("stop").focus(); return; }
  const from = at;
  while (at < events.length - 1) { step(); if (fits(events[at])) { const here = at; go(here); $("sentence").textContent = `Stopped: ${sentence(here)}`; return; } }
  go(from);
  $("sentence").textContent = "No later step fits the stop condition.";
}
function ask(i) {
  // Before a contribution is shown its product is asked for.
  const [, id, slot, product] = events[i], n = nodes[id], to = nodes[n.inputs[slot]];
  if (typeof product === "object") return go(i);
  const old = delta[to.id], total = old === null ? num(product) : num(old) + num(product);
  asked = i;
  const field = element("input", { size: 10, "aria-label": `What will ∂${roots[pass - 1]}/∂${to.name} become?` });
  const form = element("form", {}, `What will ∂${roots[pass - 1]}/∂${to.name} become? It is ${show(old)}; ${n.name} = ${n.form} has δ ${show(delta[id])}. `, field, element("button", {}, "check"));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const said = Number(field.value.replace("−", "-").replace(",", ".")), right = Math.abs(said - total) <= 0.01 * Math.abs(total) + 1e-9;
    asked = null;
    go(i + 1 < events.length && events[i + 1][0] === SUM ? i + 1 : i);
    $("formula").prepend(element("span", { class: right ? "ok" : "no", id: "verdict" }, right ? "✓ right. " : `✗ you said ${field.value || "nothing"}, it is ${show(total)}. `));
  });
  $("sentence").textContent = "Predict the next gradient.";
  $("formula").replaceChildren(form);
  field.focus();
}
function forward() {
  if (predicting && at + 1 < events.length && events[at + 1][0] === PART && asked === null) return ask(at + 1);
  asked = null;
  go(at + 1);
}
let timer = null;
function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => { if (at >= events.length - 1) play(false); else go(at + 1, true); }, 500) : null;
  $("play").setAttribute("aria-pressed", String(on));
  if (!on) link();
}
function link() {
  try { history.replaceState(null, "", `#s${at + 1}` + (chosen === null ? "" : `,n${chosen}`)); } catch (e) { /* a sandboxed frame has no address of its own */ }
}
function follow() {
  const m = location.hash.match(/^#s(\d+)(?:,n(\d+))?$/);
  if (!m) return false;
  if (m[2] && nodes[m[2]]) chosen = Number(m[2]);
  go(Number(m[1]) - 1);
  return true;
}

// Text to take away: the graph, or this step, as it stands.
const quote = (t) => '"' + t.replace(/["\\]/g, "\\$&").replace(/\n/g, " ") + '"';
const tex = (t) => t.replace(/[\\{}$&#%_^~]/g, (c) => ({ "\\": "\\textbackslash{}", "^": "\\^{}", "~": "\\~{}" }[c] || "\\" + c));
const told = (n) => `${n.name}\n${show(value[n.id])}\nδ ${show(shown(n.id))}`;
const edges = () => nodes.flatMap((n) => n.inputs.flatMap((x, slot) => (typeof x === "number" ? [[x, n.id, T.local[`${n.id}_${slot}`] || ""]] : [])));
// What is drawn: each box with its text, and the lines between boxes.
const drawn = () => (T.folded ? T.groups.map((g, k) => [$("o" + k), [...$("o" + k).querySelectorAll("text")].map((t) => t.textContent).join("\n")]) : nodes.map((n) => [n.box, told(n)]));
const lines = () => new Set(edges().map(([a, b]) => [spot(a).id, spot(b).id]).filter(([a, b]) => a !== b).map((pair) => pair.join(") -- (")));
const KINDS = {
  DOT: () => `digraph {\n  rankdir=LR; node [shape=box]\n${nodes.map((n) => `  n${n.id} [label=${quote(told(n)).replace(/ (?=δ)|(?<=^"[^ ]*) /g, "\\n")}]`).join("\n")}\n${edges().map(([a, b, t]) => `  n${a} -> n${b} [label=${quote(t)}]`).join("\n")}\n}\n`,
  Mermaid: () => `flowchart LR\n${nodes.map((n) => `  n${n.id}["${told(n).replace(/["<>&#]/g, (c) => `#${c.charCodeAt(0)};`).replace(/\n/g, "<br>")}"]`).join("\n")}\n${edges().map(([a, b]) => `  n${a} --> n${b}`).join("\n")}\n`,
  TikZ: () => `\\begin{tikzpicture}[x=1pt,y=-1pt,every node/.style={draw,align=center,font=\\scriptsize}]\n${drawn().map(([b, text]) => `\\node (${b.id}) at (${b.getAttribute("transform").match(/-?[\d.]+/g).join(",")}) {${text.split("\n").map(tex).join("\\\\")}};`).join("\n")}\n${[...lines()].map((l) => `\\draw[->] (${l});`).join("\n")}\n\\end{tikzpicture}\n`,
  LaTeX: () => { const f = document.querySelector("#formula math"); return f ? `\\[ \\text{${tex(sentence(at))}} \\]\n` : `\\text{${tex(sentence(at))}}\n`; },
};
for (const kind of Object.keys(KINDS)) {
  const b = element("button", {}, kind);
  b.addEventListener("click", () => {
    const area = document.querySelector("#copy textarea");
    area.value = KINDS[kind]();
    area.select();
    if (navigator.clipboard) navigator.clipboard.writeText(area.value).catch(() => {});
  });
  $("kinds").append(b, " ");
}

// Zoom and pan: the viewBox.
graph.dataset.view = graph.getAttribute("viewBox");
let whole = graph.dataset.view.split(" ").map(Number);
let view = whole.slice();
// Without layers, or with most values folded, a part that can be read goes along with the steps.
const near = (!over || T.folded) && nodes.length > T.fold;
if (near) view = [-1e9, 0, 800, 600];
const look = () => graph.setAttribute("viewBox", view.map((v) => v.toFixed(1)).join(" "));
function zoom(by, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) {
  view = [x - (x - view[0]) * by, y - (y - view[1]) * by, view[2] * by, view[3] * by];
  look();
}
function reveal(box) {
  const [x, y] = box.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
  if (x < view[0] || y < view[1] || x > view[0] + view[2] || y > view[1] + view[3]) { view[0] = x - view[2] / 2; view[1] = y - view[3] / 2; look(); }
}
let drag = null;
graph.addEventListener("pointerdown", (e) => { drag = [e.clientX, e.clientY, view[0], view[1]]; });
graph.addEventListener("pointermove", (e) => {
  if (!drag || !e.buttons) return;
  const scale = Math.max(view[2] / graph.clientWidth, view[3] / graph.clientHeight);
  view[0] = drag[2] - (e.clientX - drag[0]) * scale; view[1] = drag[3] - (e.clientY - drag[1]) * scale;
  look();
});
graph.addEventListener("wheel", (e) => { e.preventDefault(); zoom(e.deltaY > 0 ? 1.15 : 1 / 1.15); }, { passive: false });
graph.addEventListener("click", (e) => {
  const box = e.target.closest(".nd"), frame = e.target.closest(".cl.shut");
  if (box && box.id[0] === "o") enter(Number(box.id.slice(1)));
  else if (box) select(Number(box.id.slice(1)));
  else if (frame) shut(layers[Number(frame.id.slice(1))], false);
});

const starts = (kind) => next(-1, 1, (e) => e[0] === kind);
const KEYS = {
  ArrowRight: forward, ArrowLeft: () => go(at - 1), Home: () => go(-1), End: () => go(events.length - 1),
  "S+ArrowRight": () => leap(next(at, 1, (e) => at < 0 || e[1] !== events[at][1])),
  "S+ArrowLeft": () => leap(next(at, -1, (e) => e[1] !== events[at][1])),
  f: () => leap(starts(FORWARD)), b: () => leap(next(at, 1, (e) => e[0] === SEED) ?? starts(SEED)),
  n: () => leap(next(at, 1, (e) => e[0] === PART && nodes[e[1]].inputs[e[2]] === chosen)),
  " ": () => play(timer === null), "/": () => $("find").focus(), "[": () => around(-1), "]": () => around(1),
  "+": () => zoom(1 / 1.25), "=": () => zoom(1 / 1.25), "-": () => zoom(1.25), 0: () => { view = whole.slice(); look(); },
  c: () => {
    if (over) return above ? overview(false) : overview(true);
    const l = chosen !== null && nodes[chosen].layer >= 0 ? [layers[nodes[chosen].layer]] : layers, close = !l.some((x) => x.shut);
    l.forEach((x) => shut(x, close));
  },
  d: () => {
    pin = pin ? null : { at, value: value.slice(), grad: nodes.map((n) => shown(n.id)) };
    $("pin").setAttribute("aria-pressed", String(pin !== null));
    nodes.forEach((n) => dirty.add(n.id));
    draw();
  },
  p: () => { predicting = !predicting; $("predict").setAttribute("aria-pressed", String(predicting)); },
  r: run, y: () => $("copy").showModal(), "?": () => $("help").showModal(),
  Escape: () => { if ($("help").open) $("help").close(); else if ($("copy").open) $("copy").close(); else { play(false); select(null); } },
};
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey) return;
  const typing = /INPUT|TEXTAREA/.test(e.target.tagName) && e.target.type !== "range";
  if (typing && e.key !== "Escape") return;
  if (typing) e.target.blur();
  if (e.target.tagName === "BUTTON" && (e.key === " " || e.key === "Enter")) return;
  const act = KEYS[(e.shiftKey && e.key.startsWith("Arrow") ? "S+" : "") + e.key];
  if (act) { e.preventDefault(); act(); }
});
document.querySelectorAll("[data-key]").forEach((b) => b.addEventListener("click", () => KEYS[b.dataset.key]()));
$("time").max = events.length;
$("time").addEventListener("input", () => go(Number($("time").value) - 1, true));
$("time").addEventListener("change", link);
$("find").addEventListener("keydown", (e) => {
  if (e.key !== "Enter") return;
  const want = $("find").value.toLowerCase(), fits = nodes.filter((n) => n.name.toLowerCase().includes(want));
  const later = fits.find((n) => chosen !== null && n.id > chosen) || fits[0];
  if (later) { $("find").blur(); select(later.id); } else $("sentence").textContent = `No value has “${$("find").value}” in its name.`;
});
$("stop").addEventListener("keydown", (e) => { if (e.key === "Enter") run(); });
addEventListener("hashchange", follow);

window.glassgrad = { go, state: () => ({ at, value: value.slice(), grad: grad.slice(), delta: delta.slice() }) };
if (!follow()) go(events.length - 1, true);
if (chosen === null || T.folded) overview(true);
})();
