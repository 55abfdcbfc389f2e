import os from "node:os";

const names = new Map(Object.entries(os.constants.signals).map(([name, number]) => [number, name]));

/** E.g. "SIGKILL" for 9; its number for one that this system has no name for. */
export const signalName = (number: number) => names.get(number) ?? `SIG${number}`;
