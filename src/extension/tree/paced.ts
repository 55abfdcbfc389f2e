/** Views follow changes that come in quick succession, but not one by one. */

export interface Paced {
  /** Does it a while later, once, however often it is asked for until then. */
  soon(): void;
  dispose(): void;
}

/** `act` is done so often at the most; `onFault` is told why it failed. */
export function paced(ms: number, act: () => unknown, onFault: (error: unknown) => void): Paced {
  let timer: NodeJS.Timeout | undefined;
  async function run(): Promise<void> {
    timer = undefined;
    await act();
  }
  return {
    soon() {
      timer ??= setTimeout(() => void run().catch(onFault), ms);
    },
    dispose: () => clearTimeout(timer),
  };
}
