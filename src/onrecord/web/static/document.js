// The list and the text in step, and what is known of a statement beside its words on hover or focus.
const text = document.getElementById("text");
const list = document.getElementById("list");
const pop = document.getElementById("pop");
const items = new Map([...list.children].map((li) => [li.dataset.n, li]));
const cards = new Map();
let shown = null;
let leaving = 0;

function light(numbers) {
  for (const el of document.querySelectorAll(".hit")) el.classList.remove("hit");
  for (const n of numbers) {
    items.get(n)?.classList.add("hit");
    for (const el of text.querySelectorAll(`[data-n~="${n}"]`)) el.classList.add("hit");
  }
}

// Keep the item in view within the list, without moving the page.
function reveal(item) {
  if (!item || list.scrollHeight <= list.clientHeight) return;
  const top = item.offsetTop, bottom = top + item.offsetHeight;
  if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) list.scrollTop = Math.max(0, top - list.clientHeight / 3);
}

// The server's piece of HTML for a statement, as nodes; a link to a statement that is on this page leads to it here.
function card(id) {
  if (!cards.has(id)) {
    cards.set(id, fetch(`/statements/${id}/card`).then((r) => (r.ok ? r.text() : "")).catch(() => ""));
  }
  return cards.get(id).then((html) => {
    if (!html) cards.delete(id);
    const made = new DOMParser().parseFromString(html, "text/html").body;
    for (const a of made.querySelectorAll("dd a[href^='/statements/']")) {
      const li = document.getElementById(`l-${a.getAttribute("href").split("/").at(-1)}`);
      if (li) { a.href = `#${li.id}`; a.textContent = `statement ${li.dataset.n}`; }
    }
    return [...made.childNodes];
  });
}

async function show(n, at) {
  const item = items.get(n);
  if (!item) return;
  clearTimeout(leaving);
  light([n]);
  reveal(item);
  if (shown === n) return;
  shown = n;
  const nodes = await card(item.id.slice(2));
  if (shown !== n) return;
  pop.replaceChildren(...(nodes.length ? nodes : [item.querySelector(".head").cloneNode(true)]));
  pop.hidden = false;
  place(at);
}

function place(at) {
  const box = at.getBoundingClientRect();
  const high = pop.offsetHeight, wide = pop.offsetWidth;
  const below = box.bottom + high + 12 < innerHeight || box.top < high;
  pop.style.top = `${scrollY + (below ? box.bottom + 6 : box.top - high - 6)}px`;
  pop.style.left = `${Math.max(8, Math.min(box.left, document.documentElement.clientWidth - wide - 8))}px`;
}

function hide() {
  shown = null;
  pop.hidden = true;
  light([]);
}

// The innermost statement is the one with the highest number that covers the words.
const innermost = (el) => el.dataset.n?.split(" ").at(-1);
const soon = () => { clearTimeout(leaving); leaving = setTimeout(hide, 250); };

text.addEventListener("mouseover", (e) => {
  const leaf = e.target.closest("[data-n]");
  if (leaf) show(innermost(leaf), leaf);
  else if (e.target.closest("a.n")) show(e.target.textContent, e.target);
});
text.addEventListener("mouseout", soon);
pop.addEventListener("mouseenter", () => clearTimeout(leaving));
pop.addEventListener("mouseleave", soon);
text.addEventListener("focusin", (e) => { if (e.target.matches("a.n")) show(e.target.textContent, e.target); });
text.addEventListener("focusout", soon);
document.addEventListener("keydown", (e) => { if (e.key === "Escape" && !pop.hidden) hide(); });
for (const [n, item] of items) {
  item.addEventListener("mouseenter", () => light([n]));
  item.addEventListener("focusin", () => light([n]));
  item.addEventListener("mouseleave", () => light([]));
  item.querySelector("details").addEventListener("toggle", async (e) => {
    if (!e.target.open || e.target.querySelector(".facts")) return;
    const nodes = await card(item.id.slice(2));
    if (!e.target.querySelector(".facts")) e.target.querySelector("summary").after(...nodes);
  });
}

// As the text scrolls, the list follows the first statement in view.
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    const first = [...text.querySelectorAll("a.n")].find((a) => a.getBoundingClientRect().top >= 0);
    if (first && shown === null) reveal(items.get(first.textContent));
  });
}, { passive: true });
