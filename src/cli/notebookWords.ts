import { UserError } from "../domain/errors";

export interface NotebookWords {
  /** Each "name=value". */
  param: string[];
  python?: string;
}

/**
 * What stands behind a notebook on the command line: parameters as `-p name=value`, as papermill has them, or as
 * `--name value`, as scripts have theirs; and `--python FILE`. Throws UserError for anything else.
 */
export function parseNotebookWords(words: readonly string[]): NotebookWords {
  const found: NotebookWords = { param: [] };
  for (let at = 0; at < words.length; at++) {
    const [, option = "", tied] = /^(-p|--[A-Za-z_][\w-]*)(?:=(.*))?$/s.exec(words[at]!) ?? [];
    const value = tied ?? words[++at];
    if (option === "" || value === undefined) {
      throw new UserError(
        `"${option || words[at]}" makes no sense behind a notebook. There stand its parameters (-p name=value) and --python FILE.`,
      );
    }
    if (option === "-p" || option === "--param") found.param.push(value);
    else if (option === "--python") found.python = value;
    else found.param.push(`${option.slice(2)}=${value}`);
  }
  return found;
}
