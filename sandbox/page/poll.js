// A poll as the person sees it: options to choose before the vote, bars after it.

import { el } from "./element.js";
import { icon } from "./icon.js";
import { t } from "./words.js";

/** `mine` are the indexes this person chose; `vote(indexes)` sends them, [] takes the vote back. */
export function pollBody(poll, mine, vote) {
  const answered = mine.length > 0 || poll.is_closed;
  const kind = poll.is_closed ? t("poll_closed") : t(poll.is_anonymous ? "poll_anonymous" : "poll_public");
  return el("div.poll", { role: "group", "aria-label": poll.question },
    el("strong.poll-question", {}, poll.question),
    el("span.poll-kind", {}, kind),
    answered ? results(poll, mine) : choices(poll, vote),
    el("div.poll-foot", {},
      el("span", {}, t("votes", { n: poll.total_voter_count })),
      mine.length && !poll.is_closed && poll.allows_revoting !== false && poll.type !== "quiz"
        ? el("button.quiet", { type: "button", onclick: () => vote([]) }, t("retract")) : null));
}

function results(poll, mine) {
  const total = Math.max(1, poll.total_voter_count);
  return el("ul.poll-results", {}, poll.options.map((option, index) => {
    const share = Math.round((option.voter_count / total) * 100);
    const right = poll.correct_option_ids?.includes(index);
    return el("li", { class: mine.includes(index) ? "mine" : "" },
      el("span.poll-share", {}, `${share}%`),
      el("span.poll-text", {}, option.text, mine.includes(index) || right ? icon("check") : null),
      el("span.bar", { style: { "--share": `${share}%` } }));
  }));
}

function choices(poll, vote) {
  if (!poll.allows_multiple_answers) {
    return el("div.poll-choices", {}, poll.options.map((option, index) =>
      el("button.choice", { type: "button", data: { key: `vote-${index}` }, onclick: () => vote([index]) }, el("i.ring"), option.text)));
  }
  const form = el("form.poll-choices", { onsubmit: (event) => { event.preventDefault(); vote(picked(form)); } },
    poll.options.map((option, index) => el("label.choice", {}, el("input", { type: "checkbox", value: String(index) }), option.text)),
    el("button.primary", { type: "submit" }, t("vote")));
  return form;
}

const picked = (form) => [...form.querySelectorAll("input:checked")].map((box) => Number(box.value));
