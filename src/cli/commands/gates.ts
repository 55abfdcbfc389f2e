/** `modeltrail gates` */
import { gateTools } from "../../deploy/gates/gateTools";
import { runGates } from "../../deploy/gates/runGates";
import { formatDuration } from "../../domain/format";
import { allPassed, type GatedStep, type GateResult, type GateVerdict } from "../../domain/gate";
import { toJson } from "../../domain/json";
import { resolveVersion, versionName } from "../../registry/resolveVersion";
import { askTrust } from "../askTrust";
import { interruptible } from "../interrupt";
import { withStore } from "../open";
import { oneLine, print, type Style, styled, table } from "../print";

export interface GatesOptions {
  only?: string[];
  step?: GatedStep;
  trust?: boolean;
  json?: boolean;
}

const STYLES: Record<GateVerdict, Style> = { passed: "green", failed: "red", error: "red", skipped: "dim" };

export async function gatesCommand(reference: string, { only, step, trust, json }: GatesOptions): Promise<void> {
  await withStore(async (store) => {
    const version = resolveVersion(store, reference);
    const results = await interruptible((signal) =>
      runGates(
        store,
        {
          ...{ model: version.model, version: version.version, step: step ?? null, names: only, signal },
          // Where nobody watches, only what was found counts.
          onStart: (gate) => progress(`running ${oneLine(gate)} …`),
        },
        gateTools({ store, env: process.env, trust: askTrust(trust), onStep: progress, signal }),
      ),
    );
    progress("");
    if (!allPassed(results)) process.exitCode = 1;
    if (json) return print(toJson(results, 2));
    if (results.length === 0) return print(noneText(version.model, step));
    print(
      `${styled(oneLine(versionName(version)), "bold")}\n${table([["GATE", "VERDICT", "TIME", "WHAT IT FOUND"], ...results.map(row)])}`,
    );
    const held = results.filter((result) => !allPassed([result]));
    if (held.length > 0) print(`${held.length} of ${results.length} gates hold this version back.`);
  });
}

function row({ gate, verdict, duration, summary }: GateResult): string[] {
  return [oneLine(gate), styled(verdict, STYLES[verdict]), formatDuration(duration), oneLine(summary)];
}

function noneText(model: string, step: GatedStep | undefined): string {
  const before = step ? ` before ${step}` : "";
  return `modeltrail.yaml names no gate for ${oneLine(model)}${before}. Say under \`gates:\` what a version has to pass, such as\n  gates:\n    accurate: { kind: metric, metric: accuracy, min: 0.9 }`;
}

/** One line that the next one replaces; nothing where it could not be replaced. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
