/** Would a bundle run at its target? It is started here under the target's own contract, and asked what the target would ask. */
import { UserError } from "../../domain/errors";
import type { ReadyBundle, ServingContract } from "../contract";
import { type ServingPython, serveEnvironment } from "../environment/servingPython";
import { readSample } from "../sample";
import { azureProfile, driveScore, findServer } from "./azure";
import { CONTRACT_NAMES, type ContractProfile, invocations, profileOf } from "./contracts";
import { freePort, type Trial, withTrial } from "./trialServer";

const SHOWN = 300;

/**
 * What came of it, in a sentence. Throws UserError that says what does not fit, with the server's last lines. Nothing of it
 * runs any more afterwards, however it ends.
 */
export async function checkCompatibility(
  bundle: Pick<ReadyBundle, "folder" | "manifest">,
  contract: ServingContract,
  serving: ServingPython,
  signal: AbortSignal,
): Promise<string> {
  const { folder, manifest } = bundle;
  const { python } = serving;
  const env = serveEnvironment(serving, folder, process.env);
  const sample = await readSample(bundle);
  const noSample = sample ? "" : " Its answers were not tried: no sample input is known.";
  try {
    if (contract === "azureml" && !(await findServer(python, env, signal))) {
      const answer = await driveScore(python, folder, sample, { env, signal });
      for (const question of invocations({ sample }, "score.py")) refuse(question.name, question.judge(answer));
      return `score.py answers as Azure ML asks it to; Azure's own inference server is not installed here, so it was called directly.${noSample}`;
    }
    const port = await freePort();
    const profile =
      contract === "azureml" ? azureProfile(folder, sample, port) : profileOf(contract, { manifest, sample, port });
    const { argv } = profile;
    const own = contract === "azureml" ? [] : ["--bundle", folder, "--with-parent", String(process.pid)];
    const options = { python, argv: [...argv, ...own], env: { ...env, ...profile.env }, cwd: folder, port, signal };
    return await withTrial({ ...options, ready: profile.health[0]! }, async (trial) => {
      const asked = await tryAll(profile, trial);
      const started = `It starts under the contract of ${profile.name} in ${(trial.startTime / 1000).toFixed(1)} s`;
      return asked === null ? `${started}.${noSample}` : `${started} and answers the sample in ${asked.toFixed(1)} ms.`;
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const name = `${manifest.model}/${manifest.version}`;
    throw new UserError(`${name} would not run as ${CONTRACT_NAMES[contract]} asks: ${error.message}`, {
      cause: error,
    });
  }
}

/** The longest time of an answer, ms; null when there was nothing to ask. */
async function tryAll({ health, questions }: ContractProfile, trial: Trial): Promise<number | null> {
  for (const path of health) {
    const { status, body } = await trial.ask(path);
    if (status !== 200) throw new UserError(`${path} answered ${status}: ${body.toString().slice(0, SHOWN)}`);
  }
  let longest: number | null = null;
  for (const { name, path, body, judge } of questions) {
    const before = performance.now();
    const answer = await trial.ask(path, body);
    longest = Math.max(longest ?? 0, performance.now() - before);
    const text = answer.body.toString();
    if (answer.status !== 200)
      throw new UserError(`${name} answered the sample with ${answer.status}: ${text.slice(0, SHOWN)}`);
    refuse(name, judge(parse(name, text)));
  }
  return longest;
}

function refuse(name: string, problem: string | null): void {
  if (problem !== null) throw new UserError(`${name} answered the sample wrongly: ${problem}`);
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${name} answered the sample with what is no JSON: ${text.slice(0, SHOWN)}`);
  }
}
