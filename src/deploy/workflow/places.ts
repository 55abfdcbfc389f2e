/** What a workflow has besides its frame, by the kind of the target that it deploys to. */

export interface PlaceSteps {
  /** Variables of all steps; no secrets. */
  env: Readonly<Record<string, string>>;
  /** Of GITHUB_TOKEN, besides reading the repository. */
  permissions: Readonly<Record<string, "read" | "write">>;
  /** Programs of ours that the steps call, to be put beside the record. */
  files: readonly string[];
  /** Files that are made for this deployment, by their names beside the record. */
  texts?: Readonly<Record<string, string>>;
  /** What the environment on GitHub has to be given, a sentence's part each. */
  needs: readonly string[];
  /** Lines of YAML, without indentation. */
  steps: readonly string[];
}
