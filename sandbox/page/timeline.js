// The messages of one chat as one person sees them: grouped, dated, edited in place, loaded page by page.
// Rows off the screen are skipped by the browser (content-visibility); a long stay at the end lets old rows go.

import { withPart, withoutPart } from "./album.js";
import { get } from "./api.js";
import { bubble, keyOf, senderOf } from "./bubble.js";
import { el, show } from "./element.js";
import { restoreFocus, still } from "./focus.js";
import { icon } from "./icon.js";
import { serviceLine } from "./service.js";
import { renewTimes } from "./text.js";
import { dayKey, dayName } from "./time.js";
import { t } from "./words.js";

const PAGE = 100;
const KEEP = 400;
const TOGETHER = 300;
const NEAR = 80;

export class Timeline {
  #rows = new Map();
  #albums = new Map();
  #loading = false;
  #complete = false;
  #below = 0;
  #end = true;
  #follow = 0;
  #meanwhile = null;

  constructor(view, onFocus) {
    this.view = view;
    this.view.find = (key) => this.#rows.get(key)?.message;
    this.onFocus = onFocus;
    this.list = el("div.rows", {});
    this.top = el("div.top", {}, el("span.spinner", { "aria-hidden": "true" }));
    this.scroller = el("div.timeline", { role: "log", tabindex: 0, "aria-label": t("messages"), "aria-live": "polite", "aria-relevant": "additions" }, this.top, this.list);
    this.badge = el("span.badge", { hidden: true });
    this.toEnd = el("button.to-end", { type: "button", "aria-label": t("to_end"), hidden: true, onclick: () => this.scrollToEnd(true) }, icon("down"), this.badge);
    this.node = el("div.timeline-frame", {}, this.scroller, this.toEnd);
    this.#watch();
  }

  #watch() {
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#move(event));
    this.resize = new ResizeObserver(() => this.#end && this.#jumpToEnd());
    this.resize.observe(this.list);
    this.resize.observe(this.scroller);
    this.sight = new IntersectionObserver(([entry]) => entry.isIntersecting && this.earlier(), { root: this.scroller, rootMargin: "900px 0px 0px" });
  }

  destroy() {
    this.resize.disconnect();
    this.sight.disconnect();
  }

  /** What happens from now until `adopt` is newer than what `adopt` will bring: it is kept and done after it. */
  await() {
    this.#meanwhile = [];
  }

  /** Shows the newest messages; `unread` of them get a line above. */
  adopt(messages, unread = 0) {
    const meanwhile = this.#meanwhile ?? [];
    this.#meanwhile = null;
    this.#rows.clear();
    this.#albums.clear();
    this.list.replaceChildren();
    this.#complete = messages.length < PAGE;
    const shown = messages.filter((message) => this.#mine(message));
    this.#insert(shown, null);
    if (unread > 0 && unread < shown.length) this.#mark(shown.at(-unread));
    this.#emptyNote();
    show(this.top, !this.#complete);
    this.#jumpToEnd();
    this.sight.observe(this.top);
    meanwhile.forEach((act) => act());
  }

  #mine(message) {
    const receiver = message.sandbox?.ephemeral_for;
    if (message.sandbox?.deleted) return false;
    return (!receiver || receiver === this.view.person) && this.view.wants(message);
  }

  #emptyNote() {
    this.empty?.remove();
    this.empty = this.#rows.size ? null : el("p.empty", {}, t(this.view.chat.type === "private" ? "empty_private" : "empty"));
    if (this.empty) this.list.append(this.empty);
  }

  /** A new state of a message; one that is not on the page stays away: it is older than what was loaded. */
  change(message) {
    if (this.#meanwhile) return void this.#meanwhile.push(() => this.change(message));
    this.redraw(message, true);
  }

  /** A new message, or a new state of one already shown. */
  put(message) {
    if (this.#meanwhile) return void this.#meanwhile.push(() => this.put(message));
    if (!this.#mine(message)) return;
    const known = this.#rows.get(keyOf(message));
    if (known) return void this.redraw(message, true);
    this.empty?.remove();
    const own = senderOf(message).id === this.view.person;
    if (message.sandbox?.replaces) return void this.#standIn(message);
    this.#insert([message], null);
    if (this.#end || own) this.#followEnd();
    else this.#count(this.#below + 1);
    if (this.#end && this.#rows.size > KEEP + PAGE) this.#forget();
  }

  remove(key) {
    if (this.#meanwhile) return void this.#meanwhile.push(() => this.remove(key));
    const gone = this.#rows.get(key);
    if (!gone) return;
    this.#rows.delete(key);
    if (gone.message.sandbox?.replaces) return void this.view.reload();
    const rest = gone.message.album && withoutPart(gone.message, key);
    if (rest) return void this.#head(gone, rest);
    const next = gone.row.nextElementSibling;
    gone.row.remove();
    if (next) this.#decorate(next);
    this.#emptyNote();
  }

  /** Draws a message anew in its place; `edited` leaves a soft mark for a moment. */
  redraw(message, edited = false) {
    const known = this.#rows.get(keyOf(message));
    if (!known) return;
    const held = document.activeElement;
    const inside = known.row.contains(held) ? held : null;
    const shown = known.message.album ? withPart(known.message, message) : message;
    const fresh = bubble(shown, this.view);
    const old = known.row.lastElementChild;
    fresh.classList.toggle("changed", edited && textOf(shown) !== textOf(known.message));
    known.message = shown;
    old.replaceWith(fresh);
    if (inside) restoreFocus(fresh, inside, old);
  }

  /** Changes what is known of a message (its reactions, its poll) and draws it. */
  amend(key, change) {
    const known = this.#rows.get(key);
    if (!known) return;
    change(known.message);
    this.redraw(known.message);
  }

  each(change) {
    for (const [key, { message }] of this.#rows) change(message, key);
  }

  last(test) {
    return [...this.#rows.values()].map(({ message }) => message).findLast(test);
  }

  #insert(messages, before) {
    const fragment = document.createDocumentFragment();
    const rows = messages.filter((message) => !this.#rows.has(keyOf(message))).map((message) => this.#row(message)).filter(Boolean);
    fragment.append(...rows);
    this.list.insertBefore(fragment, before);
    rows.forEach((row) => this.#decorate(row));
    if (before) this.#decorate(before);
  }

  // What one person sees in place of a message takes its row.
  #standIn(message) {
    const place = this.#rows.get(`m${message.sandbox.replaces}`);
    if (!place) return;
    this.#insert([message], place.row);
    this.#rows.delete(keyOf(place.message));
    place.row.remove();
  }

  #head(known, message) {
    known.row.dataset.key = keyOf(message);
    known.message = message;
    known.row.lastElementChild.replaceWith(bubble(message, this.view));
  }

  #row(message) {
    const key = keyOf(message);
    const host = message.media_group_id && this.#rows.get(this.#albums.get(message.media_group_id));
    if (host) {
      this.#rows.set(key, host);
      return void this.#head(host, withPart(host.message, message));
    }
    if (message.media_group_id) this.#albums.set(message.media_group_id, key);
    const row = el("div.row", { data: { key, date: message.date, who: serviceLine(message) === null ? senderOf(message).id : "service", id: message.message_id } }, bubble(message, this.view));
    this.#rows.set(key, { message, row });
    return row;
  }

  // A row belongs to the one above if the same person goes on speaking within five minutes.
  #decorate(row) {
    const above = row.previousElementSibling;
    const newDay = !above || dayKey(Number(above.dataset.date)) !== dayKey(Number(row.dataset.date));
    const same = above && !newDay && row.dataset.who !== "service" && above.dataset.who === row.dataset.who
      && Number(row.dataset.date) - Number(above.dataset.date) < TOGETHER && !row.querySelector(".unread-line");
    row.classList.toggle("goes-on", Boolean(same));
    if (above) above.classList.toggle("continued", Boolean(same));
    row.querySelector(":scope > .day")?.remove();
    if (newDay) row.prepend(el("div.day", {}, el("span", {}, dayName(Number(row.dataset.date), this.view.world.now()))));
  }

  #mark(message) {
    const { row } = this.#rows.get(keyOf(message));
    row.prepend(el("div.unread-line", {}, el("span", {}, t("new_messages"))));
    this.#decorate(row);
  }

  async earlier() {
    if (this.#loading || this.#complete || !this.#rows.size) return;
    this.#loading = true;
    const oldest = this.#rows.values().next().value;
    const first = this.list.firstElementChild;
    const before = this.list.querySelector('.row:not([data-id="0"])')?.dataset.id;
    try {
      const { messages } = await get(`/chats/${this.view.chat.id}`, { person_id: this.view.person, before, limit: PAGE });
      this.#complete = messages.length < PAGE;
      if (oldest) this.#prepend(messages.filter((message) => this.#mine(message)), first);
    } finally {
      this.#loading = false;
      show(this.top, !this.#complete);
      this.#again();
    }
  }

  // The observer speaks only when something changes: if the top is still in sight, look again.
  #again() {
    if (this.#complete) return;
    this.sight.unobserve(this.top);
    this.sight.observe(this.top);
  }

  #prepend(messages, first) {
    const was = first.getBoundingClientRect().top;
    this.scroller.style.overflowAnchor = "none";
    const later = new Map(this.#rows);
    this.#rows.clear();
    this.#insert(messages.filter((message) => !later.has(keyOf(message))), first);
    for (const [key, row] of later) this.#rows.set(key, row);
    this.scroller.scrollTop += first.getBoundingClientRect().top - was;
    requestAnimationFrame(() => (this.scroller.style.overflowAnchor = ""));
  }

  #forget() {
    for (const [key, { row }] of this.#rows) {
      if (this.#rows.size <= KEEP) break;
      this.#rows.delete(key);
      row.remove();
    }
    this.#complete = false;
    show(this.top, true);
    this.#decorate(this.list.firstElementChild);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#end = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#end) this.#count(0);
    show(this.toEnd, !this.#end);
  }

  #count(number) {
    this.#below = number;
    this.badge.textContent = String(number);
    show(this.badge, number > 0);
  }

  #jumpToEnd() {
    this.#end = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #followEnd() {
    this.#end = true;
    cancelAnimationFrame(this.#follow);
    this.#follow = requestAnimationFrame(() => this.#jumpToEnd());
  }

  /** Glides over what is near; over a long way the heights of unseen rows would move the goal, so it jumps. */
  scrollToEnd(smooth = false) {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop < clientHeight * 3;
    if (smooth && near && !still()) this.scroller.scrollTo({ top: scrollHeight, behavior: "smooth" });
    else this.#jumpToEnd();
    this.#count(0);
  }

  /** Brings a message into sight, loading older pages until it is found. */
  async jump(message) {
    const key = keyOf(message);
    while (!this.#rows.has(key) && !this.#complete) await this.earlier();
    const row = this.#rows.get(key)?.row;
    if (!row) return false;
    this.#end = false;
    row.scrollIntoView({ block: "center" });
    row.classList.remove("found");
    void row.offsetWidth;
    row.classList.add("found");
    row.querySelector(".message")?.focus({ preventScroll: true });
    return true;
  }

  // Arrows walk from message to message; what a key does to the message is the chat's affair.
  #move(event) {
    const current = event.target.closest?.(".message");
    if (event.target !== this.scroller && event.target !== current) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return void this.#act(event, current);
    event.preventDefault();
    const all = [...this.list.querySelectorAll(".message")];
    const next = current ? all[all.indexOf(current) + step] : all.at(-1);
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  #act(event, current) {
    if (current) this.onFocus?.(event, this.messageOf(current));
  }

  messageOf(node) {
    return this.#rows.get(node.closest(".row")?.dataset.key)?.message;
  }

  renewTimes() {
    renewTimes(this.list, this.view.world.now());
  }
}

const textOf = (message) => message.text ?? message.caption ?? "";
