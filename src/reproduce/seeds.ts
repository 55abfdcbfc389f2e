/** Whether the code of a run sets a seed anywhere: the first question when a run does not give the same twice. */
import type { Run } from "../domain/run";
import { GitError, git } from "../snapshot/git";

/** What libraries call it: random.seed, np.random.default_rng(seed), torch.manual_seed, random_state=0, PRNGKey(0). */
const WORDS = ["seed", "random_state", "default_rng", "PRNGKey"];
const SOURCES = ["*.py", "*.ipynb", "*.R", "*.jl", "*.yaml", "*.yml", "*.toml", "*.sh"];

/** A sentence; null when nothing can be said. Never throws. */
export async function seedHint({
  snapshot: { code },
  command,
}: Pick<Run, "snapshot" | "command">): Promise<string | null> {
  if (code.gitDir === null || code.commit === null) return null;
  if (command.some((word) => /seed|random.state/i.test(word))) return SEEDED;
  const words = WORDS.flatMap((word) => ["-e", word]);
  // Git's own words for "files with a name that ends so"; literal names are our usual way.
  const env = { GIT_DIR: code.gitDir, GIT_LITERAL_PATHSPECS: "0" };
  try {
    await git(["grep", "-q", "-I", "-i", ...words, code.commit, "--", ...SOURCES], { cwd: code.gitDir, env });
    return SEEDED;
  } catch (error) {
    // Git ends with 1 when nothing fits.
    return error instanceof GitError && error.exitCode === 1 ? UNSEEDED : null;
  }
}

const UNSEEDED = "Its code sets no seed anywhere, so random numbers differ each time.";
const SEEDED =
  "A seed is set, so look for another source of chance: a generator without one, the order of threads or files, a GPU, the time.";
