/** What language models can do in VS Code: the tools are asked as a model would ask them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { LanguageModelTool } from "../../src/extension/contributions";
import { cleanUp, hasEnded, internals, runOfScript, type TestInternals, writeScript } from "./support";

const TRAIN = [
  "import argparse",
  "parser = argparse.ArgumentParser()",
  "parser.add_argument('--lr', type=float, default=0.1)",
  "lr = parser.parse_args().lr",
  "for epoch in range(5):",
  "    print(f'epoch {epoch} loss={lr / (epoch + 1):.4f}')",
];

describe("language models", () => {
  let own: TestInternals;
  before(async () => {
    own = await internals();
    await writeScript("agent_train.py", TRAIN);
  });
  after(cleanUp);

  async function ask(name: string, input: object): Promise<Record<string, unknown>> {
    const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    return JSON.parse((content[0] as vscode.LanguageModelTextPart).value);
  }

  it("find the tools", () => {
    const names = vscode.lm.tools.map(({ name }) => name);
    for (const name of Object.values(LanguageModelTool)) assert.ok(names.includes(name), name);
  });

  it("start a run, and learn what came of it", async () => {
    // Without a conversation nobody is asked: that is the part of VS Code that shows `prepareInvocation`.
    const input = { script: "agent_train.py", args: ["--lr", "0.5"] };
    const started = await ask(LanguageModelTool.start, input);
    const run = await runOfScript(own, "agent_train.py", hasEnded);
    assert.equal(started.run, run.id.slice(0, 8));
    const shown = await ask(LanguageModelTool.showRun, { run: started.run });
    assert.deepEqual(shown.params, { lr: "0.5" });
    const { curve } = await ask(LanguageModelTool.metricHistory, { run: started.run, metric: "loss" });
    assert.equal((curve as unknown[]).length, 5);
    const found = await ask(LanguageModelTool.searchRuns, { filter: "params.lr = '0.5'", limit: 1 });
    assert.equal((found.runs as { id: string }[])[0]?.id, started.run);
  });

  it("are told why something cannot be", async () => {
    await assert.rejects(ask(LanguageModelTool.showRun, { run: "nobody" }), /nobody/);
    await assert.rejects(ask(LanguageModelTool.start, { script: "../other.py" }), /outside of the project/);
    await assert.rejects(ask(LanguageModelTool.listRuns, { project: "elsewhere" }), /`project`/);
  });
});
