/**
 * Notebooks that run on a kernel of ours, whose recorder sees more than VS Code tells: they are not recorded from VS Code's
 * events as well. Kept by address, as VS Code writes it.
 */
export interface TrackedKernel {
  /** What the notebook executes next begins a run. */
  newRun(): unknown;
}

const kernels = new Map<string, TrackedKernel>();

interface Addressed {
  uri: { toString(): string };
}

/** To be said when a kernel of ours is chosen for the notebook; null: another one is. */
export function setTracked({ uri }: Addressed, kernel: TrackedKernel | null): void {
  if (kernel) kernels.set(uri.toString(), kernel);
  else kernels.delete(uri.toString());
}

export const trackedKernel = ({ uri }: Addressed): TrackedKernel | undefined => kernels.get(uri.toString());
