/** The card of a model version: what is recorded of it, and what people have filled in, as Markdown. */
import { formatCommand, formatNumber, formatSize } from "../domain/format";
import { markdownTable, plainMarkdown as plain } from "../domain/markdown";
import type { Environment, Run, RunDataset } from "../domain/run";
import { isSystemMetric } from "../domain/systemMetrics";
import { ownTags } from "../domain/tags";
import type { Store } from "../store/contract";
import type { ModelVersion, VersionFile } from "../store/registry/contract";
import { type CardText, cardTexts, writeCardText } from "./cardTexts";
import { versionLineage } from "./lineage";
import { ARCHIVED_TAG } from "./promote";
import { versionName } from "./resolveVersion";

/** Rows of a table before the rest is only counted. */
const LISTED = 30;
const PACKAGES = 60;

/** The same record gives the same text. */
export function modelCard(store: Store, version: ModelVersion): string {
  const { run, parents } = versionLineage(store, version);
  const texts = cardTexts(store, version);
  const text = (name: CardText) => writeCardText(name, texts[name], version.version);
  const model = store.registry.model(version.model);
  const blocks = [
    `# ${plain(versionName(version))}`,
    plain(version.description),
    plain(model?.description ?? ""),
    facts(factsOf(version)),
    text("intended-use"),
    text("limitations"),
    section("Metrics", metricsOf(run)),
    section("Gates", gatesOf(store, version)),
    section("Data", dataOf(run)),
    section("Code", facts(codeOf(run))),
    section("Params", paramsOf(run)),
    section("Environment", environmentOf(run?.snapshot.environment ?? null)),
    section("Files", filesOf(store.registry.files(version.model, version.version))),
    section("Lineage", facts(lineageOf(version, run, parents))),
    text("notes"),
    "Made from the record by Modeltrail.",
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

const section = (title: string, body: string) => (body === "" ? "" : `## ${title}\n\n${body}`);

const facts = (lines: [name: string, value: string][]) =>
  lines
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `- **${name}**: ${value}`)
    .join("\n");

const code = (text: string) => (text === "" ? "" : `\`${text.replaceAll("`", "'").replace(/\s+/g, " ")}\``);
const day = (time: number) => new Date(time).toISOString().slice(0, 10);

function factsOf({ aliases, stage, created, tags }: ModelVersion): [string, string][] {
  const own = Object.entries(ownTags(tags)).filter(([key]) => !key.startsWith("modeltrail."));
  return [
    ["Aliases", aliases.map(plain).join(", ")],
    ["Stage", stage === "None" ? "" : stage],
    ["Archived because", plain(tags[ARCHIVED_TAG] ?? "")],
    ["Registered", `${day(created)} (UTC)`],
    ["Tags", own.map(([key, value]) => `${plain(key)} = ${plain(value)}`).join(", ")],
  ];
}

function metricsOf(run: Run | null): string {
  const metrics = Object.entries(run?.metrics ?? {}).filter(([name]) => !isSystemMetric(name));
  const rows = metrics
    .slice(0, LISTED)
    .map(([name, { last, min, max }]) => [name, ...[last, min, max].map(formatNumber)]);
  return withRest(markdownTable(["metric", "last", "least", "greatest"], rows, true), metrics.length);
}

function gatesOf(store: Store, { model, version }: ModelVersion): string {
  const results = store.gates.ofVersion(model, version, { latest: true });
  const rows = results.map(({ gate, verdict, summary, time }) => [gate, verdict, summary, day(time)]);
  const table = markdownTable(["gate", "verdict", "found", "day"], rows);
  const overrides = store.audit
    .list({ subject: `models/${model}/${version}`, actions: ["gate.override"] })
    .filter(({ subject }) => subject === `models/${model}/${version}`)
    .map(
      ({ time, actor, reason }) => `- Passed over on ${day(time)} by ${plain(nameOf(actor))}: ${plain(reason ?? "")}`,
    );
  return [table, overrides.join("\n")].filter((part) => part !== "").join("\n\n");
}

function dataOf(run: Run | null): string {
  if (!run) return "";
  const { datasets, data } = run.snapshot;
  const row = ({ name, version, files, size, role }: RunDataset) => [
    name,
    version.slice(0, 12),
    String(files),
    formatSize(size),
    role === "read" ? "read" : "written",
  ];
  const read = data.filter(({ role }) => role === "read");
  const rows = read
    .slice(0, LISTED)
    .map(({ path, sha256, size }) => [path, sha256?.slice(0, 12) ?? "not known", formatSize(size)]);
  const parts = [
    markdownTable(["dataset", "version", "files", "size", ""], datasets.map(row)),
    withRest(markdownTable(["file read", "SHA-256", "size"], rows), read.length),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function codeOf(run: Run | null): [string, string][] {
  if (!run) return [];
  const { commit, head, branch, dirty } = run.snapshot.code;
  const state = dirty ? " with changes that were not committed" : "";
  return [
    ["Command", code(formatCommand(run.command))],
    ["Commit", head === null ? "" : `${code(head)}${branch === null ? "" : ` on ${plain(branch)}`}${state}`],
    ["Snapshot", code(commit ?? "")],
  ];
}

function paramsOf(run: Run | null): string {
  const params = Object.entries(run?.params ?? {});
  return withRest(markdownTable(["param", "value"], params.slice(0, LISTED)), params.length);
}

function environmentOf(environment: Environment | null): string {
  if (!environment) return "";
  const { python, implementation, platform, cpu, cores, gpus, packages, imported } = environment;
  const names = imported.length > 0 ? imported : Object.keys(packages);
  const shown = names.slice(0, PACKAGES).map((name) => plain(`${name} ${packages[name] ?? ""}`));
  const rest = names.length - shown.length;
  return facts([
    ["Python", plain([implementation, python].filter(Boolean).join(" "))],
    ["Platform", plain(platform)],
    ["Processor", plain(`${cpu}, ${cores} cores`)],
    ["GPUs", gpus.map(plain).join(", ")],
    [imported.length > 0 ? "Packages used" : "Packages", `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`],
  ]);
}

function filesOf(files: readonly VersionFile[]): string {
  const rows = files.slice(0, LISTED).map(({ path, sha256, size }) => [path, sha256, formatSize(size)]);
  return withRest(markdownTable(["file", "SHA-256", "size"], rows), files.length);
}

function lineageOf(
  { source, run: id }: ModelVersion,
  run: Run | null,
  parents: readonly Pick<ModelVersion, "model" | "version">[],
): [string, string][] {
  const made = run
    ? `${plain(run.name)} (${code(run.id)}), experiment ${plain(run.experiment)}`
    : id === null
      ? ""
      : `${code(id)}, which is not here any more`;
  const gaps = run?.gaps.map(({ message }) => plain(message)) ?? [];
  return [
    ["Run", made],
    ["Started", run ? new Date(run.startTime).toISOString() : ""],
    ["Source", code(source)],
    ["Made from", parents.map((parent) => plain(versionName(parent))).join(", ")],
    ["Not captured", gaps.slice(0, LISTED).join("; ")],
  ];
}

/** A table with how many rows are left out of it. */
function withRest(table: string, rows: number): string {
  return rows > LISTED ? `${table}\n\nand ${rows - LISTED} more.` : table;
}

/** Without the address: cards are shown around. */
const nameOf = (actor: string) => actor.replace(/ <[^<>]*>$/, "");
