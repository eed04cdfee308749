// Times as the page's language writes them, in the browser's zone, from the platform's clock.

import { locale, t } from "./words.js";

const formats = new Map();

function format(options) {
  const key = locale() + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), options));
  return formats.get(key);
}

const at = (unix) => new Date(unix * 1000);

export const hourMinute = (unix) => format({ hour: "2-digit", minute: "2-digit", hour12: false }).format(at(unix));
export const clockText = (unix) =>
  format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false }).format(at(unix));
export const clockShort = (unix) => format({ weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false }).format(at(unix));
export const second = (unix) =>
  format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }).format(at(unix));
export const dayKey = (unix) => at(unix).toDateString();

export function dayName(unix, now) {
  if (dayKey(unix) === dayKey(now)) return t("today");
  if (dayKey(unix) === dayKey(now - 86400)) return t("yesterday");
  const year = at(unix).getFullYear() === at(now).getFullYear() ? undefined : "numeric";
  return format({ weekday: "short", day: "numeric", month: "long", year }).format(at(unix));
}

/** A date_time entity: `r` is relative; d D t T w are short and long date, short and long time, weekday. */
export function entityTime(unix, spec, now) {
  if (!spec) return null;
  if (spec.includes("r")) return relative(unix - now);
  const options = {};
  if (spec.includes("w")) options.weekday = spec.includes("D") ? "long" : "short";
  if (/[dD]/.test(spec)) Object.assign(options, { day: "numeric", month: spec.includes("D") ? "long" : "short" });
  if (/[tT]/.test(spec)) Object.assign(options, { hour: "2-digit", minute: "2-digit", hour12: false });
  if (spec.includes("T")) options.second = "2-digit";
  return format(options).format(at(unix));
}

function relative(seconds) {
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, one]) => Math.abs(seconds) >= one) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
