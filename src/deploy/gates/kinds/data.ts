/** Whether a table is what it should be: its rows, its columns, and what they hold. All of the file is looked at. */
import { UserError } from "../../../domain/errors";
import { formatNumber } from "../../../domain/format";
import type { DataColumnSettings, GateOf } from "../../../domain/gateSettings";
import { type Gate, judged } from "../gate";
import { type ColumnFacts, readFacts, type TableFacts } from "../rows/dataFacts";
import { evaluationFile } from "../rows/evaluationData";
import { percent } from "../words";

/** So many complaints are told; all are kept. */
const SHOWN = 4;

export const dataGate: Gate<"data"> = async (settings, context) => {
  const file = settings.file ?? context.evaluation?.file;
  if (file === undefined) throw new UserError("Say with `file` which table is to be looked at.");
  const { columns = {} } = settings;
  const facts = await readFacts(evaluationFile(context.root, file), {
    rows: settings.duplicates !== undefined,
    values: new Set(Object.keys(columns).filter((name) => columns[name]!.unique || columns[name]!.values)),
    signal: context.signal,
  });
  const complaints = [...aboutRows(settings, facts), ...aboutColumns(settings, facts)];
  const shown = complaints.slice(0, SHOWN);
  if (complaints.length > SHOWN) shown.push(`and ${complaints.length - SHOWN} more`);
  const checked = Object.keys(columns).length;
  const good = `${file} has ${facts.rows} rows, and ${checked > 0 ? `${checked} columns as they should be` : `${facts.columns.size} columns`}`;
  if (shown.length > 0) shown[0] = `${file}: ${shown[0]}`;
  const found = Object.fromEntries(Object.keys(columns).map((name) => [name, told(facts.columns.get(name))]));
  return judged(shown, good, { file, rows: facts.rows, repeated: facts.repeated, columns: found, complaints });
};

function told(facts: ColumnFacts | undefined) {
  if (!facts) return null;
  const { kinds, min, max, missing } = facts;
  return { kinds: [...kinds], min, max, missing, distinct: facts.distinct?.size ?? null };
}

function aboutRows({ rows, duplicates }: GateOf<"data">, facts: TableFacts): string[] {
  const found: string[] = [...facts.faults];
  if (rows?.min !== undefined && facts.rows < rows.min) {
    found.push(`${facts.rows} rows are fewer than ${rows.min}`);
  }
  if (rows?.max !== undefined && facts.rows > rows.max) found.push(`${facts.rows} rows are more than ${rows.max}`);
  const repeated = facts.rows === 0 ? 0 : (facts.repeated ?? 0) / facts.rows;
  if (duplicates !== undefined && repeated > duplicates) {
    found.push(`${facts.repeated} rows (${percent(repeated)}) repeat earlier ones, at most ${percent(duplicates)} may`);
  }
  return found;
}

function aboutColumns({ columns = {}, only }: GateOf<"data">, facts: TableFacts): string[] {
  const found = Object.entries(columns).flatMap(([name, wanted]) => {
    const column = facts.columns.get(name);
    return column ? aboutColumn(name, wanted, column, facts.rows) : [`the column ${name} is missing`];
  });
  const others = only ? [...facts.columns.keys()].filter((name) => !Object.hasOwn(columns, name)) : [];
  if (others.length > 0) found.push(`there should be no columns ${others.slice(0, 5).join(", ")}`);
  return found;
}

function aboutColumn(name: string, wanted: DataColumnSettings, facts: ColumnFacts, rows: number): string[] {
  const found: string[] = [];
  const strange = wanted.type === undefined ? [] : [...facts.kinds].filter((kind) => !isOf(kind, wanted.type!));
  if (strange.length > 0) found.push(`${name} holds ${strange.join(" and ")} where ${wanted.type} is asked for`);
  if (wanted.min !== undefined && facts.min < wanted.min) {
    found.push(`${name} goes down to ${formatNumber(facts.min)}, below ${formatNumber(wanted.min)}`);
  }
  if (wanted.max !== undefined && facts.max > wanted.max) {
    found.push(`${name} goes up to ${formatNumber(facts.max)}, above ${formatNumber(wanted.max)}`);
  }
  const missing = rows === 0 ? 0 : facts.missing / rows;
  const { missing: allowed = 0 } = wanted;
  if (missing > allowed)
    found.push(`${name} is missing in ${facts.missing} rows (${percent(missing)}), at most ${percent(allowed)} may`);
  if (wanted.unique && facts.distinct!.size < rows - facts.missing) {
    found.push(`${name} holds ${rows - facts.missing - facts.distinct!.size} values twice`);
  }
  if (wanted.values) {
    const known = new Set(wanted.values.map(String));
    const others = [...facts.distinct!.values()].filter((value) => !known.has(value));
    if (others.length > 0) found.push(`${name} holds ${others.slice(0, 3).join(", ")}, which is none of its values`);
  }
  return found;
}

/** Whole numbers are numbers. */
const isOf = (kind: string, wanted: string) => kind === wanted || (kind === "integer" && wanted === "number");
