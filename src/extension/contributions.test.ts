/** package.json against contributions.ts: what is on one side only would fail at run time, silently. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { startRun } from "../agents/startRun";
import { readTools } from "../agents/tools";
import { toolManifest } from "./agents/manifest";
import {
  Command,
  Context,
  EXTENSION_ID,
  LanguageModelTool,
  McpProvider,
  Panel,
  Scheme,
  SETTINGS,
  Submenu,
  TASK_TYPE,
  View,
  ViewContainer,
  Walkthrough,
} from "./contributions";

const root = path.resolve(import.meta.dirname, "../..");
const placed = { when: z.string().optional(), group: z.string().optional() };
const MenuItem = z.object({ command: z.string(), ...placed });
const SubmenuItem = z.object({ submenu: z.string(), ...placed });
const Manifest = z.object({
  name: z.string(),
  publisher: z.string(),
  activationEvents: z.array(z.string()),
  capabilities: z.object({
    untrustedWorkspaces: z.object({ supported: z.literal("limited"), restrictedConfigurations: z.array(z.string()) }),
    virtualWorkspaces: z.object({ supported: z.literal(false) }),
  }),
  contributes: z.object({
    commands: z.array(
      z.object({ command: z.string(), title: z.string(), category: z.string(), icon: z.string().optional() }),
    ),
    keybindings: z.array(z.object({ command: z.string(), when: z.string(), args: z.literal("selection") })),
    submenus: z.array(z.object({ id: z.string(), label: z.string() })),
    menus: z.record(z.string(), z.array(z.union([MenuItem, SubmenuItem]))),
    viewsContainers: z.object({ activitybar: z.array(z.object({ id: z.string(), icon: z.string() })) }),
    views: z.record(z.string(), z.array(z.object({ id: z.string() }))),
    viewsWelcome: z.array(z.object({ view: z.string(), when: z.string(), contents: z.string() })),
    configuration: z.object({ properties: z.record(z.string(), z.looseObject({ default: z.unknown() })) }),
    languageModelTools: z.array(z.looseObject({ name: z.string() })),
    mcpServerDefinitionProviders: z.array(z.object({ id: z.string(), label: z.string() })),
    taskDefinitions: z.array(z.object({ type: z.string() })),
    walkthroughs: z.array(
      z.object({
        id: z.string(),
        steps: z.array(z.looseObject({ description: z.string(), media: z.looseObject({}) })),
      }),
    ),
  }),
});
const manifest = Manifest.parse(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));
const { contributes } = manifest;
const placements = Object.values(contributes.menus).flat();
const menuItems = placements.filter((item) => "command" in item);

const sorted = (values: Iterable<string>) => [...values].sort();
const ours = (text: string) => [...text.matchAll(/modeltrail\.\w+(\.\w+)*/g)].map(([name]) => name);
const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && file !== "contributions.ts")
  .map((file) => readFileSync(path.join(import.meta.dirname, file), "utf8"))
  .join("\n");

test("the extension is called what it says", () => {
  expect(`${manifest.publisher}.${manifest.name}`).toBe(EXTENSION_ID);
});

describe("commands", () => {
  test("are the same on both sides", () => {
    expect(sorted(contributes.commands.map(({ command }) => command))).toEqual(sorted(Object.values(Command)));
  });

  test.each(Object.entries(Command))("%s is used", (key) => {
    expect(sources).toContain(`Command.${key}`);
  });

  test("stand in one category, in title case, without the product's name", () => {
    for (const { title, category } of contributes.commands) {
      expect(category).toBe("Modeltrail");
      expect(title).not.toMatch(/modeltrail/i);
      expect(title).toMatch(/^[A-Z]/);
    }
  });

  test("in menus and of keys are contributed ones, each with a condition", () => {
    const known = new Set<string>(Object.values(Command));
    for (const item of [...menuItems, ...contributes.keybindings]) {
      expect(known).toContain(item.command);
      expect(item.when).toBeTruthy();
    }
  });

  test("stand in menus below others that are shown somewhere, and hold something", () => {
    const known = Object.values(Submenu) as string[];
    expect(sorted(contributes.submenus.map(({ id }) => id))).toEqual(sorted(known));
    const shown = placements.flatMap((item) => ("submenu" in item ? [item] : []));
    expect(sorted(shown.map(({ submenu }) => submenu))).toEqual(sorted(known));
    for (const { submenu, when } of shown) {
      expect(when).toBeTruthy();
      expect(contributes.menus[submenu]?.length).toBeGreaterThan(1);
    }
  });

  test("shown as buttons have an icon", () => {
    const buttons = menuItems
      .filter(({ group }) => /^(inline|navigation)/.test(group ?? ""))
      .map(({ command }) => command);
    const withIcon = contributes.commands.filter(({ icon }) => icon).map(({ command }) => command);
    expect(withIcon).toEqual(expect.arrayContaining(buttons));
  });

  test("that start or write something ask for trust in every menu", () => {
    const starting: string[] = [
      Command.run,
      Command.runWithArguments,
      Command.runAgain,
      Command.compareRunWithWorkspace,
      Command.restoreToFolder,
      Command.restoreToWorktree,
      Command.restoreFile,
      Command.bringIntoWorkspace,
      Command.reproduce,
      Command.freeSpace,
      Command.exportRuns,
      Command.importRuns,
      Command.importFrom,
      Command.exportTo,
      Command.pushCode,
      Command.fetchCode,
      Command.nameDataset,
      Command.runOnTarget,
      Command.addToQueue,
      Command.checkTarget,
      Command.editTargets,
      Command.setTargetSecret,
      Command.cancelJob,
      Command.retryJob,
      Command.raiseJob,
      Command.lowerJob,
      Command.pauseQueue,
      Command.resumeQueue,
      Command.registerModel,
      Command.promoteModel,
      Command.demoteModel,
      Command.setModelAlias,
      Command.archiveModel,
      Command.unarchiveModel,
      Command.editModelDescription,
      Command.editModelTags,
      Command.runGates,
      Command.deployModel,
      Command.deployModelTo,
      Command.deployAnyway,
      Command.tryDeployment,
      Command.rollBackDeployment,
      Command.rollBackDeploymentTo,
      Command.setTraffic,
      Command.startDeployment,
      Command.undeploy,
      Command.removeDeployment,
    ];
    const shown = menuItems.filter(({ command, when }) => starting.includes(command) && when !== "false");
    for (const { command, when } of shown) expect(when, command).toContain("isWorkspaceTrusted");
  });
});

test("conditions ask for context keys, views and commands that there are", () => {
  const known = [...Object.values(Context), ...Object.values(View)] as string[];
  const conditions = placements.map(({ when }) => when ?? "");
  const asked = [...conditions, ...contributes.viewsWelcome.map(({ when }) => when)].flatMap(ours);
  expect(known).toEqual(expect.arrayContaining([...new Set(asked)]));
  for (const key of Object.values(Context)) expect(asked).toContain(key);
});

test("links in texts lead to commands that there are", () => {
  const steps = contributes.walkthroughs.flatMap((walkthrough) =>
    walkthrough.steps.map(({ description }) => description),
  );
  const texts = [...contributes.viewsWelcome.map(({ contents }) => contents), ...steps];
  const linked = texts.flatMap((text) => [...text.matchAll(/command:(modeltrail\.[\w.]+)/g)].map((match) => match[1]!));
  const known = [...Object.values(Command), `${View.experiments}.focus`] as string[];
  expect(linked.length).toBeGreaterThan(0);
  expect(known).toEqual(expect.arrayContaining(linked));
});

describe("settings", () => {
  const { properties } = contributes.configuration;

  test("are the same on both sides", () => {
    expect(sorted(Object.keys(properties))).toEqual(sorted(SETTINGS));
  });

  test.each(Object.entries(properties))("%s has a default and a description, and is used", (key, property) => {
    expect(property.default).toBeDefined();
    expect(property.description ?? property.markdownDescription).toMatch(/\.$/);
    expect(sources).toContain(`"${key}"`);
  });

  test("that name a program are not taken from an untrusted workspace", () => {
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain("modeltrail.python");
  });
});

test("views, tasks and walkthroughs are the same on both sides", () => {
  expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual(Object.values(ViewContainer));
  expect(contributes.views[ViewContainer.main]!.map(({ id }) => id)).toEqual(Object.values(View));
  expect(contributes.taskDefinitions.map(({ type }) => type)).toEqual([TASK_TYPE]);
  expect(contributes.walkthroughs.map(({ id }) => id)).toEqual(Object.values(Walkthrough));
});

test("documents and panels wake the extension", () => {
  const schemes = Object.values(Scheme).map((scheme) => `onFileSystem:${scheme}`);
  const panels = Object.values(Panel).map((panel) => `onWebviewPanel:${panel}`);
  expect(manifest.activationEvents).toEqual(["onStartupFinished", ...schemes, ...panels]);
});

test("pictures that are named are there", () => {
  const files = JSON.stringify(contributes).match(/media\/[\w/.-]+/g)!;
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(existsSync(path.join(root, file)), file).toBe(true);
});

test("tools for language models stand in package.json as they are defined", () => {
  expect(contributes.languageModelTools).toEqual([...readTools, startRun].map(toolManifest));
  expect(contributes.languageModelTools.map(({ name }) => name)).toEqual(Object.values(LanguageModelTool));
  expect(contributes.mcpServerDefinitionProviders).toEqual([{ id: McpProvider.runs, label: "Modeltrail" }]);
});
