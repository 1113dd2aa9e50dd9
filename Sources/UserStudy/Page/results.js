// What the page shows lies in #data: what `study report --json` prints.
const data = JSON.parse(document.getElementById("data").textContent);

const decimal = (number, places = 2) => number.toFixed(places);
const percent = (share) => `${Math.round(100 * share)} %`;
const exactPercent = (share) => `${+(100 * share).toPrecision(4)} %`;
const probability = (p) => p < 1e-4 ? "< 0.0001" : p < 1e-3 ? decimal(p, 4) : decimal(p, 3);
const within = (pair, shown) => pair ? ` (${shown(pair[0])} to ${shown(pair[1])})` : "";
const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;
const limit = +(1 - data.rules.level).toPrecision(6);
const level = exactPercent(data.rules.level);

const cell = (text, properties = {}) => make("td", { textContent: text, ...properties });
const row = (heading, ...cells) => make("tr", {}, make("th", { scope: "row", textContent: heading }), ...cells);
function table(className, headings, rows) {
  const head = make("tr", {}, ...headings.map((text) => make("th", { scope: "col", textContent: text })));
  return make("div", { className: "scroll" },
    make("table", { className }, make("thead", {}, head), make("tbody", {}, ...rows)));
}
const chart = (title, ...parts) => make("div", { className: "chart" }, make("h3", { textContent: title }), ...parts);
// A square of methods by methods; nothing where a cell says nothing.
const square = (className, question, cellOf) => table(className, ["", ...question.methods.map((_, index) => String(index + 1))],
  question.methods.map(({ name }, one) => row(`${one + 1} ${name}`, ...question.methods.map((_, other) => cellOf(one, other) ?? cell("", { className: "none" })))));
const note = (text) => text ? make("p", { textContent: text }) : null;

// MARK: Plots

// Plots are drawn anew for each width, so that their letters keep their size.
const plots = [];
function plot(label, drawn) {
  const place = make("div");
  plots.push(() => {
    const width = place.clientWidth;
    const { height, parts } = drawn(width);
    const picture = draw("svg", { role: "img", "aria-label": label, viewBox: `0 0 ${width} ${height}`, height });
    picture.append(...parts);
    place.replaceChildren(picture);
  });
  return place;
}
const drawPlots = () => plots.forEach((redraw) => redraw());
addEventListener("resize", drawPlots);

// Each method's mean rank with its interval.
function meanRanks(question) {
  const best = question.methods.length;
  const label = question.methods.map(({ name, meanRank }) => `${name} ${decimal(meanRank)}`).join(", ");
  return plot(`Mean ranks: ${label}`, (width) => {
    const [left, right, step, top] = [8, width - 8, 42, 4];
    const x = (rank) => left + (right - left) * (rank - 1) / (best - 1);
    const bottom = top + step * best;
    const parts = [];
    for (let rank = 1; rank <= best; rank += 1) {
      parts.push(draw("line", { class: "grid", x1: x(rank), x2: x(rank), y1: top, y2: bottom }),
        draw("text", { class: "faint", x: x(rank), y: bottom + 16, "text-anchor": rank === 1 ? "start" : rank === best ? "end" : "middle" },
          rank === 1 ? "1 best" : String(rank)));
    }
    question.methods.forEach(({ name, meanRank, meanRankInterval: interval }, index) => {
      const y = top + step * index;
      // A ground below the words, for the lines behind them.
      const words = draw("text", { x: 0, y: y + 14, "paint-order": "stroke", stroke: "var(--card)", "stroke-width": 5 }, `${name}  ${decimal(meanRank)}`);
      if (interval) parts.push(draw("line", { class: "line", x1: x(interval[0]), x2: x(interval[1]), y1: y + 29, y2: y + 29 }));
      parts.push(draw("circle", { class: "dot", cx: x(meanRank), cy: y + 29, r: 5.5 }), words);
    });
    return { height: bottom + 22, parts };
  });
}

// How often each method had each rank.
function distribution(question) {
  const count = question.methods.length;
  const label = question.methods.map(({ name, first }) => `${name} first in ${percent(first)}`).join(", ");
  const opacity = (rank) => 1 - 0.88 * rank / (count - 1);
  return plot(`Ranks: ${label}`, (width) => {
    const [step, bar] = [42, 20];
    const parts = [];
    question.methods.forEach(({ name, ranks }, index) => {
      const y = step * index;
      parts.push(draw("text", { x: 0, y: y + 14 }, name));
      let x = 0;
      ranks.forEach((times, rank) => {
        const wide = width * times / question.answers;
        if (!wide) return;
        parts.push(draw("rect", { class: "share", x, y: y + 19, width: Math.max(0.5, wide - 1), height: bar, "fill-opacity": opacity(rank) }));
        if (wide > 34) {
          parts.push(draw("text", { class: `inside${opacity(rank) > 0.5 ? " on" : ""}`, x: x + wide / 2, y: y + 19 + bar / 2 }, percent(times / question.answers)));
        }
        x += wide;
      });
    });
    const y = step * count + 8;
    parts.push(draw("text", { class: "faint", x: 0, y: y + 11 }, "rank"));
    for (let rank = 0; rank < count; rank += 1) {
      const x = 34 + rank * Math.min(34, (width - 34) / count);
      parts.push(draw("rect", { class: "share", x, y, width: 12, height: 12, "fill-opacity": opacity(rank) }),
        draw("text", { class: "faint", x: x + 15, y: y + 11 }, String(rank + 1)));
    }
    return { height: y + 18, parts };
  });
}

// MARK: Tables

function numbers(question) {
  return table("numbers", ["", "mean rank", "ranked first", "mean rank in the test"], question.methods.map((method, index) => row(method.name,
    cell(decimal(method.meanRank) + within(method.meanRankInterval, decimal)), cell(percent(method.first) + within(method.firstInterval, percent)),
    cell(question.friedman ? decimal(question.friedman.meanRanks[index]) : "–"))));
}

function wins(question) {
  return square("wins", question, (one, other) => {
    if (one === other) return null;
    const times = question.wins[one][other];
    const share = times / question.answers;
    const title = `${question.methods[one].name} before ${question.methods[other].name}: ${times} of ${question.answers}`;
    const shown = cell(percent(share), { title });
    shown.style.background = `color-mix(in srgb, var(--accent) ${Math.round(55 * share)}%, var(--card))`;
    return shown;
  });
}

function pairs(question) {
  const places = new Map(question.methods.map(({ name }, index) => [name, index]));
  const found = new Map(question.pairs.map((pair) => [`${places.get(pair.first)} ${places.get(pair.second)}`, pair]));
  return square("tests", question, (one, other) => {
    const pair = found.get(`${Math.min(one, other)} ${Math.max(one, other)}`);
    if (!pair) return null;
    const details = pair.statistic === undefined ? "" : `, statistic ${pair.statistic}, p alone ${probability(pair.uncorrected)}`;
    const title = `${pair.first} and ${pair.second}: difference ${decimal(pair.difference)}${details}`;
    const tells = pair.p < limit;
    return cell(`${probability(pair.p)}${tells ? " *" : ""}`, { className: tells ? "tells" : "", title });
  });
}

// MARK: Sections

function tests(question) {
  const test = question.friedman;
  if (!test) {
    return question.people < 2 ? "No tests: they take two people." : "No tests: everybody finds all methods equal in the mean.";
  }
  return `Friedman's test of each person's mean ranks: χ²(${test.degreesOfFreedom}) = ${decimal(test.chiSquared)}, `
    + `p ${test.p < 1e-4 ? "" : "= "}${probability(test.p)}; Kendall's W = ${decimal(test.kendallW)}.`
    + (test.blocks < 10 ? ` With ${test.blocks} people the χ² distribution is a rough guide.` : "");
}

function pairNote(question) {
  const how = data.rules.postHoc === "nemenyi"
    ? `Nemenyi's test: differences of the mean ranks in Friedman's test, of which ${decimal(question.criticalDifference)} is critical.`
    : "Wilcoxon's signed-rank test of people's mean ranks, corrected for the number of pairs by Holm's method.";
  return `${how} * p < ${limit}.`
    + (question.friedman.p < limit ? "" : " Friedman's test does not tell methods apart; a pair that differs may do so by chance.");
}

function section(question, index) {
  return make("section", {},
    make("h2", { textContent: `${index + 1}. ${question.text}` }),
    make("p", { className: "hint", textContent: `${counted(question.people, "person", "people")}, ${counted(question.answers, "answer", "answers")}. ${tests(question)}` }),
    make("div", { className: "charts" },
      chart("Mean rank", meanRanks(question), note(question.methods[0].meanRankInterval
        ? `With ${level} intervals over people and groups.` : "No intervals: they take two people and two groups.")),
      chart("Share of each rank", distribution(question)),
      chart("Ranked before", wins(question), note("Share of answers in which a row's method stands before a column's.")),
      question.pairs.length ? chart("Which differ: p of each pair", pairs(question), note(pairNote(question))) : null,
      chart("Numbers", numbers(question), note(`In brackets ${level} intervals.`))));
}

function people() {
  const share = (value) => value === null ? "–" : percent(value);
  const out = data.participants.filter((person) => person.exclusions.length);
  const rows = data.participants.map((person) => row(person.name, cell(`${person.answers} of ${data.screens}`),
    cell(`${decimal(person.seconds, 1)} s`), cell(share(person.obviousWrong)), cell(share(person.repeatsDiffering)),
    cell(person.exclusions.length ? "left out" : "counts", { className: person.exclusions.length ? "out" : "" })));
  return make("section", {}, make("h2", { textContent: "People" }),
    make("p", { className: "hint", textContent: `Left out is who orders more than ${exactPercent(data.rules.attentionLimit)} of the pairs of obvious pictures wrongly, or more than ${exactPercent(data.rules.repeatLimit)} of pairs differently when a group is shown again.` }),
    out.length ? make("ul", {}, ...out.map((person) => make("li", { textContent: `${person.name} ${person.exclusions.join(", and ")}` }))) : null,
    table("people", ["", "screens", "median time", "obvious, wrong", "again, different", ""], rows));
}

function method() {
  return make("section", {}, make("h2", { textContent: "How it was computed" }),
    make("p", { className: "hint", textContent: `Each answer, one person's ranking of one group, counts once; of a group shown twice the first. Intervals hold ${level} of ${data.rules.draws} draws of people and of groups, each with replacement (seed ${data.rules.seed}). Tests take people as blocks, and of each the mean rank of each method.` }));
}

document.title = data.title;
byId("title").textContent = data.title;
const left = data.participants.filter((person) => !person.exclusions.length).length;
byId("summary").textContent = `${counted(data.participants.length, "person", "people")} answered, ${left} ${left === 1 ? "counts" : "count"} · `
  + `${counted(data.groups, "group", "groups")} of ${data.methods.length} methods · rank 1 is best`;
byId("view").replaceChildren(...data.questions.map(section), people(), method());
drawPlots();
