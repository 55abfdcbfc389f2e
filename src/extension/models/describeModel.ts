/** Models and versions in words. */

import { formatAgo } from "../../domain/format";
import type { GateVerdict } from "../../domain/gate";
import { escapeMarkdown } from "../markdown";
import { describeKeyMetric } from "../tree/keyMetric";
import { DEFAULT_VIEW } from "../tree/viewState";
import type { ModelView, ServedPlace, VersionView } from "../worker/models/api";

/** The alias of the version that serves when nothing else is said. */
export const CHAMPION = "champion";
export const CHALLENGER = "challenger";

/** In one line beside its name: who is champion, and how many versions there were. */
export function modelDescription({ aliases, newest, updated }: ModelView, now: number): string {
  const champion = aliases[CHAMPION];
  return [
    newest === null ? "no versions" : `newest: version ${newest}`,
    champion === undefined ? undefined : `champion: version ${champion}`,
    formatAgo(updated, now),
  ]
    .filter(Boolean)
    .join(" · ");
}

export const versionLabel = ({ version }: Pick<VersionView, "version">) => `Version ${version}`;

/** In one line beside its label, what decides first. */
export function versionDescription(version: VersionView, now: number): string {
  const { aliases, stage, run, gates, served, created, ungated } = version;
  return [
    aliases.map((alias) => `@${alias}`).join(" "),
    ungated ? "without gates" : undefined,
    stage === "None" ? undefined : stage.toLowerCase(),
    run ? describeKeyMetric(run, DEFAULT_VIEW.sort) : undefined,
    gatesInWords(gates),
    servedInWords(served),
    formatAgo(created, now),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Empty when no gate has been run. */
export function gatesInWords({ passed, failed, error, skipped }: Record<GateVerdict, number>): string {
  const all = passed + failed + error + skipped;
  if (all === 0) return "";
  const bad = failed + error;
  if (bad === 0) return passed === 0 ? "gates skipped" : passed === 1 ? "1 gate passed" : `${passed} gates passed`;
  return `${bad} of ${all} gates failed`;
}

function servedInWords(places: readonly ServedPlace[]): string {
  const names = [...new Set(places.map(({ deployment }) => deployment))];
  return names.length === 0 ? "" : `serves ${names.join(", ")}`;
}

export function placeInWords({ role, percent }: ServedPlace): string {
  return role === "shadow" ? `shadow, copies of ${percent} %` : `${role}, ${percent} % of requests`;
}

/** What decides the icon of a version, the worst first. */
export type VersionLook = "archived" | "served" | "champion" | "failing" | "passing" | "plain";

export function versionLook({ aliases, stage, gates, served }: VersionView): VersionLook {
  if (stage === "Archived") return "archived";
  if (served.some(({ role }) => role === "champion")) return "served";
  if (aliases.includes(CHAMPION)) return "champion";
  if (gates.failed + gates.error > 0) return "failing";
  return gates.passed > 0 ? "passing" : "plain";
}

/** Words that menus ask for. */
export function versionContext(version: VersionView): string {
  const { aliases, stage, run, gates, served } = version;
  const words = [
    "modelVersion",
    stage === "Archived" ? "archived" : "active",
    ...(aliases.includes(CHAMPION) ? ["champion"] : []),
    ...(aliases.length > 0 ? ["aliased"] : []),
    ...(run ? ["withRun"] : []),
    ...(gates.failed + gates.error > 0 ? ["failing"] : []),
    ...(served.length > 0 ? ["served"] : []),
  ];
  return words.join(".");
}

/** Markdown. */
export function versionTooltip(version: VersionView, now: number): string {
  const { model, description, tags, run, user, created, gates, served, stage } = version;
  const facts = [
    `**${escapeMarkdown(model)}** — version ${version.version}`,
    stage === "None" ? undefined : `Stage: ${stage}`,
    version.aliases.length > 0 ? `Aliases: ${version.aliases.map(escapeMarkdown).join(", ")}` : undefined,
    version.ungated ? "It became champion without gates, by a client of MLflow." : undefined,
    description ? escapeMarkdown(description) : undefined,
    run ? escapeMarkdown(`Made by ${run.name} ${describeKeyMetric(run, DEFAULT_VIEW.sort)}`) : undefined,
    gatesInWords(gates),
    ...served.map((place) => escapeMarkdown(`${place.deployment}: ${placeInWords(place)}`)),
    Object.entries(tags)
      .map(([key, value]) => escapeMarkdown(`${key}=${value}`))
      .join(", "),
    escapeMarkdown([`Registered ${formatAgo(created, now)}`, user && `by ${user}`].filter(Boolean).join(" ")),
  ];
  return facts.filter(Boolean).join("\n\n");
}
