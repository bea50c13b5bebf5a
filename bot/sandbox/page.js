// The page put together: which platform, one stream of what happens, and what the trader does.

import { Chat } from "./chat.js";
import { Journal } from "./journal.js";

const PAUSE = 3000;
// A browser opens six connections to one address, and each page in sight needs one for what happens.
const OUT_OF_SIGHT = 20000;
const STORED = "vigil-platform";
const LABELS = { telegram: "Telegram", discord: "Discord", whatsapp: "WhatsApp", email: "E-mail" };

const find = (id) => document.getElementById(id);
const chat = new Chat(send, say);
const journal = new Journal();
let platform = "telegram";
let stream = null;
let leaving = null;

function follow(name) {
  platform = name;
  document.body.dataset.platform = name;
  document.title = `Vigil sandbox · ${LABELS[name]}`;
  chat.clear(name);
  journal.clear();
  listen();
}

function listen() {
  stream?.close();
  const opened = new EventSource(`/sandbox/${platform}/events`);
  stream = opened;
  stream.addEventListener("chat", (event) => chat.begin(JSON.parse(event.data)));
  stream.addEventListener("entries", (event) => chat.show(JSON.parse(event.data)));
  stream.addEventListener("database", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    journal.away("No connection to the bot. This goes on by itself once it runs.");
    // A browser tries again by itself, but not after a refusal.
    if (opened.readyState === EventSource.CLOSED) setTimeout(() => opened === stream && listen(), PAUSE);
  });
}

function show(state) {
  journal.show(state);
  if (state === null) return;
  find("who").textContent = state.trader ?? "not linked";
  for (const id of ["get-code", "first-step"]) find(id).hidden = state.trader !== null;
  for (const chip of document.querySelectorAll(".chip.linked")) chip.hidden = state.trader === null;
}

// What went wrong in the words of the page; "" when it went well.
async function send(name, path, body, type = "application/json") {
  const data = type === "application/json" ? JSON.stringify(body) : body;
  let answer;
  try {
    answer = await fetch(`/sandbox/${name}/${path}`, { method: "POST", body: data, headers: { "Content-Type": type } });
  } catch {
    return say("The bot is not running. Start it with: make run");
  }
  if (answer.ok) return say("");
  const reasons = {
    404: "This message is no longer there. Reload the page.",
    413: `That is too long or too large for ${LABELS[name]}.`,
    503: "The journal cannot be reached, nothing was stored. Send it again in a moment.",
  };
  return say(reasons[answer.status] ?? `It was not taken (${answer.status}).`);
}

function say(words) {
  find("notice").textContent = words;
  return words;
}

async function getCode() {
  const answer = await fetch(`/sandbox/${platform}/link-code`, { method: "POST" }).catch(() => null);
  if (!answer?.ok) {
    say(answer?.status === 404
      ? `There is no demo trader in this database. Make a code with: vigil link-code EMAIL ${platform}`
      : "No code could be made. Is the bot running?");
    return;
  }
  const { code } = await answer.json();
  say("");
  chat.fill(`/link ${code}`);
}

for (const radio of document.querySelectorAll("input[name=platform]")) {
  radio.addEventListener("change", () => {
    localStorage.setItem(STORED, radio.value);
    follow(radio.value);
  });
}
for (const radio of document.querySelectorAll("input[name=view]")) {
  radio.addEventListener("change", () => { document.body.dataset.view = radio.value; });
}
find("get-code").addEventListener("click", getCode);
document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden) leaving = setTimeout(() => stream.close(), OUT_OF_SIGHT);
  else if (stream.readyState === EventSource.CLOSED) listen();
});

const stored = localStorage.getItem(STORED);
const first = stored in LABELS ? stored : "telegram";
document.querySelector(`input[name=platform][value=${first}]`).checked = true;
follow(first);
