import { readCsv } from "./csvReader";
import { readJsonLines } from "./jsonLinesReader";
import { readParquet } from "./parquetReader";
import type { ReadOptions, TableFacts } from "./tableReader";

const READERS = { csv: readCsv, tsv: readCsv, jsonl: readJsonLines, parquet: readParquet };

/**
 * Hands a table's values to `options.sink`. What is wrong in it is added to `options.faults`; rejects with a UserError when
 * it is no such table at all, else as `fs` does.
 */
export async function readTable(file: string, options: ReadOptions): Promise<TableFacts> {
  return await READERS[options.format](file, options);
}
