/** Deploying from a workflow to a machine that it reaches by ssh: the bundle is served there by a program that is sent along. */
import type { DeploymentSettings } from "../../domain/deploymentSettings";
import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import { HELPERS } from "./frame";
import type { PlaceSteps } from "./places";
import type { SshAddress } from "./sshAddress";

/** It serves there; see python/ci. */
const PROGRAM = "host.py";
const SSH = 'ssh -F "$RUNNER_TEMP/ssh-config" host';
/** It is said to a shell. */
const PLAIN_HOST = /^[\w.:-]+$/;
const PORT = 8080;
const HOST = "127.0.0.1";

/** Throws UserError for settings that cannot be. */
export function sshSteps(
  deployment: string,
  target: TargetOf<"ssh">,
  settings: DeploymentSettings,
  address: SshAddress,
): PlaceSteps {
  const { host = HOST, port = PORT, workers = 1, token = false } = settings;
  const { python } = target;
  if (!PLAIN_HOST.test(host)) throw new UserError(`"${host}" is no address that a deployment can listen at.`);
  const options = ["--host", host, "--port", port, "--workers", workers].join(" ");
  const env = {
    // Said to the shell there, which knows the way home.
    FOLDER: `~/.modeltrail/served/${deployment}`,
    SSH_HOST: address.host,
    SSH_PORT: address.port,
    SSH_USER: address.user,
    ...(address.jump === null ? {} : { SSH_JUMP: address.jump }),
    ...(python === undefined ? {} : { SERVE_PYTHON: python }),
  };
  const ways = address.jump === null ? "" : `, and the same of ${address.jump}`;
  const needs = [
    `the secret DEPLOY_SSH_KEY: a private key that may log in to ${address.host} as ${address.user}`,
    `the variable DEPLOY_KNOWN_HOSTS: what \`ssh-keyscan -p ${address.port} ${address.host}\` prints, checked by you${ways}`,
    ...(token ? ["the secret DEPLOY_TOKEN: what callers have to show"] : []),
  ];
  return {
    env,
    permissions: {},
    files: [PROGRAM],
    needs,
    steps: stepLines(options, python !== undefined, token, address),
  };
}

function stepLines(options: string, hasPython: boolean, token: boolean, { jump }: SshAddress): string[] {
  const python = hasPython ? ' --python $(printf %q "$SERVE_PYTHON")' : "";
  // One of a time when callers had to show it.
  const forget = token ? "" : " && rm -f $FOLDER/token";
  const sending = [
    `${SSH} "mkdir -p ~/.modeltrail/served && mkdir -p -m 700 $FOLDER${forget}"`,
    `${SSH} "cat > $FOLDER/incoming.zip" < "$RUNNER_TEMP/$ASSET"`,
    `${SSH} "cat > $FOLDER/${PROGRAM}" < ${HELPERS}/${PROGRAM}`,
  ];
  return `- name: Reach the host
  env:
    SSH_KEY: \${{ secrets.DEPLOY_SSH_KEY }}
    KNOWN_HOSTS: \${{ vars.DEPLOY_KNOWN_HOSTS }}
  run: |
    if [ -z "$SSH_KEY" ] || [ -z "$KNOWN_HOSTS" ]; then
      echo "::error::The environment $DEPLOYMENT needs the secret DEPLOY_SSH_KEY and the variable DEPLOY_KNOWN_HOSTS."
      exit 1
    fi
    umask 077
    printf '%s\\n' "$SSH_KEY" > "$RUNNER_TEMP/ssh-key"
    printf '%s\\n' "$KNOWN_HOSTS" > "$RUNNER_TEMP/ssh-hosts"
    cat > "$RUNNER_TEMP/ssh-config" <<END
    Host host
      HostName $SSH_HOST
      Port $SSH_PORT
      User $SSH_USER${jump === null ? "" : "\n      ProxyJump $SSH_JUMP"}
    Host *
      IdentityFile "$RUNNER_TEMP/ssh-key"
      IdentitiesOnly yes
      UserKnownHostsFile "$RUNNER_TEMP/ssh-hosts"
      StrictHostKeyChecking yes
      BatchMode yes
      ServerAliveInterval 30
    END

- name: Send it
  run: |
${sending.map((line) => `    ${line}`).join("\n")}
${token ? tokenStep : ""}
# Beside what is served it is asked its sample, by the app that will serve it. When it does not answer as it should, or does not
# come up in the other's place, what was served before is served on.
- name: Try it there, and let it take over
  run: ${SSH} "python3 $FOLDER/${PROGRAM} serve $SHA256 --version $VERSION ${options}${python}"

- name: Forget the key
  if: always()
  run: rm -f "$RUNNER_TEMP/ssh-key"`.split("\n");
}

const tokenStep = `
- name: Send what callers have to show
  env:
    SERVE_TOKEN: \${{ secrets.DEPLOY_TOKEN }}
  run: |
    test -n "$SERVE_TOKEN" || { echo "::error::The environment $DEPLOYMENT needs the secret DEPLOY_TOKEN."; exit 1; }
    printf %s "$SERVE_TOKEN" | ${SSH} "umask 077 && cat > $FOLDER/token"
`;
