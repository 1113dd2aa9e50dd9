// What the page shows lies in #data; the names there are a user's, so that all of them are set as text.
const data = JSON.parse(document.getElementById("data").textContent);
const graph = JSON.parse(document.getElementById("graph").textContent);

const shown = (number) =>
  number === null || number === undefined ? "" : typeof number !== "number" ? String(number)
    : Number.isInteger(number) ? String(number) : String(+number.toPrecision(4));
const seconds = (value) => value === undefined ? "" : value < 0.01 ? `${(value * 1000).toFixed(1)} ms`
  : value < 1 ? `${Math.round(value * 1000)} ms` : value < 100 ? `${value.toFixed(1)} s` : `${Math.round(value / 6) / 10} min`;
const bytes = (value) => value === undefined ? "" : value < 1e6 ? `${Math.round(value / 1e3)} kB` : value < 1e9
  ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`;

// MARK: What is chosen

const state = { tab: "gallery", chosen: {}, status: "", search: "", rows: "", columns: "", output: data.outputs[0] ?? "",
                label: "", size: 180, sort: "row", down: false, measure: "", axis: "", split: "" };
// Names that go in step, as a number and the files it stands for, tell rows apart once: by the shortest values.
function isInStep(one, other) {
  const [there, back] = [new Map(), new Map()];
  return data.rows.every((row) => {
    const [a, b] = [row.values[one.name] ?? "", row.values[other.name] ?? ""];
    if (!there.has(a)) there.set(a, b);
    if (!back.has(b)) back.set(b, a);
    return there.get(a) === b && back.get(b) === a;
  });
}
const chosen = [];
const length = (name) => name.values.reduce((sum, value) => sum + value.length, 0);
for (const name of data.names.filter((name) => name.values.length > 1).sort((a, b) => length(a) - length(b))) {
  if (!chosen.some((other) => isInStep(other, name))) chosen.push(name);
}
const telling = data.names.filter((name) => chosen.includes(name));
const names = telling.map((name) => name.name);
if (names.length > 1 && telling[0].values.length <= 24 && telling[1].values.length <= 24) {
  [state.rows, state.columns] = names;
} else if (names.length === 1 && telling[0].values.length <= 12) {
  state.columns = names[0];
}
const varies = (name) => new Set(data.rows.map((row) => row.measures[name]).filter((value) => typeof value === "number")).size > 1;
state.measure = data.measures.find(varies) ?? data.measures[0] ?? "seconds";
state.axis = names[0] ?? "";

function filtered() {
  const search = state.search.toLowerCase();
  return data.rows.filter((row) =>
    names.every((name) => !state.chosen[name] || state.chosen[name].has(row.values[name] ?? ""))
    && (!state.status || row.status === state.status)
    && (!search || row.name.toLowerCase().includes(search)));
}

// MARK: The frame

const tabs = [["gallery", "Gallery"], ["table", "Table"], ["plots", "Plots"], ["stages", "Stages"], ["graph", "Graph"], ["about", "About"]];

function frame() {
  document.title = data.title;
  byId("title").textContent = data.title;
  const { rows, done, failed, left } = data.counts;
  const parts = [`${done} of ${rows} ${rows === 1 ? "result" : "results"}`];
  if (failed) parts.push(`${failed} failed`);
  if (left) parts.push(`${left} not made yet`);
  byId("summary").textContent = parts.join(" · ") + (data.pipeline ? ` · ${data.pipeline}` : "");
  const list = byId("tabs");
  for (const [index, [id, title]] of tabs.entries()) {
    list.append(make("button", { role: "tab", id: `tab-${id}`, textContent: title, title: `key ${index + 1}`,
                                 onclick: () => { state.tab = id; show(); } }));
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const index = tabs.findIndex(([id]) => id === state.tab);
    state.tab = tabs[(index + step + tabs.length) % tabs.length][0];
    show();
    byId(`tab-${state.tab}`).focus();
    event.stopPropagation();
  });
  filters();
}

function filters() {
  const place = byId("filters");
  for (const { name, values } of telling) {
    const summary = make("summary", { textContent: name });
    const box = make("div");
    const details = make("details", { className: "filter" }, summary, box);
    const update = () => {
      const inputs = [...box.querySelectorAll("input[type=checkbox]")];
      const on = inputs.filter((input) => input.checked).map((input) => input.value);
      state.chosen[name] = on.length === 0 || on.length === inputs.length ? null : new Set(on);
      details.classList.toggle("active", !!state.chosen[name]);
      summary.textContent = state.chosen[name] ? `${name}: ${on.join(", ")}` : name;
      show();
    };
    for (const value of values) {
      box.append(make("label", {}, make("input", { type: "checkbox", value, onchange: update }), value || "(none)"));
    }
    details.addEventListener("keydown", (event) => { if (event.key === "Escape") { details.open = false; summary.focus(); } });
    place.append(details);
  }
  if (data.counts.failed) {
    place.append(choice("", [["", "all"], ["done", "done"], ["failed", "failed"]], state.status, (value) => { state.status = value; show(); }, "Status"));
  }
  if (data.rows.length > 1) {
    place.append(make("input", { type: "search", placeholder: "name…", "aria-label": "Search names",
                                 oninput: (event) => { state.search = event.target.value; show(); } }));
  }
  document.addEventListener("click", (event) => {
    for (const open of place.querySelectorAll("details[open]")) if (!open.contains(event.target)) open.open = false;
  });
}

function choice(title, options, value, change, label) {
  const select = make("select", { onchange: (event) => change(event.target.value), "aria-label": label ?? title });
  for (const option of options) {
    const [key, text] = Array.isArray(option) ? option : [option, option];
    select.append(make("option", { value: key, textContent: text, selected: key === value }));
  }
  return title ? make("label", {}, title, select) : select;
}

// What is shown stands in the address, so that a link leads to it: #view=plots, #open=NAME&compare=1.
function remember() {
  const parts = new URLSearchParams();
  if (state.tab !== "gallery") parts.set("view", state.tab);
  if (viewer.open) {
    parts.set("open", opened.row.name);
    if (opened.compares) parts.set("compare", "1");
    if (opened.pinned.length) parts.set("beside", opened.pinned.map((row) => row.name).join("\n"));
  }
  history.replaceState(null, "", parts.size ? `#${parts}` : location.pathname);
}

function recall() {
  if (viewer.open) viewer.close();
  const parts = new URLSearchParams(location.hash.slice(1));
  const named = (name) => data.rows.find((row) => row.name === name);
  if (tabs.some(([id]) => id === parts.get("view"))) state.tab = parts.get("view");
  show();
  const row = named(parts.get("open"));
  if (!row) return;
  view(row, filtered());
  opened.compares = parts.has("compare");
  opened.pinned = (parts.get("beside") ?? "").split("\n").map(named).filter(Boolean).slice(0, 3);
  render();
}

// What tells a control from others when it is made anew.
const control = (element) => element.dataset.key ?? (element.tagName === "SELECT" ? element.getAttribute("aria-label") : null);

function show() {
  for (const [id] of tabs) {
    const tab = byId(`tab-${id}`);
    tab.setAttribute("aria-selected", id === state.tab);
    tab.tabIndex = id === state.tab ? 0 : -1;
    // On a phone not all of them fit.
    if (id === state.tab) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  remember();
  const rows = filtered();
  const main = byId("view");
  const held = main.contains(document.activeElement) ? control(document.activeElement) : null;
  main.replaceChildren(...{ gallery, table, plots, stages, graph: pipeline, about }[state.tab](rows));
  if (!rows.length && !["graph", "about"].includes(state.tab)) {
    main.append(make("p", { className: "empty", textContent: "No result fits the filters." }));
  }
  // Who goes by keyboard stays where they are.
  if (held) [...main.querySelectorAll("button, select")].find((element) => control(element) === held)?.focus({ preventScroll: true });
}

// MARK: Gallery

// Two thousand pictures are too many to decode at once: each gets its source when it comes near.
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    target.src = data.pictures[target.dataset.picture];
    watcher.unobserve(target);
  }
}, { rootMargin: "600px" });

function gallery(rows) {
  const options = [["", "—"], ...names.map((name) => [name, name])];
  const labels = [["", "name"], ...names, ...data.measures, ["seconds", "seconds"]];
  const controls = make("div", { className: "controls" },
    names.length ? choice("Rows", options, state.rows, (value) => { state.rows = value; show(); }) : null,
    names.length ? choice("Columns", options, state.columns, (value) => { state.columns = value; show(); }) : null,
    data.outputs.length > 1 ? choice("Show", data.outputs, state.output, (value) => { state.output = value; show(); }) : null,
    choice("Label", labels, state.label, (value) => { state.label = value; show(); }),
    make("label", {}, "Size", make("input", { type: "range", min: 80, max: 420, value: state.size, oninput: (event) => {
      state.size = +event.target.value;
      for (const element of document.querySelectorAll(".gallery")) element.style.setProperty("--size", `${state.size}px`);
    } })),
    make("span", { textContent: `${rows.length} shown` }));
  const across = state.columns, down = state.rows === across ? "" : state.rows;
  const grid = make("div", { className: "gallery" });
  grid.style.setProperty("--size", `${state.size}px`);
  if (!across && !down) {
    grid.classList.add("flow");
    grid.append(...rows.map((row) => tile(row, rows)));
    return [controls, grid];
  }
  const present = (name) => {
    if (!name) return [""];
    const seen = new Set(rows.map((row) => row.values[name] ?? ""));
    return data.names.find((entry) => entry.name === name).values.filter((value) => seen.has(value));
  };
  const [columns, lines] = [present(across), present(down)];
  const cells = new Map();
  for (const row of rows) {
    const key = JSON.stringify([down ? row.values[down] ?? "" : "", across ? row.values[across] ?? "" : ""]);
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(row);
  }
  // Pictures that share a place stand in a block: as many side by side as all columns have room for, and not one long line.
  const most = Math.max(...[...cells.values()].map((here) => here.length));
  const room = Math.floor((byId("view").clientWidth - 100) / Math.max(1, columns.length) / (state.size + 16));
  grid.style.setProperty("--beside", Math.max(1, Math.min(most, Math.max(room, Math.min(3, Math.ceil(Math.sqrt(most)))))));
  grid.style.gridTemplateColumns = `${down ? "max-content " : ""}repeat(${columns.length}, max-content)`;
  const label = (name, value) => make("div", { className: "label" }, name, make("b", { textContent: value || "(none)" }));
  if (across) grid.append(...(down ? [make("div", { className: "corner" })] : []), ...columns.map((value) => label(across, value)));
  for (const line of lines) {
    if (down) grid.append(label(down, line));
    for (const column of columns) {
      const here = cells.get(JSON.stringify([line, column])) ?? [];
      grid.append(make("div", { className: "group" }, ...here.map((row) => tile(row, rows))));
    }
  }
  return [controls, make("div", { className: "scroll" }, grid)];
}

const pictureOf = (row) => row.outputs.find((output) => output.name === state.output);

function caption(row) {
  if (state.label) {
    const value = state.label === "seconds" ? seconds(row.seconds)
      : names.includes(state.label) ? row.values[state.label] : shown(row.measures[state.label]);
    return `${state.label} ${value ?? ""}`;
  }
  const rest = names.filter((name) => name !== state.rows && name !== state.columns).map((name) => `${name} ${row.values[name] ?? ""}`);
  return rest.length && rest.length < names.length ? rest.join(", ") : row.name;
}

function tile(row, rows) {
  const output = pictureOf(row);
  const button = make("button", { className: "tile", "aria-label": row.name, title: row.name, onclick: () => view(row, rows) });
  if (output) {
    const picture = make("img", { alt: "", width: output.width, height: output.height, dataset: { picture: output.thumbnail } });
    watcher.observe(picture);
    button.append(picture);
  } else {
    button.append(make("span", { className: "none", textContent: row.error ?? `no ${state.output || "picture"}` }));
  }
  button.append(make("span", { className: "caption", textContent: caption(row) }));
  return button;
}

// MARK: Table

function table(rows) {
  const columns = [
    { id: "row", title: "#", value: (row) => row.row + 1, number: true },
    { id: "name", title: "name", value: (row) => row.name },
    ...names.map((name) => ({ id: `value ${name}`, title: name, value: (row) => row.values[name] ?? "" })),
    ...data.measures.map((name) => ({ id: `measure ${name}`, title: name, value: (row) => row.measures[name], text: (row) => shown(row.measures[name]), number: true })),
    { id: "status", title: "status", value: (row) => row.status, css: (row) => row.status },
    { id: "seconds", title: "time", value: (row) => row.seconds, text: (row) => seconds(row.seconds), number: true },
  ];
  if (data.rows.some((row) => row.error)) columns.push({ id: "error", title: "error", value: (row) => row.error ?? "", css: () => "failed" });
  const by = columns.find((column) => column.id === state.sort) ?? columns[0];
  const rank = (value) => value === "" || value === null || value === undefined ? null : Number.isNaN(+value) ? value : +value;
  const compare = (first, second) => {
    const [a, b] = [rank(by.value(first)), rank(by.value(second))];
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
    return state.down ? -order : order;
  };
  const sorted = [...rows].sort((a, b) => compare(a, b) || a.row - b.row);
  const head = make("tr", {}, ...columns.map((column) => {
    const isBy = column.id === by.id;
    return make("th", { className: column.number ? "number" : "", "aria-sort": isBy ? (state.down ? "descending" : "ascending") : "none" },
      make("button", { dataset: { key: column.id }, textContent: column.title + (isBy ? (state.down ? " ↓" : " ↑") : ""), onclick: () => {
        state.down = isBy ? !state.down : false;
        state.sort = column.id;
        show();
      } }));
  }));
  const body = make("tbody", {}, ...sorted.map((row) => make("tr", { tabIndex: 0, onclick: () => view(row, sorted),
    onkeydown: (event) => { if (event.key === "Enter") view(row, sorted); } },
    ...columns.map((column) => make("td", { className: [column.number ? "number" : "", column.css?.(row) ?? ""].join(" ").trim(),
                                            textContent: column.text ? column.text(row) : column.value(row) ?? "" })))));
  return [make("div", { className: "scroll" }, make("table", {}, make("thead", {}, head), body))];
}

// MARK: Plots

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values) => values.length < 2 ? 0
  : Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
const inks = ["#2f6fde", "#d1651b", "#2a9461", "#a445b5", "#b58a00", "#c2344d", "#3a9fb5", "#777"];

function plots(rows) {
  const measures = [...data.measures, "seconds"];
  const valueOf = (row) => state.measure === "seconds" ? row.seconds : row.measures[state.measure];
  const controls = make("div", { className: "controls" },
    choice("Measure", measures, state.measure, (value) => { state.measure = value; show(); }),
    names.length ? choice("over", names, state.axis, (value) => { state.axis = value; show(); }) : null,
    names.length > 1 ? choice("a line for each", [["", "—"], ...names], state.split, (value) => { state.split = value; show(); }) : null);
  const measured = rows.filter((row) => typeof valueOf(row) === "number" && row.status === "done");
  if (!measured.length) return [controls, make("p", { className: "empty", textContent: "No result has a number for this." })];
  const axis = data.names.find((name) => name.name === state.axis)?.values ?? [""];
  const split = state.split === state.axis ? "" : state.split;
  const lines = split ? data.names.find((name) => name.name === split).values : [""];
  const groups = [];
  for (const [index, line] of lines.entries()) {
    const points = [];
    for (const [place, x] of axis.entries()) {
      const values = measured.filter((row) => (row.values[state.axis] ?? "") === x && (!split || (row.values[split] ?? "") === line)).map(valueOf);
      if (values.length) points.push({ place, x, values, mean: mean(values), spread: deviation(values) });
    }
    if (points.length) groups.push({ line, ink: inks[index % inks.length], points });
  }
  return [controls, make("figure", {}, plot(groups, axis, split)), summary(groups, split)];
}

function plot(groups, axis, split) {
  // As wide as there is room for, so that letters stay legible on a phone.
  const width = Math.max(320, Math.min(860, byId("view").clientWidth - 24));
  const [height, left, right, top, bottom] = [width < 600 ? 320 : 400, 70, 20, 24 + (split ? 22 : 0), 56];
  const numbers = axis.every((value) => value !== "" && !Number.isNaN(+value)) ? axis.map(Number) : axis.map((_, index) => index);
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  const all = groups.flatMap((group) => group.points.flatMap((point) => [...point.values, point.mean - point.spread, point.mean + point.spread]));
  let [low, high] = [Math.min(...all), Math.max(...all)];
  if (low === high) { const room = Math.abs(low) || 1; low -= room / 2; high += room / 2; }
  const pad = (high - low) * 0.06;
  low -= pad; high += pad;
  const x = (place) => left + (first === last ? 0.5 : 0.04 + 0.92 * (numbers[place] - first) / (last - first)) * (width - left - right);
  const y = (value) => top + (1 - (value - low) / (high - low)) * (height - top - bottom);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img", "aria-label": `${state.measure} over ${state.axis}` });
  const step = 10 ** Math.floor(Math.log10((high - low) / 4));
  const size = [1, 2, 5, 10].map((factor) => factor * step).find((size) => (high - low) / size <= 6);
  for (let tick = Math.ceil(low / size) * size; tick <= high; tick += size) {
    svg.append(draw("line", { class: "axis", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
      draw("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, shown(+tick.toPrecision(6))));
  }
  const every = Math.ceil(axis.length / Math.max(3, Math.floor((width - left - right) / 64)));
  for (const [place, value] of axis.entries()) {
    if (place % every) continue;
    svg.append(draw("text", { x: x(place), y: height - bottom + 20, "text-anchor": "middle" }, value.length > 14 ? value.slice(0, 13) + "…" : value));
  }
  svg.append(draw("text", { x: (left + width - right) / 2, y: height - 12, "text-anchor": "middle" }, state.axis));
  for (const [index, group] of groups.entries()) {
    const shift = groups.length > 1 ? (index - (groups.length - 1) / 2) * Math.min(8, 60 / groups.length) : 0;
    svg.append(draw("polyline", { fill: "none", stroke: group.ink, "stroke-width": 2,
      points: group.points.map((point) => `${x(point.place) + shift},${y(point.mean)}`).join(" ") }));
    for (const point of group.points) {
      const px = x(point.place) + shift;
      for (const value of point.values) svg.append(draw("circle", { cx: px, cy: y(value), r: 2, fill: group.ink, opacity: 0.35 }));
      if (point.spread) svg.append(draw("path", { stroke: group.ink, fill: "none",
        d: `M${px - 5} ${y(point.mean - point.spread)}h10m-5 0V${y(point.mean + point.spread)}m-5 0h10` }));
      const dot = draw("circle", { cx: px, cy: y(point.mean), r: 4, fill: group.ink });
      dot.append(draw("title", {}, `${state.axis} ${point.x}: ${shown(point.mean)} ± ${shown(point.spread)}, ${point.values.length} results`));
      svg.append(dot);
    }
    if (split) svg.append(draw("text", { x: left + index * 110, y: 20, style: `fill:${group.ink}` }, `${split} ${group.line}`.slice(0, 16)));
  }
  return svg;
}

function summary(groups, split) {
  const head = [state.axis, ...(split ? [split] : []), "mean", "standard deviation", "results"];
  const body = groups.flatMap((group) => group.points.map((point) =>
    [point.x, ...(split ? [group.line] : []), shown(point.mean), point.values.length > 1 ? shown(point.spread) : "", point.values.length]));
  return make("div", { className: "scroll" }, make("table", { className: "plain" },
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { textContent: text })))),
    make("tbody", {}, ...body.map((cells) => make("tr", {}, ...cells.map((text) => make("td", { textContent: text })))))));
}

// MARK: Stages, graph, about

function stages(rows) {
  const found = new Map();
  for (const row of rows) {
    for (const [id, [time, peak, isCached, isShared]] of Object.entries(row.stages)) {
      const stage = found.get(id) ?? { times: [], cached: 0, shared: 0, peak: 0 };
      if (isCached) stage.cached += 1; else stage.times.push(time);
      if (isShared) stage.shared += 1;
      stage.peak = Math.max(stage.peak, peak ?? 0);
      found.set(id, stage);
    }
  }
  const list = [...found].map(([id, stage]) => ({ id, ...stage, mean: stage.times.length ? mean(stage.times) : 0 }))
    .sort((a, b) => b.mean - a.mean);
  if (!list.length) return [make("p", { className: "empty", textContent: "The times of stages were not recorded." })];
  const most = list[0].mean || 1;
  const bar = (value) => { const element = make("span", { className: "bar" }); element.style.width = `${160 * value / most}px`; return element; };
  return [
    make("p", { textContent: "Wall time of a stage when it ran. A stage that several results share ran once for all of them." }),
    make("div", { className: "scroll" }, make("table", { className: "plain" },
      make("thead", {}, make("tr", {}, ...["stage", "mean time", "", "longest", "ran in", "kept in", "shared by", "peak memory"].map((text) => make("th", { textContent: text })))),
      make("tbody", {}, ...list.map((stage) => make("tr", {},
        make("td", { textContent: stage.id }), make("td", { className: "number", textContent: stage.times.length ? seconds(stage.mean) : "" }),
        make("td", {}, bar(stage.mean)), make("td", { className: "number", textContent: stage.times.length ? seconds(Math.max(...stage.times)) : "" }),
        make("td", { className: "number", textContent: stage.times.length || "" }), make("td", { className: "number", textContent: stage.cached || "" }),
        make("td", { className: "number", textContent: stage.shared || "" }), make("td", { className: "number", textContent: stage.peak ? bytes(stage.peak) : "" }))))))];
}

function pipeline() {
  if (graph?.missing) return [make("p", { className: "empty", textContent: graph.missing })];
  if (!graph) return [make("p", { className: "empty", textContent: "No picture here carries the pipeline that made it." })];
  const drawing = new DOMParser().parseFromString(graph.svg, "image/svg+xml").documentElement;
  return [make("div", { className: "graph" }, document.importNode(drawing, true))];
}

function list(pairs) {
  return make("table", { className: "plain" }, make("tbody", {}, ...pairs.map(([name, value]) =>
    make("tr", {}, make("td", { textContent: name }), make("td", { textContent: value })))));
}

function command(text) {
  const copy = make("button", { textContent: "Copy", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      // Pages from files may not be allowed to.
      getSelection().selectAllChildren(code);
      copy.textContent = "Selected";
    }
  } });
  const code = make("pre", { textContent: text });
  return make("div", {}, code, copy);
}

function about() {
  const parts = [];
  const failed = data.rows.filter((row) => row.error);
  if (failed.length) parts.push(make("h2", { textContent: "What failed" }), list(failed.map((row) => [row.name, row.error])));
  const section = (title, values) => {
    const pairs = Object.entries(values);
    if (pairs.length) parts.push(make("h2", { textContent: title }), list(pairs));
  };
  if (data.command) parts.push(make("h2", { textContent: "Make it again" }), command(data.command));
  section("What all results have in common", data.fixed);
  if (data.names.length) parts.push(make("h2", { textContent: "What varies" }), list(data.names.map(({ name, values }) =>
    [name, values.length > 40 ? `${values.slice(0, 40).join(", ")} … ${values.length} values` : values.join(", ")])));
  section("What computed", data.versions);
  parts.push(make("h2", { textContent: "Keys" }), list([["1 to 6", "the views"], ["Enter", "opens a result"],
    ["← →", "the result before, and the next"], ["+ − 0", "nearer, farther, all of it; also the wheel, or two fingers"],
    ["b", "before and after"], ["p", "keep this result beside the next ones"], ["Escape", "closes the result"]]));
  return parts;
}

// MARK: The viewer

const viewer = byId("viewer");
let opened = null;  // { row, rows, pinned, zoom, x, y, cut }

function view(row, rows) {
  opened = { row, rows, pinned: [], zoom: 1, x: 0, y: 0, cut: 0.5, compares: false };
  viewer.showModal();
  render();
}

function step(by) {
  const index = opened.rows.indexOf(opened.row);
  opened.row = opened.rows[(index + by + opened.rows.length) % opened.rows.length];
  render();
}

// The picture before: of the size, or at least the shape, of what was made of it.
function before(row, output) {
  const fitting = row.inputs.filter((input) => Math.abs(input.width / input.height - output.width / output.height) < 0.005);
  return fitting.find((input) => input.name === "scene") ?? fitting[0];
}

const source = (picture) => picture.full !== undefined ? data.pictures[picture.full] : picture.file ?? data.pictures[picture.thumbnail];

function render() {
  const { row, pinned } = opened;
  byId("viewer-title").textContent = row.name;
  const panes = byId("panes");
  panes.replaceChildren(...[...pinned.filter((other) => other !== row), row].map(pane));
  const output = pictureOf(row);
  const canCompare = !!output && !!before(row, output);
  const button = (text, title, action, pressed) => make("button", { textContent: text, title, onclick: action, "aria-pressed": pressed ?? false });
  byId("viewer-bar").replaceChildren(
    button("← Previous", "key ←", () => step(-1)), button("Next →", "key →", () => step(1)),
    button("−", "Farther, key -", () => zoom(1 / 1.5)), button("Fit", "key 0", () => fit()), button("+", "Nearer, key +", () => zoom(1.5)),
    ...(canCompare ? [button(opened.compares ? "Hide before" : "Before / after", "key b", compare, opened.compares)] : []),
    button(pinned.includes(row) ? "Unpin" : "Pin", "Keep it beside the next ones, key p", pin, pinned.includes(row)));
  side(row);
  place();
  remember();
}

function compare() { opened.compares = !opened.compares; render(); }
function pin() {
  const { row, pinned } = opened;
  if (pinned.includes(row)) pinned.splice(pinned.indexOf(row), 1);
  else { pinned.push(row); if (pinned.length > 3) pinned.shift(); }
  render();
}

function pane(row) {
  const output = pictureOf(row);
  const element = make("div", { className: "pane" });
  if (!output) {
    element.append(make("p", { className: "empty failed", textContent: row.error ?? "There is no picture." }));
    return element;
  }
  const picture = make("div", { className: "picture" });
  picture.style.width = `${output.width}px`;
  picture.style.height = `${output.height}px`;
  const image = make("img", { alt: row.name, src: source(output), draggable: false });
  // A page that was sent without its folder still shows what it has.
  image.addEventListener("error", () => { image.src = data.pictures[output.thumbnail]; }, { once: true });
  picture.append(image);
  const old = opened.compares && before(row, output);
  if (old) picture.append(make("img", { className: "before", alt: "before", src: source(old), draggable: false }));
  element.append(picture);
  if (old) element.append(divider(element));
  element.append(make("span", { className: "title", textContent: opened.pinned.length ? row.name : "" }));
  element.dataset.width = output.width;
  element.dataset.height = output.height;
  gestures(element);
  return element;
}

// All panes show the same part of their pictures: the zoom is relative to what fits, and the place to the size.
function place() {
  for (const element of document.querySelectorAll(".pane")) {
    const [width, height] = [+element.dataset.width, +element.dataset.height];
    const { clientWidth, clientHeight } = element;
    if (!width || !clientWidth) continue;
    const scale = Math.min(clientWidth / width, clientHeight / height) * opened.zoom;
    const left = clientWidth / 2 - (0.5 + opened.x) * width * scale;
    const top = clientHeight / 2 - (0.5 + opened.y) * height * scale;
    const picture = element.querySelector(".picture");
    picture.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    element.classList.toggle("sharp", scale >= 3);
    const old = element.querySelector(".before");
    if (old) {
      old.style.clipPath = `inset(0 ${100 * (1 - opened.cut)}% 0 0)`;
      element.querySelector(".divider").style.left = `${left + opened.cut * width * scale}px`;
    }
  }
}

function limit() {
  opened.zoom = Math.min(64, Math.max(0.5, opened.zoom));
  const reach = opened.zoom > 1 ? 0.5 : 0;
  opened.x = Math.min(reach, Math.max(-reach, opened.x));
  opened.y = Math.min(reach, Math.max(-reach, opened.y));
}

// Zooms so that what lies at a place of a pane stays there; the middle without one.
function zoom(factor, element, clientX, clientY) {
  const old = opened.zoom;
  opened.zoom = Math.min(64, Math.max(0.5, old * factor));
  if (element) {
    const box = element.getBoundingClientRect();
    const [width, height] = [+element.dataset.width, +element.dataset.height];
    const fitting = Math.min(box.width / width, box.height / height);
    const shift = 1 / old - 1 / opened.zoom;
    opened.x += (clientX - box.left - box.width / 2) / (width * fitting) * shift;
    opened.y += (clientY - box.top - box.height / 2) / (height * fitting) * shift;
  }
  limit();
  place();
}
function fit() { [opened.zoom, opened.x, opened.y] = [1, 0, 0]; place(); }

function divider(element) {
  const handle = make("div", { className: "divider", role: "slider", tabIndex: 0, "aria-label": "before and after",
                               "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(100 * opened.cut) });
  const move = (cut) => {
    opened.cut = Math.min(1, Math.max(0, cut));
    handle.setAttribute("aria-valuenow", Math.round(100 * opened.cut));
    place();
  };
  handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); event.stopPropagation(); });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = element.querySelector(".picture").getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
    event.stopPropagation();
  });
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
    if (!by) return;
    move(opened.cut + by);
    event.stopPropagation();
    event.preventDefault();
  });
  return handle;
}

function gestures(element) {
  const pointers = new Map();
  element.addEventListener("pointerdown", (event) => {
    if (event.target.classList.contains("divider")) return;
    pointers.set(event.pointerId, event);
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const [width, height] = [+element.dataset.width, +element.dataset.height];
    const scale = Math.min(element.clientWidth / width, element.clientHeight / height) * opened.zoom;
    if (pointers.size === 1) {
      opened.x -= (event.clientX - last.clientX) / (width * scale);
      opened.y -= (event.clientY - last.clientY) / (height * scale);
      limit();
      place();
    } else {
      const other = [...pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
      const distance = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      zoom(distance(event) / distance(last), element, (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
    }
    pointers.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, (event) => pointers.delete(event.pointerId));
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.0015), element, event.clientX, event.clientY);
  }, { passive: false });
  element.addEventListener("dblclick", (event) => opened.zoom > 1.01 ? fit() : zoom(4, element, event.clientX, event.clientY));
}

function side(row) {
  const pairs = (entries) => make("dl", {}, ...entries.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]));
  const parts = [];
  if (row.error) parts.push(make("p", { className: "failed", textContent: row.error }));
  if (data.names.length) parts.push(pairs(data.names.map(({ name }) => [name, row.values[name] ?? ""])));
  if (data.measures.length) parts.push(make("h2", { textContent: "Measures" }), pairs(data.measures.map((name) => [name, shown(row.measures[name])])));
  if (row.inputs.length) {
    parts.push(make("h2", { textContent: "Made of" }), make("div", { className: "inputs" }, ...row.inputs.map((input) =>
      make("figure", {}, make("img", { src: data.pictures[input.thumbnail], alt: "" }), make("figcaption", { textContent: input.name })))));
  }
  const files = row.outputs.filter((output) => output.file);
  if (files.length) parts.push(make("h2", { textContent: "Files" }), ...files.map((output) => make("p", {}, make("a", { href: output.file, textContent: output.path }))));
  const times = Object.entries(row.stages).filter(([, [, , isCached]]) => !isCached).sort(([, [a]], [, [b]]) => b - a).slice(0, 6);
  if (row.seconds) parts.push(make("h2", { textContent: `Time: ${seconds(row.seconds)}` }), pairs(times.map(([id, [time]]) => [id, seconds(time)])));
  if (row.command) parts.push(make("h2", { textContent: "Make it again" }), command(row.command));
  byId("side").replaceChildren(...parts);
}

byId("close").addEventListener("click", () => viewer.close());
viewer.addEventListener("close", remember);
addEventListener("resize", () => { if (viewer.open) place(); });
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  if (viewer.open) {
    const action = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5),
                     0: fit, b: compare, p: pin }[event.key];
    if (action) { action(); event.preventDefault(); }
    return;
  }
  const tab = tabs[+event.key - 1];
  if (tab) { state.tab = tab[0]; show(); }
});

frame();
recall();
addEventListener("hashchange", recall);
