/** Sources of models whose files may run code when they are read. */
export interface TrustStore {
  isTrusted(source: string): boolean;
  /** From now on, with an entry in the audit log. */
  trust(source: string): void;
  /** What is trusted, the newest first; `time` in ms since the epoch. */
  list(): { source: string; time: number }[];
  /** Takes it back, with an entry in the audit log. No error when it was not trusted. */
  forget(source: string): void;
}
