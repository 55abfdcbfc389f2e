/** `modeltrail targets` */

import { toJson } from "../../domain/json";
import { LOCAL } from "../../domain/localTarget";
import type { TargetSettings } from "../../domain/targets";
import { readProjectFile } from "../../snapshot/projectFile";
import { locateRoot } from "../../store/locate";
import { listTargets } from "../../targets/registry";
import { slotsOf } from "../../targets/slots";
import { oneLine, print, table } from "../print";

export async function targetsCommand({ json }: { json?: boolean }): Promise<void> {
  const { root } = locateRoot(process.cwd());
  const targets = await listTargets(root);
  const file = await readProjectFile(root);
  const all: [name: string, settings: TargetSettings | { kind: string; costPerHour?: number }][] = [
    [LOCAL, { kind: "this machine", costPerHour: file.local?.costPerHour }],
    ...Object.entries(targets),
  ];
  const slots = (name: string) => slotsOf(file, name);
  if (json) {
    const list = all.map(([name, settings]) => ({
      name,
      kind: settings.kind,
      // JSON has no infinity: as many as there are.
      slots: Number.isFinite(slots(name)) ? slots(name) : null,
      costPerHour: settings.costPerHour ?? null,
    }));
    return print(toJson(list, 2));
  }
  const rows = all.map(([name, settings]) => [
    name,
    settings.kind,
    Number.isFinite(slots(name)) ? String(slots(name)) : "",
    settings.costPerHour === undefined ? "" : String(settings.costPerHour),
    oneLine(whereText(settings)),
  ]);
  print(table([["NAME", "KIND", "SLOTS", "PER HOUR", "WHERE"], ...rows]));
  if (all.length === 1) print("\nmodeltrail.yaml names no other: see `targets` in docs/targets.md.");
}

function whereText(settings: object): string {
  const { host, image, address, partition, context } = settings as Record<string, unknown>;
  return [host, partition, address, context, image].filter((part) => typeof part === "string").join(", ");
}
