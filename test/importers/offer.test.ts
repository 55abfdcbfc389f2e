/** The offer in VS Code, whose window is stood in for, with the real command behind it. */
import { cpSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { Memento } from "vscode";
import type { Log } from "../../src/extension/log";
import type { Projects } from "../../src/extension/stores/projects";
import { fixture, makeFile } from "../../src/ingest/importers/testImport";
import { openStore } from "../../src/store/open";
import { tempFolder } from "../../src/store/testStore";
import { modeltrail, useCli } from "../recorder/cli";

const window = vi.hoisted(() => ({
  trusted: true,
  answer: undefined as string | undefined,
  said: [] as string[],
  reported: [] as string[],
}));

vi.mock("vscode", () => ({
  l10n: { t: (text: string, ...values: unknown[]) => text.replace(/\{(\d)\}/g, (_, at) => String(values[Number(at)])) },
  workspace: {
    get isTrusted() {
      return window.trusted;
    },
  },
  window: {
    showInformationMessage: async (text: string, ...buttons: string[]) => {
      window.said.push(text);
      return buttons.find((button) => button === window.answer);
    },
    showWarningMessage: async (text: string) => void window.said.push(text),
    withProgress: (_options: unknown, action: (bar: object, token: object) => Promise<unknown>) =>
      action(
        { report: ({ message }: { message: string }) => window.reported.push(message) },
        { onCancellationRequested: () => {}, isCancellationRequested: false },
      ),
  },
  ProgressLocation: { Notification: 15 },
}));

useCli();
afterEach(() => Object.assign(window, { trusted: true, answer: undefined, said: [], reported: [] }));

function project(): string {
  const folder = tempFolder();
  cpSync(path.join(fixture("mlflow-files"), "mlruns"), path.join(folder, "mlruns"), { recursive: true });
  makeFile(path.join(folder, "modeltrail.yaml"), "");
  return folder;
}

/** A window that is opened on the project; resolves when nothing more is to be said. */
async function open(root: string, remembered = new Map<string, unknown>()): Promise<Map<string, unknown>> {
  const { registerImportOffer } = await import("../../src/extension/importOffer");
  const faults: unknown[] = [];
  let idle = 0;
  const log = {
    channel: { debug: () => idle++ },
    error: (_what: string, error: unknown) => faults.push(error),
    show: (_what: string, error: unknown) => faults.push(error),
  } as unknown as Log;
  const projects = { all: [{ root }], onDidChangeProjects: () => ({ dispose() {} }) } as unknown as Projects;
  const memory: Memento = {
    get: <T>(key: string, otherwise?: T) => (remembered.get(key) ?? otherwise) as T,
    update: async (key: string, value: unknown) => void remembered.set(key, value),
    keys: () => [],
  };
  const distFolder = path.dirname(modeltrail()[1]!);
  await registerImportOffer({ distFolder, projects, memory, log }).settled;
  expect(faults).toEqual([]);
  expect(idle).toBeLessThan(2);
  return remembered;
}

const OFFER = /has runs of another tracker \(MLflow folder\)/;

test("what is there is offered, imported with progress, and not offered again", async () => {
  const root = project();
  window.answer = "Import";
  await open(root);
  expect(window.said).toEqual([expect.stringMatching(OFFER), "4 runs imported."]);
  expect(window.reported.at(-1)).toBe("4 of 4");
  const store = openStore(root, { create: false });
  expect(store.listRuns({}).total).toBe(4);
  store.close();
  await open(root);
  expect(window.said).toHaveLength(2);
});

test("who says never is not asked again; who says not now is, in another window", async () => {
  const root = project();
  window.answer = "Not Now";
  const remembered = await open(root);
  window.answer = "Never for This Folder";
  await open(root, remembered);
  expect(window.said).toHaveLength(2);
  await open(root, remembered);
  expect(window.said).toHaveLength(2);
});

test("nothing is asked, and nothing made, where there is nothing or no trust", async () => {
  const empty = tempFolder();
  makeFile(path.join(empty, "runs", "notes.txt"), "");
  await open(empty);
  window.trusted = false;
  await open(project());
  expect(window.said).toEqual([]);
});
