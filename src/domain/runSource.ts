/** Who started a run. */

const WORDS: Record<string, string> = {
  cli: "the modeltrail command",
  vscode: "VS Code",
  terminal: "a terminal",
  task: "a task",
  debug: "the debugger",
  notebook: "a notebook",
  kernel: "a notebook",
  jupyter: "a notebook",
  agent: "an agent",
  reproduce: "a reproduction",
  import: "an import",
  mlflow: "an MLflow client",
};

/** In words for people; what is not known is said as it is. */
export const runSourceWords = (source: string): string => (Object.hasOwn(WORDS, source) ? WORDS[source]! : source);
