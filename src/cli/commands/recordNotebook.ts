/** `modeltrail record-notebook`: what the editor starts beside a notebook, so that its end is not the end of the record. */
import { createInterface } from "node:readline";
import { followNotebook } from "../../recorder/notebook/follow";
import { FromEditor, type FromRecorder } from "../../recorder/notebook/messages";
import { startFinisher, startUnderstudy } from "../beside";

export async function recordNotebookCommand(): Promise<void> {
  // The editor may be gone before we are done: nobody reads what we say then, and nothing that ends it ends us.
  process.stdout.on("error", () => {});
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  const follower = followNotebook({
    env: process.env,
    startFinisher,
    startUnderstudy,
    answer: (message: FromRecorder) => process.stdout.write(`${JSON.stringify(message)}\n`),
  });
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  process.once("SIGTERM", () => lines.close());
  lines.on("line", (line) => {
    const message = FromEditor.safeParse(parseJson(line));
    if (message.success) follower.hear(message.data);
    else process.stdout.write(`${JSON.stringify(refused(line))}\n`);
  });
  await new Promise((resolve) => lines.once("close", resolve));
  await follower.hangUp();
}

const refused = (line: string): FromRecorder => ({
  e: "refused",
  message: `The recorder was told something that it does not understand: ${line.slice(0, 200)}`,
});

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
