/** How runs differ, as a document. */
import type {
  CodeChange,
  ComparedConfig,
  ComparedFile,
  ComparedFiles,
  ComparedMetric,
  ComparedText,
  RunComparison,
} from "../../domain/comparison";
import { formatDuration, formatNumber, formatSize } from "../../domain/format";
import { type Column, escapeMarkdown, markdownCell, markdownTable } from "../markdown";

const MOST_ROWS = 500;
const LONGEST_VALUE = 200;
const NONE = "–";

interface Part {
  title: string;
  /** Empty: nothing differs. */
  body: string;
  /** Stands in the sentence that says what is the same: "data". */
  word: string;
}

/** Markdown. `all`: the comparison holds also what is the same. */
export function runsReport(comparison: RunComparison, all: boolean): string {
  const { sides, params, metrics, environment, command, host, datasets } = comparison;
  const columns = [{ title: "" }, ...sides.map(({ name }) => ({ title: cell(name) }))];
  const texts = (what: ComparedText[], first: string) => textTable([{ title: first }, ...columns.slice(1)], what);
  const parts: Part[] = [
    { title: "Params", word: "params", body: texts(params, "Param") },
    { title: "Metrics", word: "metrics", body: metricTable(columns, metrics) },
    { title: "Code", word: "code", body: codeText(comparison) },
    { title: "Config", word: "config files", body: configText(comparison.config, columns) },
    {
      title: "Data",
      word: "data",
      body: [texts(datasets, "Dataset"), filesTable(comparison.data)].filter(Boolean).join("\n\n"),
    },
    {
      title: "Environment",
      word: "environment",
      body: paragraphs(
        environment.summary && escapeMarkdown(environment.summary),
        texts(environment.python, "Python"),
        texts(environment.packages, "Package"),
        texts(environment.variables, "Variable"),
      ),
    },
    { title: "Command", word: "command", body: texts(command, "") },
    { title: "Machine", word: "machine", body: texts(host, "") },
    { title: "Outputs", word: "outputs", body: filesTable(comparison.outputs) },
  ];
  return `${[
    `# ${sides.map(({ name }) => escapeMarkdown(name)).join(" ↔ ")}`,
    sidesTable(comparison, columns),
    ...parts.filter(({ body }) => body).map(({ title, body }) => `## ${title}\n\n${body}`),
    all ? "" : sameSentence(parts),
    uncertainText(comparison),
  ]
    .filter(Boolean)
    .join("\n\n")}\n`;
}

const cell = (text: string) => markdownCell(text, LONGEST_VALUE);
const value = (text: string | null) => (text === null ? NONE : cell(text) || "*empty*");
const paragraphs = (...blocks: string[]) => blocks.filter(Boolean).join("\n\n");

function sidesTable({ sides }: RunComparison, columns: Column[]): string {
  const row = (title: string, of: (side: RunComparison["sides"][number]) => string | null) => [
    title,
    ...sides.map((side) => value(of(side))),
  ];
  const took = ({ startTime, endTime }: RunComparison["sides"][number]) =>
    startTime === null || endTime === null ? null : formatDuration(endTime - startTime);
  return markdownTable(columns, [
    row("Experiment", ({ experiment }) => experiment),
    row("Status", ({ status }) => status),
    row("Started", ({ startTime }) => (startTime === null ? null : new Date(startTime).toLocaleString())),
    row("Took", took),
  ]);
}

/** Values that differ stand out where the others are shown too. */
function textTable(columns: Column[], texts: ComparedText[]): string {
  return limited(columns, texts, ({ name, values }) => [cell(name), ...values.map(value)]);
}

function metricTable(columns: Column[], metrics: ComparedMetric[]): string {
  const right = columns.map(({ title }, index) =>
    index === 0 ? { title: "Metric" } : { title, align: "right" as const },
  );
  return limited(right, metrics, ({ name, values, change }) => [
    cell(name),
    ...values.map((metric, index) => {
      if (metric === null) return NONE;
      const last = cell(formatNumber(metric.last));
      const less = change[index] ?? 0;
      return index === 0 || less === 0 ? last : `${last} (${cell(withSign(less))})`;
    }),
  ]);
}

const withSign = (number: number) => `${number > 0 ? "+" : number < 0 ? "−" : ""}${formatNumber(Math.abs(number))}`;

const CODE_WORDS: Record<CodeChange["kind"], string> = {
  added: "added",
  deleted: "deleted",
  modified: "modified",
  renamed: "renamed",
};

function codeText({ sides, code }: RunComparison): string {
  const texts = code.slice(1).map(({ changes }, index) => {
    const title =
      sides.length > 2
        ? `**${escapeMarkdown(sides[index + 1]!.name)}** against **${escapeMarkdown(sides[0]!.name)}**\n\n`
        : "";
    if (changes === null) return `${title}Unknown: the code of one of the two was not captured.`;
    if (changes.length === 0) return "";
    const rows = limited([{ title: "File" }, { title: "Change" }], changes, ({ path, from, kind }) => [
      code_(path),
      from === null ? CODE_WORDS[kind] : `${CODE_WORDS[kind]} from ${code_(from)}`,
    ]);
    return title + rows;
  });
  return paragraphs(...texts);
}

/** A path or a hash, in the font of code. */
const code_ = (text: string) => `\`${text.replace(/[`|\r\n]/g, "�")}\``;

function configText(config: ComparedConfig[], columns: Column[]): string {
  return paragraphs(
    ...config.map(({ path, keys, hashes, differs }) => {
      const title = `**${escapeMarkdown(path)}**`;
      if (keys && keys.length > 0) return `${title}\n\n${textTable([{ title: "Key" }, ...columns.slice(1)], keys)}`;
      if (hashes.includes(null)) return `${title}: not read by all.`;
      if (keys) return `${title}: ${differs ? "only comments or layout differ." : "the same."}`;
      return `${title}: ${differs ? "differs." : "the same."}`;
    }),
  );
}

function filesTable({ counts, files }: ComparedFiles): string {
  const table = limited([{ title: "File" }, { title: "Change" }, { title: "Size", align: "right" }], files, (file) => [
    code_(file.path),
    describeChange(file),
    sizes(file),
  ]);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const left = total - (counts.same ?? 0) - files.filter(({ kind }) => kind !== "same").length;
  return left > 0 ? `${table}\n\n… and ${left.toLocaleString()} more.` : table;
}

function describeChange({ kind, path, files }: ComparedFile): string {
  if (kind === "unknown") return "unknown: not hashed";
  if (kind !== "moved") return kind;
  const from = files.find((file) => file !== null && file.path !== path);
  return from ? `moved from ${code_(from.path)}` : "moved";
}

function sizes({ files }: ComparedFile): string {
  const shown = files.map((file) => (file === null ? NONE : formatSize(file.size)));
  return new Set(shown).size === 1 ? shown[0]! : shown.join(" → ");
}

function limited<T>(columns: Column[], entries: T[], row: (entry: T) => string[]): string {
  const table = markdownTable(columns, entries.slice(0, MOST_ROWS).map(row));
  const left = entries.length - MOST_ROWS;
  return left > 0 ? `${table}\n\n… and ${left.toLocaleString()} more.` : table;
}

function sameSentence(parts: Part[]): string {
  const same = parts.filter(({ body }) => body === "").map(({ word }) => word);
  if (same.length === 0) return "";
  if (same.length === parts.length) return "Nothing differs.";
  return `The same: ${same.join(", ")}.`;
}

function uncertainText({ sides, uncertain }: RunComparison): string {
  if (uncertain.length === 0) return "";
  const lines = uncertain.slice(0, MOST_ROWS).map(({ sides: of, path, message }) => {
    const whose = of.map((index) => escapeMarkdown(sides[index]!.name)).join(", ");
    return `- **${whose}**${path === null ? "" : ` ${code_(path)}`}: ${escapeMarkdown(message)}`;
  });
  return `## Not known for certain\n\n${lines.join("\n")}`;
}
