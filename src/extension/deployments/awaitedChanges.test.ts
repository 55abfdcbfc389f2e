import { expect, test } from "vitest";
import type { Memento } from "vscode";
import { awaitedChanges, rememberChange } from "./awaitedChanges";

function memento(): Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string, otherwise?: unknown) => kept.get(key) ?? otherwise,
    async update(key, value) {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
    },
  } as Memento;
}

const change = (name: string, before: string | null = null) => ({ root: "/r", name, title: `Deploy ${name}`, before });

test("changes are kept until their end was told, one for each deployment", async () => {
  const memory = memento();
  const told = await rememberChange(memory, change("wine"));
  await rememberChange(memory, change("beer"));
  const again = await rememberChange(memory, change("wine", "a"));
  expect(awaitedChanges(memory)).toEqual([change("beer"), change("wine", "a")]);
  await again();
  await told();
  expect(awaitedChanges(memory)).toEqual([change("beer")]);
  await (await rememberChange(memory, change("beer")))();
  expect(memory.keys()).toEqual([]);
});
