/** A value that several charts share and that changes with every movement of the mouse: it does not go through React's state. */
import { useSyncExternalStore } from "react";

export interface Shared<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function createShared<T>(first: T): Shared<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useShared = <T>({ subscribe, get }: Shared<T>): T => useSyncExternalStore(subscribe, get);

/** Where on the x axis of all charts the reader looks; null: nowhere. */
export const cursor = createShared<number | null>(null);
/** The chart that the cursor is moved in, by its metric: it shows the values. */
export const cursorChart = createShared<string | null>(null);
/** The run or group that stands out. */
export const highlighted = createShared<string | null>(null);
