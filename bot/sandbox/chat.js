// The chat: entries as they come, the message box, files dropped, pasted or chosen. Every word is set as text.

const find = (id) => document.getElementById(id);
const NEAR_THE_END = 80;

export function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

export class Chat {
  constructor(send, say) {
    this.send = send;
    this.say = say;
    this.platform = "telegram";
    this.nodes = new Map();
    this.limit = 4096;
    this.edits = false;
    this.about = null;
    this.log = find("log");
    this.text = find("text");
    this.atEnd = true;
    this.#listen();
  }

  clear(platform) {
    this.platform = platform;
    this.nodes.clear();
    this.log.replaceChildren();
    this.atEnd = true;
    this.turnTo(null);
    this.say("");
    const enter = platform === "email" ? "Ctrl+Enter sends." : "Enter sends, Shift+Enter begins a line.";
    find("keys-how").textContent = enter;
  }

  // The whole chat, at the start and after every interruption: nothing of it is news to a screen reader.
  begin({ entries, whole, text_limit: limit, edits }) {
    this.limit = limit;
    this.edits = edits;
    const { atEnd } = this;
    const { scrollTop } = this.log;
    this.log.setAttribute("aria-busy", "true");
    this.nodes.clear();
    this.log.replaceChildren();
    if (whole && entries.length === 0) this.log.append(element("p", "empty", "No message is here yet: begin below."));
    this.atEnd = true;
    this.show(entries);
    this.atEnd = atEnd;
    if (!atEnd) this.log.scrollTop = scrollTop;
    if (this.about && !this.nodes.has(this.about.entry.id)) {
      this.turnTo(null);
      this.say("The bot was started again: choose once more what you answer or change.");
    }
    requestAnimationFrame(() => this.log.removeAttribute("aria-busy"));
  }

  show(entries) {
    if (entries.length) this.log.querySelector(".empty")?.remove();
    for (const entry of entries) {
      const node = this.#node(entry);
      const before = this.nodes.get(entry.id);
      this.nodes.set(entry.id, node);
      node.entry = entry;
      if (before) before.replaceWith(node);
      else this.log.append(node);
    }
    if (entries.some((entry) => entry.who === "trader")) this.atEnd = true;
    this.#follow();
  }

  // Whoever scrolled up to read stays there.
  #follow() {
    if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  fill(words) {
    this.text.value = words;
    this.#grow();
    this.text.focus();
  }

  // `about`: {entry, edit}; null for a new message.
  turnTo(about) {
    this.about = about;
    find("about").hidden = about === null;
    if (about === null) return;
    find("about-what").textContent = `${about.edit ? "Changing" : "Answering"}: ${firstLine(about.entry)}`;
    if (about.edit) this.fill(about.entry.text);
    this.text.focus();
  }

  #node(entry) {
    const mine = entry.who === "trader";
    const node = element("article", `entry ${entry.who}`);
    node.id = `entry-${entry.id}`;
    if (entry.pressed) node.classList.add("pressed");
    const head = element("div", "head", element("b", "name", mine ? "You" : "Vigil"), time(entry.at));
    if (!entry.pressed) head.append(this.#actions(entry, mine));
    const body = element("div", "body");
    if (entry.answers && !entry.pressed) body.append(this.#quoted(entry.answers));
    if (entry.title) body.append(element("p", "title", entry.title));
    if (entry.picture) body.append(this.#picture(entry));
    if (entry.text) body.append(element("p", "text", entry.text));
    if (entry.file) body.append(this.#file(entry));
    node.append(head, body);
    const notes = [entry.edited && "edited", entry.failed && "not sent"].filter(Boolean).join(", ");
    if (notes) node.append(element("p", entry.failed ? "note failed" : "note", notes));
    if (entry.buttons.length) (this.platform === "email" ? body : node).append(this.#buttons(entry));
    return node;
  }

  #quoted(id) {
    const other = this.nodes.get(id)?.entry;
    return element("p", "quoted", other ? firstLine(other) : "an earlier message");
  }

  #picture(entry) {
    if (!entry.kept) return element("p", "lost", "A picture, kept no longer.");
    const image = element("img");
    image.loading = "lazy";
    image.src = `/sandbox/${this.platform}/entries/${entry.id}/picture`;
    image.alt = entry.alt ?? (entry.who === "trader" ? "Screenshot you sent" : `Picture: ${firstLine(entry)}`);
    image.addEventListener("error", () => image.replaceWith(element("p", "lost", "This picture cannot be shown.")));
    image.addEventListener("load", () => this.#follow());
    const node = element("a", "picture", image);
    node.href = image.src;
    node.target = "_blank";
    node.rel = "noopener";
    return node;
  }

  #file(entry) {
    if (!entry.kept) return element("p", "lost", `File: ${entry.file} (kept no longer)`);
    const link = element("a", "file", `File: ${entry.file}`);
    link.href = `/sandbox/${this.platform}/entries/${entry.id}/file`;
    link.download = entry.file;
    return link;
  }

  #buttons(entry) {
    const all = element("div", "buttons");
    let place = 0;
    for (const row of entry.buttons) {
      const line = element("div", "row");
      for (const label of row) {
        const choice = place++;
        const button = element("button", "choice", label);
        button.type = "button";
        button.addEventListener("click", () => this.send(this.platform, "choices", { entry: entry.id, choice }));
        line.append(button);
      }
      all.append(line);
    }
    return all;
  }

  #actions(entry, mine) {
    const line = element("div", "actions");
    const offer = (label, edit) => {
      const button = element("button", "", label);
      button.ariaLabel = `${label}: ${firstLine(entry)}`;
      button.type = "button";
      button.addEventListener("click", () => this.turnTo({ entry, edit }));
      line.append(button);
    };
    offer("Reply", false);
    if (mine && this.edits && !entry.picture && !entry.file) offer("Edit", true);
    return line;
  }

  async #submit() {
    const text = this.text.value;
    const { about, platform } = this;
    if (!text.trim()) return;
    if (text.length > this.limit) {
      this.say(`${text.length} characters are too many: at most ${this.limit} here.`);
      return;
    }
    this.#empty();
    const failed = about?.edit
      ? await this.send(platform, "edits", { entry: about.entry.id, text })
      : await this.send(platform, "messages", { text, answers: about?.entry.id ?? null });
    if (failed) this.#giveBack(text, about, platform);
  }

  // One after the other; where one is not taken, it is said, and the words that were to go along are given back.
  async #sendFiles(files) {
    const caption = this.text.value;
    const { about, platform } = this;
    const asked = { caption, answers: about?.entry.id ?? "" };
    this.#empty();
    for (const file of [...files]) {
      const failed = await this.#sendFile(platform, file, asked);
      if (failed) {
        this.say(`${file.name}: ${failed}`);
        this.#giveBack(asked.caption, about, platform);
        return;
      }
      asked.caption = "";
    }
  }

  // A folder looks like a file until it is read.
  async #sendFile(platform, file, asked) {
    let data;
    try {
      data = await file.arrayBuffer();
    } catch {
      return "This cannot be read as a file.";
    }
    if (!data.byteLength) return "This file is empty.";
    const query = new URLSearchParams({ name: file.name.slice(-200), ...asked });
    return this.send(platform, `files?${query}`, data, file.type || "application/octet-stream");
  }

  #empty() {
    this.text.value = "";
    this.#grow();
    this.turnTo(null);
  }

  // What was not taken goes back into the box, unless something else was written meanwhile, or in another chat.
  #giveBack(text, about, platform) {
    if (this.text.value || this.platform !== platform) return;
    this.turnTo(about);
    this.fill(text);
  }

  #listen() {
    find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.log.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.log;
      this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
    });
    new ResizeObserver(() => this.#follow()).observe(this.log);
    this.text.addEventListener("input", () => {
      this.#grow();
      this.say("");
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.turnTo(null);
      if (event.key !== "Enter" || event.isComposing) return;
      if (this.platform === "email" ? event.ctrlKey || event.metaKey : !event.shiftKey) {
        event.preventDefault();
        this.#submit();
      }
    });
    for (const chip of document.querySelectorAll(".chip[data-text]")) {
      chip.addEventListener("click", () => this.fill(chip.dataset.text));
    }
    find("about-drop").addEventListener("click", () => this.turnTo(null));
    const file = find("file");
    file.addEventListener("change", () => {
      this.#sendFiles(file.files);
      file.value = "";
    });
    this.text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.#sendFiles(event.clipboardData.files);
    });
    this.#listenToDrops(find("chat"));
  }

  #listenToDrops(area) {
    const over = (on) => area.classList.toggle("dropping", on);
    area.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      over(true);
    });
    area.addEventListener("dragleave", (event) => {
      if (!area.contains(event.relatedTarget)) over(false);
    });
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      this.#sendFiles(event.dataTransfer.files);
    });
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, 180)}px`;
  }
}

function firstLine(entry) {
  const words = entry.title || entry.text.split("\n").find((line) => line.trim()) || "a picture";
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}

export function time(at) {
  const moment = new Date(at);
  const clock = { hour: "2-digit", minute: "2-digit" };
  const today = moment.toDateString() === new Date().toDateString();
  const form = today ? clock : { day: "numeric", month: "short", ...clock };
  const node = element("time", "", moment.toLocaleString([], form));
  node.dateTime = at;
  return node;
}
