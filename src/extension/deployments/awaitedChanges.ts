/** Changes whose end this window has still to tell: they outlive it, and a reload must not make them end unnoticed. */
import type * as vscode from "vscode";

const KEY = "modeltrail.awaitedChanges";

export interface AwaitedChange {
  root: string;
  /** The deployment. */
  name: string;
  title: string;
  /** Id of the rollout before it; null: there was none. */
  before: string | null;
}

export const awaitedChanges = (memory: vscode.Memento): AwaitedChange[] => memory.get<AwaitedChange[]>(KEY, []);

/** Gives what is to be called when its end was told. A deployment is changed once at a time. */
export async function rememberChange(memory: vscode.Memento, change: AwaitedChange): Promise<() => Promise<void>> {
  const others = () => awaitedChanges(memory).filter(({ root, name }) => root !== change.root || name !== change.name);
  await memory.update(KEY, [...others(), change]);
  return async () => {
    const left = others();
    await memory.update(KEY, left.length > 0 ? left : undefined);
  };
}
