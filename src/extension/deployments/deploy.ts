/** Deploys a version in one click: what can be known is not asked. */
import * as vscode from "vscode";
import type { RouteRole } from "../../domain/deployment";
import { UserError } from "../../domain/errors";
import { LOCAL } from "../../domain/localTarget";
import { oneLine } from "../../domain/oneLine";
import { runsGiven } from "../commands/pickRuns";
import { Command } from "../contributions";
import { askOverride } from "../models/modelCommands";
import { addressOf, chosen, pickVersion, type VersionAt } from "../models/pickVersion";
import { versionOfRun } from "../models/registerModel";
import { requireTrust } from "../run/launcher";
import { EDIT_TARGETS } from "../targets/pickTarget";
import type { DeployPlace } from "../worker/deployments/api";
import { askTrust } from "./askTrust";
import { type ChangeDeps, carryOut, tellEnd } from "./changeDeployment";
import { heldBy, newRoute } from "./describeDeployment";
import { isRolloutNode } from "./nodes";

type Place = Pick<DeployPlace, "to" | "name">;

interface Wish {
  role: RouteRole;
  /** Per cent of the requests for a challenger, of copies for a shadow. */
  percent?: string;
  /** Why, though gates fail. */
  override?: string;
}

/** `given`: a run, a version, a model, or nothing. */
export async function deploy(deps: ChangeDeps, given: readonly unknown[]): Promise<void> {
  requireTrust();
  const version = await versionFrom(deps, given);
  const place = await placeFor(deps, version, false);
  await start(deps, version, place, { role: "champion" });
}

/** The same, asking where to, and what it is to do there. */
export async function deployTo(deps: ChangeDeps, given: readonly unknown[]): Promise<void> {
  requireTrust();
  const version = await versionFrom(deps, given);
  const place = await placeFor(deps, version, true);
  await start(deps, version, place, place.serves === null ? { role: "champion" } : await askRole(place.serves));
}

async function versionFrom({ projects }: ChangeDeps, given: readonly unknown[]): Promise<VersionAt> {
  const [run] = await runsGiven(given.slice(0, 1), projects);
  if (run) return versionOfRun(projects, run);
  return pickVersion(given[0], projects, vscode.l10n.t("Deploy Model"));
}

/** Asks only where there are several that are meant for the model, or `always`. */
async function placeFor({ projects }: ChangeDeps, version: VersionAt, always: boolean): Promise<DeployPlace> {
  const { root, model } = version;
  const places = await projects.call("deployPlaces", { root, model });
  const own = places.filter(({ isOwn }) => isOwn);
  const usual = own.length > 0 ? own : places;
  const [only] = usual;
  if (!always && usual.length === 1 && only) return only;
  const items = places.map((place) => ({
    place,
    label: place.name,
    description: [
      place.target === LOCAL ? vscode.l10n.t("this machine") : place.target,
      oneLine([place.kind, place.place].filter(Boolean).join(" ")),
      place.serves === null ? undefined : vscode.l10n.t("serves version {0}", place.serves),
    ]
      .filter(Boolean)
      .join(" · "),
  }));
  const title = vscode.l10n.t("Deploy {0} To", oneLine(addressOf(version)));
  const picked = chosen(
    await vscode.window.showQuickPick([...items, EDIT_TARGETS], { title, matchOnDescription: true }),
  );
  if ("place" in picked) return picked.place;
  await vscode.commands.executeCommand(Command.editTargets);
  throw new vscode.CancellationError();
}

async function askRole(serves: number): Promise<Wish> {
  const items = [
    {
      label: "champion" as const,
      detail: vscode.l10n.t("It takes the place of version {0}, which stays ready to be gone back to", serves),
    },
    { label: "challenger" as const, detail: vscode.l10n.t("It answers a part of the requests, beside the champion") },
    { label: "shadow" as const, detail: vscode.l10n.t("It gets copies of requests; nobody gets its answers") },
  ];
  const { label: role } = chosen(await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Deploy As") }));
  if (role === "champion") return { role };
  const percent = await askPercent(role === "shadow" ? "100" : "10");
  return { role, percent };
}

export async function askPercent(value: string): Promise<string> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Per Cent of the Requests"),
    value,
    validateInput: (text) => {
      const isShare = text.trim() !== "" && Number(text) >= 0 && Number(text) <= 100;
      return isShare ? undefined : vscode.l10n.t("A number from 0 to 100.");
    },
  });
  return chosen(typed).trim();
}

async function start(deps: ChangeDeps, version: VersionAt, place: Place, wish: Wish): Promise<void> {
  const { role, percent, override } = wish;
  const { root } = version;
  await askTrust(deps.projects, version);
  const at = { root, name: place.name };
  const rollout = await carryOut(deps, {
    ...at,
    title: vscode.l10n.t("Deploy {0} to {1}", oneLine(addressOf(version)), place.name),
    words: [
      "deploy",
      `--to=${place.to}`,
      `--role=${role}`,
      ...(percent === undefined ? [] : [`--percent=${percent}`]),
      ...(override === undefined ? [] : [`--override=${override}`]),
      "--",
      addressOf(version),
    ],
  });
  const held = rollout ? heldBy(rollout) : undefined;
  const canPass = held !== undefined && override === undefined;
  const run = () => startAnyway(deps, version, place, wish, held!);
  tellEnd(deps, at, rollout, canPass ? { title: anyway(), run } : undefined);
}

/** Once more what gates held back: of the deployment's changes, the one that was clicked. */
export async function deployAnyway(deps: ChangeDeps, given: unknown): Promise<void> {
  requireTrust();
  if (!isRolloutNode(given)) return;
  const { root, deployment, rollout } = given;
  const held = heldBy(rollout);
  const route = newRoute(rollout, deployment.routes);
  if (held === undefined || !route) throw new UserError(vscode.l10n.t("No gate held this change back."));
  const { model, version, role, percent } = route;
  const place = { to: deployment.name, name: deployment.name };
  const wish = role === "champion" ? { role } : { role, percent: String(percent) };
  await startAnyway(deps, { root, model, version }, place, wish, held);
}

async function startAnyway(
  deps: ChangeDeps,
  version: VersionAt,
  place: Place,
  wish: Wish,
  held: string,
): Promise<void> {
  const text = vscode.l10n.t("Gates hold {0} back.", addressOf(version));
  const reason = await askOverride(text, held, anyway());
  if (reason !== undefined) await start(deps, version, place, { ...wish, override: reason });
}

const anyway = () => vscode.l10n.t("Deploy Anyway…");
