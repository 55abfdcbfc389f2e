/** `entries` of modeltrail.yaml: commands of the project by name, for who starts it without knowing it. */
import * as z from "zod/mini";

const Text = z.string().check(z.minLength(1));

/** A line as one types it (quotes and backslashes protect, no shell reads it), or its words. */
export const EntryCommand = z
  .union([Text, z.array(z.string()).check(z.minLength(1))])
  .check(
    z.describe('What is started, e.g. "python train.py --epochs 3": a line, or a list of words. No shell reads it.'),
  );

export const Entry = z.strictObject({
  command: EntryCommand,
  cwd: z.optional(Text.check(z.describe("Folder in which it is started, relative to this file."))),
  target: z.optional(Text.check(z.describe("Name of the target that it runs on when nothing else is said."))),
  experiment: z.optional(Text.check(z.describe("Experiment that its runs belong to."))),
});
export type Entry = z.infer<typeof Entry>;

export const Entries = z
  .record(Text, z.union([EntryCommand, Entry]))
  .check(z.describe("Commands of this project by name, offered as tasks and by Run on Target."));
export type Entries = z.infer<typeof Entries>;
