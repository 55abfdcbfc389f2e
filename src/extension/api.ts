/** What other extensions can use: docs/api.md. Changed only so that extensions of before go on working; else the version is raised. */

/** A program that runs jobs, by the protocol of docs/api.md. It is started by processes that outlive the editor. */
export interface TargetProvider {
  /** The program with its first arguments: absolute paths, or names that are on the PATH. */
  program: readonly string[];
  /** Variables that it needs, such as `ELECTRON_RUN_AS_NODE` for a program that runs on the editor's Node. Never secrets. */
  env?: Readonly<Record<string, string>>;
}

export interface ModeltrailApi {
  readonly apiVersion: 1;
  /**
   * Makes targets of this kind, such as "acme.cloud", usable in modeltrail.yaml, in the editor and on the command line. It stays
   * so until the program is told anew or taken back: to be called whenever the extension is activated.
   */
  registerTarget(kind: string, provider: TargetProvider): Promise<void>;
  /** Takes that back. */
  unregisterTarget(kind: string): Promise<void>;
}

export function createApi(): ModeltrailApi {
  return {
    apiVersion: 1,
    async registerTarget(kind, provider) {
      (await import("../targets/foreign/registrations")).registerKind(kind, provider);
    },
    async unregisterTarget(kind) {
      (await import("../targets/foreign/registrations")).unregisterKind(kind);
    },
  };
}
