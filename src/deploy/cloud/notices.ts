/** What whoever deploys to a cloud should know before: what it costs, and which of their settings have no meaning there. */
import type { Problem } from "../../targets/contract";
import type { ServingPlan } from "../contract";

export interface CloudCosts {
  /** For messages: "Vertex AI". */
  cloud: string;
  /** What each version runs on: "n1-standard-2"; null: nothing that would be paid for when nobody asks. */
  machine: string | null;
  /** Of them, for each version. */
  count: number;
  costPerHour: number | undefined;
  /** What it takes while versions are exchanged. */
  meanwhile: string;
}

export function notices({ settings, routes }: ServingPlan, costs: CloudCosts): Problem[] {
  const { cloud, machine, count, costPerHour, meanwhile } = costs;
  const price = costPerHour === undefined ? "" : ` (${costPerHour} an hour)`;
  const each = routes.length > 1 ? "For each version, " : "";
  const paid = machine === null ? "It is paid for by request" : `${each}${count} × ${machine}${price} is paid for`;
  const twice = machine === null ? "" : `, and ${meanwhile} while versions are exchanged`;
  const unused = (["port", "host"] as const).filter((name) => settings[name] !== undefined);
  const found = [
    `${paid} until it is undeployed${twice}.`,
    unused.length > 0 && `${cloud} decides itself what ${unused.map((name) => `\`${name}\``).join(" and ")} would say.`,
    typeof settings.log === "object" && `Predictions at ${cloud} are not logged here: \`log\` has no effect there.`,
  ];
  return found.flatMap((message) => (message === false ? [] : [{ severity: "warning", message }]));
}
