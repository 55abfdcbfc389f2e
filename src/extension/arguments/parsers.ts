/** What is built up while a script is read: parsers, their groups and subcommands. */
import type { CallArguments, Lookup } from "./values";

/** One `add_argument` call, with the names that were known where it stands. */
export interface ArgumentCall {
  call: CallArguments;
  lookup: Lookup;
  group: Group | null;
  line: number;
}

export interface Parser {
  kind: "parser";
  call: CallArguments;
  lookup: Lookup;
  arguments: ArgumentCall[];
  /** From `set_defaults`, later ones last. */
  defaults: { call: CallArguments; lookup: Lookup }[];
  subcommands: Subcommands | null;
  /** Whether `parse_args` or the like is called on it. */
  parsed: boolean;
  usedAsParent: boolean;
}

export interface Group {
  kind: "group";
  parser: Parser;
  title: string | null;
  /** Set for a mutually exclusive group: a number of its own. */
  exclusive: number | null;
  required: boolean;
}

export interface Subcommands {
  kind: "subcommands";
  call: CallArguments;
  lookup: Lookup;
  parsers: { name: string; parser: Parser }[];
}

export type Tracked = Parser | Group | Subcommands;

export function newParser(call: CallArguments, lookup: Lookup): Parser {
  return {
    kind: "parser",
    call,
    lookup,
    arguments: [],
    defaults: [],
    subcommands: null,
    parsed: false,
    usedAsParent: false,
  };
}

export function countArguments(parser: Parser): number {
  const below = parser.subcommands?.parsers.reduce((sum, { parser }) => sum + 1 + countArguments(parser), 0) ?? 0;
  return parser.arguments.length + below;
}
