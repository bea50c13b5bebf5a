// What the database holds now: the state diagram, the draft, trades, verdicts, messages, jobs.

import { element, time } from "./chat.js";

const find = (id) => document.getElementById(id);
const MARKS = { followed: "✓", violated: "✗", unclear: "?" };

export class Journal {
  constructor() {
    this.clear();
  }

  clear() {
    this.state = null;
    this.shown = {};
    for (const lit of document.querySelectorAll(".last, .current")) lit.classList.remove("last", "current");
    for (const id of ["who", "state-now", "state-chip"]) find(id).textContent = "…";
  }

  // Why nothing new is told here; "" when it is.
  away(words) {
    find("away").textContent = words;
    find("away").hidden = words === "";
  }

  show(state) {
    this.away(state === null ? "The journal cannot be reached at the moment. This goes on by itself." : "");
    if (state === null) return;
    this.#moveTo(state.state);
    this.#fill("drafts", [state.drafts, state.charts, state.shelved, state.valid], () => drafts(state));
    this.#fill("trades", state.trades, () => trades(state.trades));
    this.#fill("verdicts", [state.judged, state.verdicts], () => verdicts(state));
    this.#fill("messages", [state.messages, state.waiting, state.unsent], () => messages(state));
    this.#fill("jobs", state.jobs, () => jobs(state.jobs));
  }

  // Only what changed is drawn anew, so that focus, selection and scrolling stay where they are.
  #fill(id, data, draw) {
    const text = JSON.stringify(data);
    if (this.shown[id] === text) return;
    this.shown[id] = text;
    find(id).replaceChildren(...draw());
  }

  #moveTo(state) {
    if (state === this.state) return;
    for (const node of document.querySelectorAll("g.state")) {
      node.classList.toggle("current", node.dataset.state === state);
    }
    for (const move of document.querySelectorAll(".move")) {
      move.classList.toggle("last", move.dataset.from === this.state && move.dataset.to === state);
    }
    this.state = state;
    find("state-now").textContent = state;
    find("state-chip").textContent = state;
    document.body.dataset.state = state;
  }
}

function nothing(words) {
  return [element("p", "nothing", words)];
}

function drafts({ drafts: waiting, charts, shelved, valid }) {
  if (!valid) return nothing("What waits is not valid, so the bot starts anew.");
  const made = waiting.flatMap((draft) => {
    const list = element("dl", "facts");
    for (const [name, value] of draft.fields) list.append(element("dt", "", name), element("dd", "", shortened(value)));
    const what = draft.of ? `${draft.kind} of ${draft.of}` : draft.kind;
    const title = element("p", "subtle", `${what}, revision ${draft.revision}`);
    const copies = draft.copies.length ? [element("p", "subtle", `also on @${draft.copies.join(", @")}`)] : [];
    const pictures = draft.pictures ? [element("p", "subtle", draft.pictures === 1 ? "with a picture" : `with ${draft.pictures} pictures`)] : [];
    const missing = draft.missing.length ? [element("p", "missing", `missing: ${draft.missing.join(", ")}`)] : [];
    return [title, list, ...copies, ...pictures, ...missing];
  });
  if (charts.length) made.push(element("p", "subtle", `A chart of ${charts.join(", ")} was asked for.`));
  if (shelved) made.push(element("p", "subtle", `${shelved} put away under /drafts`));
  return made.length ? made : nothing("Nothing waits for a yes.");
}

function verdicts({ judged, verdicts: given }) {
  if (!judged) return nothing("No trade was judged yet.");
  const list = element("ul", "verdicts");
  for (const verdict of given) {
    const mark = element("span", `mark ${verdict.verdict}`, MARKS[verdict.verdict] ?? "?");
    mark.setAttribute("aria-hidden", "true");
    const said = verdict.is_overridden ? `${verdict.verdict}, overridden` : verdict.verdict;
    const rule = element("p", "rule", verdict.rule_text ?? "", " ", element("span", "subtle", said));
    list.append(element("li", "", mark, element("div", "", rule, element("p", "subtle", verdict.evidence ?? ""))));
  }
  return [element("p", "subtle", `${judged.symbol ?? "?"} ${money(judged.pnl)}`), list];
}

function trades(rows) {
  if (!rows.length) return nothing("No trade is recorded.");
  const cells = rows.map((trade) => [
    time(trade.created_at),
    `${trade.symbol ?? "?"} ${trade.direction ?? ""}`,
    number(trade.position_size),
    `${number(trade.entry_price)} → ${trade.is_open ? "open" : number(trade.exit_price)}`,
    element("span", sign(trade.pnl), money(trade.pnl)),
    trade.has_picture ? "yes" : "–",
    trade.compliance_score === null ? trade.audit_status ?? "–" : `score ${number(trade.compliance_score)}`,
  ]);
  return [table(["Time", "Trade", "Size", "Prices", "P&L", "Chart", "Audit"], cells)];
}

function messages({ messages: rows, waiting, unsent }) {
  const counts = [];
  if (waiting !== 0) counts.push(`${waiting} waiting to be handled`);
  if (unsent !== 0) counts.push(`${unsent} waiting to be sent`);
  const made = counts.length ? [element("p", "subtle", counts.join(", "))] : [];
  if (!rows.length) return [...made, ...nothing("No message is logged: strangers' words are not kept.")];
  const cells = rows.map((row) => [
    time(row.created_at),
    row.direction === "inbound" ? "in" : "out",
    `${row.platform}, ${row.content_type}`,
    shortened(row.content_preview || "–", 90),
  ]);
  return [...made, table(["Time", "Way", "Kind", "Preview"], cells)];
}

function jobs(rows) {
  if (!rows.length) return nothing("Nothing is under way.");
  return [table(["Job", "Status", "Due or ended"], rows.map((row) => [row.name, row.status, time(row.at)]))];
}

// With roles said: on a phone the styles lay it out as no table, and then not every browser takes it for one.
function table(heads, rows) {
  const head = part("tr", "row", ...heads.map((name) => part("th", "columnheader", name)));
  const body = rows.map((cells) => part("tr", "row", ...cells.map((cell, place) => {
    const made = part("td", "cell", cell);
    made.dataset.head = heads[place];
    return made;
  })));
  const groups = [part("thead", "rowgroup", head), part("tbody", "rowgroup", ...body)];
  return element("div", "scroll", part("table", "table", ...groups));
}

function part(name, role, ...content) {
  const made = element(name, "", ...content);
  made.role = role;
  return made;
}

function number(value) {
  return value === null ? "–" : Number(value).toLocaleString("en", { maximumFractionDigits: 8 });
}

function money(value) {
  if (value === null || value === undefined) return "–";
  return Number(value).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" });
}

function sign(value) {
  return value === null ? "" : Number(value) < 0 ? "loss" : "gain";
}

function shortened(words, most = 60) {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}
