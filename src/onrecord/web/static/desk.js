// The desk: words picked in the text by keys or mouse, put into the form; verdicts by single keys. Without it the form still works.
const text = document.getElementById("text");
const said = document.getElementById("said");
const edit = document.getElementById("edit");
const single = document.getElementById("single");
const ROLES = ["source", "cue", "content", "condition"];

// -- where the words of the page lie in the document: code points, as the record counts them

const count = (s) => { let n = 0; for (const _ of s) n += 1; return n; };

// The text nodes of the page in order, and the signs shown as their code, with the offsets of their first character and after their last.
// A paragraph says where it begins; within it only the numbers of statements stand for no character.
function leaves() {
  const out = [];
  const wanted = (node) => {
    if (node.nodeType === Node.TEXT_NODE || node.dataset.len) return NodeFilter.FILTER_ACCEPT;
    return node.matches("a.n") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  };
  for (const p of text.querySelectorAll("p[data-o]")) {
    let at = Number(p.dataset.o);
    const walk = document.createTreeWalker(p, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, wanted);
    while (walk.nextNode()) {
      const node = walk.currentNode, sign = node.nodeType !== Node.TEXT_NODE;
      if (!sign && node.parentNode.dataset.len) continue;
      const end = at + (sign ? 1 : count(node.data));
      out.push({ node, sign, start: at, end });
      at = end;
    }
  }
  return out;
}

const pieces = leaves();

// Every word and sign of the text with its offsets and its place on the page.
function words() {
  const out = [];
  for (const { node, sign, start } of pieces) {
    if (sign) continue;
    let seen = 0, cp = start;
    for (const m of node.data.matchAll(/[\p{L}\p{N}\p{M}]+(?:['’\-.][\p{L}\p{N}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}]/gu)) {
      cp += count(node.data.slice(seen, m.index));
      const end = cp + count(m[0]);
      out.push({ start: cp, end, node, from: m.index, to: m.index + m[0].length });
      cp = end;
      seen = m.index + m[0].length;
    }
  }
  return out;
}

const all = words();

// The offset of a point of the page.
function offset(node, k, end) {
  const point = document.createRange();
  point.setStart(node, k);
  point.collapse(true);
  let best = null;
  for (const piece of pieces) {
    if (piece.node === node && !piece.sign) return piece.start + count(node.data.slice(0, k));
    if (piece.sign && piece.node.contains(node)) return piece.start + (end ? 1 : 0);
    if (point.comparePoint(piece.node, 0) > 0) return end && best !== null ? best : piece.start;
    best = piece.end;
  }
  return best;
}

// A place on the page for an offset.
function place(cp, end) {
  const piece = pieces.find((x) => (end ? cp > x.start && cp <= x.end : cp >= x.start && cp < x.end));
  if (!piece) return null;
  if (piece.sign) return [piece.node, end ? piece.node.childNodes.length : 0];
  return [piece.node, [...piece.node.data].slice(0, cp - piece.start).join("").length];
}

const picked = () => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
  const start = offset(range.startContainer, range.startOffset, false), end = offset(range.endContainer, range.endOffset, true);
  return start !== null && end !== null && start < end ? trimmed(start, end) : null;
};

// Spaces at the ends of a selection are nobody's words.
function trimmed(start, end) {
  const inside = all.filter((w) => w.end > start && w.start < end);
  if (!inside.length) return [start, end];
  return [Math.max(start, inside[0].start), Math.min(end, inside.at(-1).end)];
}

const wordsOf = (spans) => spans.map(([a, b]) => {
  const from = place(a, false), to = place(b, true);
  if (!from || !to) return "";
  const range = document.createRange();
  range.setStart(...from);
  range.setEnd(...to);
  const copy = range.cloneContents();
  for (const el of copy.querySelectorAll("a.n")) el.remove();
  return copy.textContent.replace(/\s+/g, " ");
}).join(" … ");

// -- choosing words by keys

let anchor = -1, focus = -1, fine = 0;

function choose(a, f) {
  anchor = Math.max(0, Math.min(all.length - 1, a));
  focus = Math.max(0, Math.min(all.length - 1, f));
  fine = 0;
  mark();
}

function mark() {
  const [lo, hi] = anchor <= focus ? [all[anchor], all[focus]] : [all[focus], all[anchor]];
  let to = [hi.node, hi.to];
  if (fine) to = place(Math.max(lo.start + 1, hi.end + fine), true) ?? to;
  getSelection().setBaseAndExtent(lo.node, lo.from, ...to);
  const range = document.createRange();
  range.setStart(all[focus].node, all[focus].from);
  range.setEnd(all[focus].node, all[focus].to);
  const box = range.getBoundingClientRect(), pane = text.getBoundingClientRect();
  if (box.top < pane.top + 20) text.scrollTop += box.top - pane.top - 40;
  if (box.bottom > pane.bottom - 20) text.scrollTop += box.bottom - pane.bottom + 40;
  said.textContent = getSelection().toString().slice(0, 300);
}

function rect(i) {
  const range = document.createRange();
  range.setStart(all[i].node, all[i].from);
  range.setEnd(all[i].node, all[i].to);
  return range.getClientRects()[0] ?? range.getBoundingClientRect();
}

// The word above or below.
function across(i, down) {
  const from = rect(i), middle = (from.left + from.right) / 2;
  let line = null, best = i, near = Infinity;
  for (let j = i + (down ? 1 : -1); j >= 0 && j < all.length; j += down ? 1 : -1) {
    const r = rect(j);
    if (down ? r.top < from.bottom - 3 : r.bottom > from.top + 3) continue;
    line ??= r.top;
    if (Math.abs(r.top - line) > r.height / 2) break;
    const far = Math.abs((r.left + r.right) / 2 - middle);
    if (far < near) [best, near] = [j, far];
  }
  return best;
}

function start() {
  // Where the mouse selected, else the statement's own words, else what is at the top of the pane.
  const now = picked();
  const at = now ? now[0] : Number(text.dataset.start ?? -1);
  let i = at >= 0 ? all.findIndex((w) => w.end > at) : -1;
  if (i < 0) i = all.findIndex((w, k) => rect(k).bottom > text.getBoundingClientRect().top + 4);
  return Math.max(0, i);
}

text.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || !all.length) return;
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], line = { ArrowDown: true, ArrowUp: false }[e.key];
  if (step === undefined && line === undefined) return;
  e.preventDefault();
  if (focus < 0) {
    const i = start();
    choose(i, i);
    return;
  }
  if (e.altKey && e.shiftKey && step) {
    fine += step;
    mark();
    return;
  }
  const next = step ? focus + step : across(focus, line);
  choose(e.shiftKey ? anchor : next, next);
});
text.addEventListener("mouseup", () => { focus = -1; });

// -- into the form

function take(role, more) {
  const at = picked();
  const field = edit?.elements[role];
  if (!at || !field) {
    said.textContent = "Select words in the text first.";
    return;
  }
  const have = more ? field.value.split(",").map((p) => p.trim()).filter(Boolean) : [];
  field.value = [...have, `${at[0]}-${at[1]}`].sort((a, b) => parseInt(a, 10) - parseInt(b, 10)).join(", ");
  show(role);
  said.textContent = `${role}: ${document.getElementById(`${role}-words`).textContent}`;
}

function show(role) {
  const spans = edit.elements[role].value.split(",").map((p) => p.trim().split(/[-–]/).map(Number)).filter((p) => p.length === 2 && p[0] < p[1]);
  document.getElementById(`${role}-words`).textContent = wordsOf(spans);
  paint();
}

// What the form holds, shown in the text.
function paint() {
  if (!window.CSS?.highlights || !edit) return;
  const ranges = [];
  for (const role of ROLES) {
    for (const part of edit.elements[role].value.split(",")) {
      const [a, b] = part.trim().split(/[-–]/).map(Number);
      const from = a < b ? place(a, false) : null, to = a < b ? place(b, true) : null;
      if (!from || !to) continue;
      const range = document.createRange();
      range.setStart(...from);
      range.setEnd(...to);
      ranges.push(range);
    }
  }
  CSS.highlights.set("pick", new Highlight(...ranges));
}

function party(one) {
  const at = picked();
  if (!at || !edit) return;
  const row = edit.querySelector(`[data-party="${one}"][data-new]`);
  row.querySelector(`[name="${one}_name"]`).value = wordsOf([at]);
  row.querySelector(`[name="${one}_start"]`).value = at[0];
  row.querySelector(`[name="${one}_end"]`).value = at[1];
  said.textContent = `${one === "target" ? "about" : "to"}: ${wordsOf([at])}`;
}

function fill(id) {
  const at = picked();
  if (!at || !edit) return;
  document.getElementById(id).value = wordsOf([at]);
  said.textContent = `${id.split("_")[0]}: ${wordsOf([at])}`;
}

for (const button of document.querySelectorAll("[data-take]")) {
  button.hidden = false;
  // The button must not take the selection away before it is read.
  button.addEventListener("mousedown", (e) => e.preventDefault());
  button.addEventListener("click", (e) => take(button.dataset.take, e.shiftKey));
}
for (const role of ROLES) edit?.elements[role]?.addEventListener("change", () => show(role));

// -- keys

try { single.checked = localStorage.getItem("single-keys") !== "off"; } catch { /* a browser that keeps nothing */ }
single.addEventListener("change", () => { try { localStorage.setItem("single-keys", single.checked ? "on" : "off"); } catch { /* as above */ } });

document.addEventListener("keydown", (e) => {
  const el = e.target;
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && edit) {
    e.preventDefault();
    edit.requestSubmit();
    return;
  }
  const typing = el.matches("input:not([type=checkbox]), textarea, select");
  if (e.key === "Escape" && typing) {
    document.getElementById("main").focus();
    return;
  }
  if (typing || e.ctrlKey || e.metaKey || e.altKey || !single.checked) return;
  const digit = /^Digit([1-8])$/.exec(e.code)?.[1];
  if (digit) {
    e.preventDefault();
    const n = Number(digit);
    if (n <= 4) take(ROLES[n - 1], e.shiftKey);
    else if (n <= 6) party(n === 5 ? "target" : "addressee");
    else fill(n === 7 ? "date_text" : "speaker_name");
    return;
  }
  if (e.key === "t") { e.preventDefault(); text.focus(); return; }
  if (e.key === "e") { e.preventDefault(); document.getElementById("act")?.focus(); return; }
  if (e.key === "?") { const keys = document.getElementById("keys"); keys.open = !keys.open; return; }
  const target = e.key.length === 1 && /[a-z]/.test(e.key) && document.querySelector(`[data-key="${e.key}"]:not([disabled])`);
  if (target) { e.preventDefault(); target.click(); }
});

// The statement's own words in view, within the pane.
const first = text.dataset.start && text.querySelector("[data-n]");
if (first) text.scrollTop = first.offsetTop - text.offsetTop - 60;
paint();
