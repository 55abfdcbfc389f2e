import type { TableFormat } from "../../domain/tableComparison";

const FORMATS: Record<string, TableFormat> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
  pq: "parquet",
};

/** What a file's name says it is, gzipped or not ("a.csv.gz"); null for anything but a table. */
export function tableFormatOf(name: string): TableFormat | null {
  const extension = /\.([a-z]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  return (extension !== undefined && FORMATS[extension]) || null;
}
