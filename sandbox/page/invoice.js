// An invoice: what it is, what it costs, and the two things one can do about it.

import { el } from "./element.js";
import { locale, t } from "./words.js";

const STARS = "XTR";

export function money(amount, currency) {
  if (currency === STARS) return `★ ${amount}`;
  const format = new Intl.NumberFormat(locale(), { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** `paid` is the successful payment if there was one; `actions` are {pay(), refuse()}. */
export function invoiceBody(message, { state, actions }) {
  const { title, description, total_amount: amount, currency } = message.invoice;
  return el("div.invoice", {},
    el("div.invoice-head", {}, el("strong", {}, title), el("span.price", {}, money(amount, currency))),
    el("p", {}, description),
    state ? el(`p.invoice-state.${state}`, { role: "status" }, t(`invoice_${state}`)) : payButtons(money(amount, currency), actions));
}

function payButtons(sum, actions) {
  return el("div.invoice-actions", {},
    el("button.primary", { type: "button", onclick: actions.pay, data: { key: "pay" } }, t("pay", { sum })),
    el("button.quiet", { type: "button", onclick: actions.refuse, data: { key: "refuse" } }, t("refuse")));
}
