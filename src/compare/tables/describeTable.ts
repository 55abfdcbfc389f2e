import type { TableDescription } from "../../domain/tableComparison";
import { fileSize } from "./fileSize";
import type { TableOptions, TableSource } from "./options";
import { startTableThread } from "./tableThread";
import { untilAborted } from "./untilAborted";

/**
 * Describes a table of any size in bounded memory, in a thread of its own. Faults in it are part of the description.
 * Rejects with a UserError when the file cannot be read at all or is no table, and with the signal's reason.
 */
export async function describeTable(source: TableSource, options: TableOptions = {}): Promise<TableDescription> {
  const { signal, onProgress, workerFile } = options;
  const total = fileSize(source.path);
  const thread = startTableThread(source, workerFile);
  try {
    return await untilAborted(signal, async () => {
      const { length } = await thread.head();
      const { table, columns } = await thread.profile(length, null, (bytes) => onProgress?.(bytes, total));
      onProgress?.(total, total);
      return { ...table, columns: columns.map(({ description }) => description) };
    });
  } finally {
    await thread.close();
  }
}
