// What is asked lies in #data; titles and questions are set as text.
const data = JSON.parse(document.getElementById("data").textContent);
const count = data.orders[0].length;
const letters = [..."ABCDEFGHI"].slice(0, count);

// MARK: What a participant's seed decides

// FNV-1a, then mulberry32: the same order wherever the page is opened by the same participant.
function generator(text) {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffle(items, random) {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

// Groups in random order; those shown twice first in the first half, then again in the second. Pictures by the rows of the
// Latin square, begun anywhere, its numbers dealt to methods at random.
function schedule(participant) {
  const random = generator(`${data.study} ${participant}`);
  const dealt = shuffle(letters.map((_, index) => index), random);
  const start = Math.floor(random() * data.orders.length);
  const groups = shuffle(data.groups, random);
  const half = Math.ceil(groups.length / 2);
  const late = groups.map((_, index) => index).filter((index) => index >= half && groups[index].repeated);
  const free = shuffle(groups.map((_, index) => index).filter((index) => index < half && !groups[index].repeated), random);
  late.slice(0, free.length).forEach((index, place) => {
    [groups[index], groups[free[place]]] = [groups[free[place]], groups[index]];
  });
  const shown = groups.map((group) => ({ group, again: false }));
  for (const group of groups.filter((group) => group.repeated)) {
    const after = Math.max(half, shown.findIndex((item) => item.group === group) + 1);
    shown.splice(after + Math.floor(random() * (shown.length - after + 1)), 0, { group, again: true });
  }
  return shown.flatMap((item, number) => {
    const pictures = data.orders[(start + number) % data.orders.length].map((place) => item.group.pictures[dealt[place]]);
    return data.questions.map((text, index) => ({ ...item, pictures, question: index + 1, text, number }));
  });
}

// MARK: What is kept

const storeName = `study-${data.study}`;
const fresh = () => ({ participant: null, at: 0, answers: {} });
let keeps = true;
let state = fresh();
try {
  const kept = JSON.parse(localStorage.getItem(storeName) ?? "null");
  if (kept && typeof kept.participant === "string" && kept.answers) state = kept;
} catch {
  keeps = false;
}
let screens = state.participant === null ? [] : schedule(state.participant);

function keep() {
  try {
    localStorage.setItem(storeName, JSON.stringify(state));
  } catch {
    keeps = false;
  }
}

const say = (text) => { byId("said").textContent = text; };

// MARK: The answers

const columns = ["study", "participant", "group", "question", "position", "method_hash", "rank", "ms", "repeat_of", "attention",
                 "client", "version"];
const client = () => `${navigator.userAgent} ${innerWidth}x${innerHeight}`;

function answers() {
  return screens.flatMap((screen, index) => {
    const answer = state.answers[index];
    if (!answer?.done) return [];
    return screen.pictures.map((picture, place) => ({
      study: data.study, participant: state.participant, group: screen.group.id, question: screen.question, position: place + 1,
      method_hash: picture.hash, rank: answer.ranks.indexOf(place) + 1, ms: Math.round(answer.ms),
      repeat_of: screen.again ? screen.group.id : "", attention: screen.group.attention ? 1 : 0, client: answer.client,
      version: data.version,
    }));
  });
}

const quoted = (value) => /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
const csv = () => [columns.join(","), ...answers().map((row) => columns.map((name) => quoted(row[name])).join(","))].join("\r\n") + "\r\n";

function download(kind) {
  const [type, text] = kind === "csv" ? ["text/csv", csv()] : ["application/json", JSON.stringify(answers(), null, 1)];
  return make("a", {
    className: kind === "csv" ? "main" : "other", id: `download-${kind}`, download: `answers-${data.study}-${state.participant}.${kind}`,
    href: `data:${type};charset=utf-8,${encodeURIComponent(text)}`, textContent: `Save the answers as ${kind.toUpperCase()}`,
  });
}

// MARK: Screens

let shownAt = performance.now();

// Only the time that the page is looked at counts.
function spend() {
  const answer = state.answers[state.at];
  if (answer && !document.hidden && state.participant !== null) answer.ms += performance.now() - shownAt;
  shownAt = performance.now();
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    const answer = state.answers[state.at];
    if (answer) answer.ms += performance.now() - shownAt;
    keep();
  }
  shownAt = performance.now();
});
addEventListener("pagehide", () => { spend(); keep(); });

function show() {
  document.title = data.title;
  byId("title").textContent = data.title;
  const done = screens.filter((_, index) => state.answers[index]?.done).length;
  byId("progress").textContent = screens.length ? `${done} of ${screens.length} ranked` : "";
  byId("bar").value = screens.length ? done / screens.length : 0;
  byId("bar").hidden = !screens.length;
  const view = byId("view");
  view.replaceChildren(...(state.participant === null ? welcome() : state.at >= screens.length ? end() : question()));
  shownAt = performance.now();
}

function go(to) {
  spend();
  state.at = to;
  keep();
  show();
  scrollTo(0, 0);
  byId("view").focus();
}

const warning = () => keeps ? null
  : make("p", { className: "hint", role: "alert", textContent: "This browser keeps nothing of this page: do not close or reload it before you have saved the answers." });

function welcome() {
  const field = make("input", { id: "participant", autocomplete: "off", maxLength: 40, value: "" });
  const begin = () => {
    const random = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    state = { ...fresh(), participant: field.value.trim() || random };
    screens = schedule(state.participant);
    go(0);
  };
  const shows = data.groups.length + data.groups.filter((group) => group.repeated).length;
  const form = make("form", { className: "prose" },
    make("p", { textContent: `You will see ${shows} groups of ${count} pictures. Rank each group's pictures from best to worst; every picture gets a place of its own. There is no right answer; go by what you see.` }),
    make("ul", {}, ...data.questions.map((text) => make("li", { textContent: text }))),
    make("p", { className: "hint", textContent: "Tap the pictures from best to worst, or drag their letters to places, or type their letters. Nothing is sent anywhere: at the end you save a file. What you did is kept in this browser, so you can pause." }),
    make("label", { for: "participant", textContent: "Your code, if you were given one" }), field,
    make("div", { className: "row" }, make("button", { className: "main", id: "begin", textContent: "Begin" })), warning());
  form.addEventListener("submit", (event) => { event.preventDefault(); begin(); });
  return [form];
}

function end() {
  const parts = make("div", { className: "prose" },
    make("h2", { textContent: "Thank you" }),
    make("p", { textContent: "Save your answers and send the file to who asked you." }),
    make("div", { className: "row" }, download("csv"), download("json")),
    make("div", { className: "row" },
      make("button", { id: "back", textContent: "Back", onclick: () => go(screens.length - 1) }),
      make("button", { id: "anew", textContent: "Begin anew for another person", onclick: () => {
        if (!confirm("This removes the answers from this browser. Are they saved?")) return;
        state = fresh();
        screens = [];
        keep();
        show();
      } })));
  return [parts];
}

// What the screen's answer is: places of pictures by rank, null where nobody is yet.
function answer() {
  state.answers[state.at] ??= { ranks: letters.map(() => null), ms: 0, done: false, client: client() };
  return state.answers[state.at];
}

const word = (rank) => rank === 0 ? "best" : rank === count - 1 ? "worst" : "";

function rank(place, to) {
  const { ranks } = answer();
  const from = ranks.indexOf(place);
  if (to === undefined) to = ranks.indexOf(null);
  if (to < 0 || to === from) return;
  // Who stood there changes places with it, or waits for a new one.
  if (from >= 0) ranks[from] = ranks[to];
  ranks[to] = place;
  changed(`Picture ${letters[place]} is number ${to + 1} of ${count}${word(to) ? `, ${word(to)}` : ""}`);
}

function free(to) {
  const { ranks } = answer();
  const place = ranks[to];
  if (place === null || place === undefined) return;
  ranks[to] = null;
  changed(`Picture ${letters[place]} has no place`);
}

const toggle = (place) => { const at = answer().ranks.indexOf(place); if (at >= 0) free(at); else rank(place); };

function changed(words) {
  const current = answer();
  // Another order has to be confirmed again.
  current.done = false;
  keep();
  paint();
  const left = current.ranks.filter((place) => place === null).length;
  say(`${words}. ${left ? `${left} left.` : "All have a place: go on by Enter."}`);
}

function next() {
  const current = answer();
  if (current.ranks.includes(null)) return say("Every picture needs a place first.");
  Object.assign(current, { done: true, client: client() });
  go(state.at + 1);
}

function question() {
  const screen = screens[state.at];
  answer();
  const inputs = screen.group.inputs.map((input) => make("figure", {},
    make("img", { src: input.uri, alt: `Input: ${input.name}` }), make("figcaption", { textContent: input.name })));
  const cards = screen.pictures.map((picture, place) => {
    const letter = letters[place];
    const card = make("div", { className: "card", dataset: { place } },
      make("button", { className: "choose", onclick: () => { if (!dragging.moved) toggle(place); } },
        make("img", { src: picture.uri, alt: `Picture ${letter}`, draggable: false })),
      make("div", { className: "foot" },
        make("span", { className: "letter", textContent: letter, "aria-hidden": "true", title: "Drag to a place" }),
        make("span", { className: "rank" }),
        make("button", { className: "enlarge", textContent: "Enlarge", "aria-label": `Enlarge picture ${letter}`, onclick: () => enlarge(place) })));
    card.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" || event.target.closest(".letter")) dragging.begin(event, place, card);
    });
    return card;
  });
  const slots = letters.map((_, to) => make("li", {}, make("button", { className: "slot", dataset: { to }, onclick: () => { if (!dragging.moved) free(to); } })));
  slots.forEach((slot, to) => slot.firstChild.addEventListener("pointerdown", (event) => {
    const place = answer().ranks[to];
    if (place !== null) dragging.begin(event, place, slot);
  }));
  const list = make("div", { className: "cards" }, ...cards);
  list.style.setProperty("--count", count);
  const parts = [
    make("h2", { id: "question", textContent: screen.text }),
    make("p", { className: "hint", textContent: `Group ${screen.number + 1}. Rank from best to worst.` }), warning(),
    inputs.length ? make("div", { className: "inputs", role: "group", "aria-label": "What the pictures were made of" }, ...inputs) : null,
    make("div", { role: "group", "aria-labelledby": "question" }, list),
    make("div", { className: "dock" },
      make("ol", { className: "slots", "aria-label": "Places, from best to worst" }, ...slots),
      make("div", { className: "row" },
        make("button", { id: "back", textContent: "Back", disabled: state.at === 0, onclick: () => go(state.at - 1) }),
        make("button", { id: "next", className: "main", textContent: "Next", onclick: next }),
        make("span", { className: "keys" }, make("kbd", { textContent: `${letters[0]}` }), " to ", make("kbd", { textContent: letters[count - 1] }),
          " next place · ", make("kbd", { textContent: "1" }), " to ", make("kbd", { textContent: `${count}` }), " place of the focused picture · ",
          make("kbd", { textContent: "⌫" }), " undo · ", make("kbd", { textContent: "Enter" }), " next"))),
  ];
  queueMicrotask(paint);
  return parts.filter((part) => part !== null);
}

// The ranks as they are now.
function paint() {
  const { ranks } = answer();
  for (const card of document.querySelectorAll(".card")) {
    const place = Number(card.dataset.place);
    const at = ranks.indexOf(place);
    card.classList.toggle("ranked", at >= 0);
    card.querySelector(".rank").textContent = at < 0 ? "no place yet" : `number ${at + 1}${word(at) ? `, ${word(at)}` : ""}`;
    const button = card.querySelector(".choose");
    button.setAttribute("aria-pressed", String(at >= 0));
    button.setAttribute("aria-label", `Picture ${letters[place]}, ${at < 0 ? "no place yet" : `number ${at + 1} of ${count}`}`);
  }
  for (const slot of document.querySelectorAll(".slot")) {
    const to = Number(slot.dataset.to);
    const place = ranks[to];
    slot.classList.toggle("filled", place !== null);
    slot.replaceChildren(make("b", { textContent: place === null ? String(to + 1) : letters[place] }),
      make("small", { textContent: place === null ? word(to) || "\u00a0" : `${to + 1}${word(to) ? ` ${word(to)}` : ""}` }));
    slot.setAttribute("aria-label", place === null ? `Place ${to + 1}${word(to) ? `, ${word(to)}` : ""}, empty`
      : `Place ${to + 1}: picture ${letters[place]}; press to free it`);
  }
  byId("next").disabled = ranks.includes(null);
}

function enlarge(place) {
  byId("large-name").textContent = `Picture ${letters[place]}`;
  byId("large-picture").src = screens[state.at].pictures[place].uri;
  byId("large-picture").alt = `Picture ${letters[place]}, enlarged`;
  byId("large").showModal();
}
byId("large-close").onclick = () => byId("large").close();

// MARK: Dragging

const dragging = {
  moved: false,
  begin(event, place, element) {
    if (event.button !== 0 || event.target.closest(".enlarge")) return;
    this.moved = false;
    const [x, y] = [event.clientX, event.clientY];
    const slotAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".slot");
    const mark = (slot) => document.querySelectorAll(".slot").forEach((other) => other.classList.toggle("over", other === slot));
    const move = (event) => {
      if (!this.moved && Math.hypot(event.clientX - x, event.clientY - y) < 8) return;
      this.moved = true;
      element.classList.add("dragged");
      mark(slotAt(event));
    };
    const finish = (event) => {
      for (const [name, body] of [["pointermove", move], ["pointerup", finish], ["pointercancel", finish]]) removeEventListener(name, body);
      element.classList.remove("dragged");
      mark(null);
      const slot = this.moved && event.type === "pointerup" ? slotAt(event) : null;
      if (slot) rank(place, Number(slot.dataset.to));
      // The click that follows a drag chooses nothing.
      setTimeout(() => { this.moved = false; });
    };
    for (const [name, body] of [["pointermove", move], ["pointerup", finish], ["pointercancel", finish]]) addEventListener(name, body);
  },
};

// MARK: Keys

document.addEventListener("keydown", (event) => {
  if (state.participant === null || state.at >= screens.length || byId("large").open) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const place = letters.indexOf(event.key.toUpperCase());
  const focused = document.activeElement?.closest?.(".card");
  if (place >= 0) rank(place, answer().ranks.includes(place) ? answer().ranks.indexOf(place) : undefined);
  else if (/^[1-9]$/.test(event.key) && Number(event.key) <= count && focused) rank(Number(focused.dataset.place), Number(event.key) - 1);
  else if (event.key === "Backspace") { free(answer().ranks.findLastIndex((place) => place !== null)); event.preventDefault(); }
  // On a button, Enter presses that button.
  else if (event.key === "Enter" && !document.activeElement?.closest?.("button")) next();
});

show();
