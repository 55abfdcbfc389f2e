/** The text of a workflow: what is the same wherever it deploys to, around the steps of a place. */

/** Of GitHub's own action, by the commit of its release. */
const CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2";

/** In the repository, beside the record of the deployment. */
export const HELPERS = ".github/modeltrail";

export interface WorkflowParts {
  deployment: string;
  /** The record, from the top of the repository. */
  record: string;
  /** Of GITHUB_TOKEN, besides reading the repository. */
  permissions: Readonly<Record<string, "read" | "write">>;
  /** Variables of all steps: none of them is a secret. */
  env: Readonly<Record<string, string>>;
  /** Lines, without indentation. */
  steps: readonly string[];
}

/**
 * Steps find the bundle, verified, in $RUNNER_TEMP/bundle, and in the environment DEPLOYMENT, VERSION, BUNDLE (its hash), ASSET and SHA256 (of the archive). Text of
 * others gets into scripts by variables only, never by `${{ }}`.
 */
export function workflowText({ deployment, record, permissions, env, steps }: WorkflowParts): string {
  const own = { DEPLOYMENT: deployment, RECORD: record, ...env };
  return `name: Deploy ${deployment}
run-name: Deploy \${{ inputs.version && format('version {0}', inputs.version) || 'the recorded version' }} to ${deployment}

on:
  # Any version that the record lists, such as an earlier one to go back.
  workflow_dispatch:
    inputs:
      version:
        description: The model's version (default, the one that the record says)
        type: string
        default: ""
  # A change of the record that was reviewed and merged.
  push:
    paths: [${JSON.stringify(record)}]

permissions: {}

# One at a time: a second waits for its turn.
concurrency:
  group: ${JSON.stringify(`deploy-${deployment}`)}
  cancel-in-progress: false

jobs:
  deploy:
    if: github.event_name != 'push' || github.ref_name == github.event.repository.default_branch
    runs-on: ubuntu-latest
    timeout-minutes: 60
    # Who has to agree, and the secrets, are settings of this environment.
    environment: ${JSON.stringify(deployment)}
    permissions:
${indented(lines({ contents: "read", ...permissions }), 6)}
    defaults:
      run:
        shell: bash
    env:
${indented(lines(own), 6)}
    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false

      - name: Choose the version
        env:
          WANTED: \${{ inputs.version }}
        run: python3 ${HELPERS}/deploy.py choose "$RECORD" "$WANTED" | tee -a "$GITHUB_ENV"

      - name: Fetch its bundle
        env:
          GH_TOKEN: \${{ github.token }}
        run: gh release download "$RELEASE" --repo "$GITHUB_REPOSITORY" --pattern "$ASSET" --dir "$RUNNER_TEMP" --clobber

      - name: Verify that it is the one that was recorded
        run: python3 ${HELPERS}/deploy.py unpack "$RUNNER_TEMP/$ASSET" "$SHA256" "$RUNNER_TEMP/bundle"

${indented(steps, 6)}
`;
}

/** As YAML: JSON is YAML. */
function lines(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
}

function indented(text: readonly string[], by: number): string {
  return text.map((line) => (line === "" ? "" : " ".repeat(by) + line)).join("\n");
}
