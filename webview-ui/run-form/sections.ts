/** The order in which a script's arguments stand on the page. */
import { chosenCommands } from "../../src/protocol/commandLine";
import type { ScriptArgument, ScriptArguments, ScriptCommand } from "../../src/protocol/scriptArguments";

/** Arguments under one heading, in blocks: a block of several is a choice between arguments that exclude each other. */
export interface Section {
  title: string;
  blocks: ScriptArgument[][];
}

/** The script itself or a chosen subcommand. */
export interface Level {
  command: ScriptCommand;
  sections: Section[];
}

/** From the script itself down the chosen subcommands. Sections of which nothing matches `filter` are left out. */
export function levelsOf(script: ScriptArguments, commands: readonly string[], filter: string): Level[] {
  return chosenCommands(script, commands).map((command) => ({ command, sections: sectionsOf(command, filter) }));
}

export function countArguments(levels: readonly Level[]): number {
  return levels
    .flatMap(({ sections }) => sections)
    .flatMap(({ blocks }) => blocks)
    .reduce((count, block) => count + block.length, 0);
}

/** Positional arguments first, then those of no group, then the groups as the script has them. */
function sectionsOf(command: ScriptCommand, filter: string): Section[] {
  const rankOf = (argument: ScriptArgument) => (argument.group !== null ? 2 : argument.flags.length > 0 ? 1 : 0);
  const byTitle = new Map<string, ScriptArgument[]>();
  for (const argument of command.arguments.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const title = argument.group ?? (argument.flags.length > 0 ? "Options" : "Positional arguments");
    byTitle.set(title, [...(byTitle.get(title) ?? []), argument]);
  }
  return [...byTitle].flatMap(([title, all]) => {
    const matching = all.filter((argument) => matches(title, argument, filter));
    return matching.length > 0 ? [{ title, blocks: blocksOf(matching) }] : [];
  });
}

function blocksOf(all: readonly ScriptArgument[]): ScriptArgument[][] {
  const blocks: ScriptArgument[][] = [];
  const exclusive = new Map<number, ScriptArgument[]>();
  for (const argument of all) {
    const block = argument.exclusive === null ? undefined : exclusive.get(argument.exclusive);
    if (block) {
      block.push(argument);
      continue;
    }
    const started = [argument];
    blocks.push(started);
    if (argument.exclusive !== null) exclusive.set(argument.exclusive, started);
  }
  return blocks;
}

/** Each word of `filter` occurs, in any case. `-` and `_` are the same: a flag is named with one, its value with the other. */
function matches(title: string, { flags, dest, help }: ScriptArgument, filter: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll("_", "-");
  const text = plain([title, ...flags, dest, help].join(" "));
  return plain(filter)
    .split(/\s+/)
    .every((word) => text.includes(word));
}
