import { afterAll, beforeAll, describe } from "vitest";
import { createSshHost } from "../../src/targets/host/ssh";
import { describeHost } from "../../src/targets/host/testHost";
import { type Sshd, type SshdOptions, sshdProgram, startSshd } from "./fixtures/sshd";

/** A login shell, and what it prints on its own. */
const SIDES: Record<string, SshdOptions> = {
  "a machine behind ssh": {},
  "a machine without rsync": { shell: noRsync('sh -c "$SSH_ORIGINAL_COMMAND"') },
  "a machine whose login scripts print": {
    shell: 'echo welcome; echo "to all" >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"',
  },
};

function noRsync(command: string): string {
  return `mkdir -p /tmp/mt-no-rsync; ln -sf /bin/false /tmp/mt-no-rsync/rsync; PATH=/tmp/mt-no-rsync:$PATH exec ${command}`;
}

describe.skipIf(!sshdProgram)("with a real sshd", () => {
  for (const [title, options] of Object.entries(SIDES)) {
    describe("", () => {
      let sshd: Sshd;
      beforeAll(async () => {
        sshd = await startSshd(options);
      });
      afterAll(() => sshd.stop());
      describeHost(title, () => createSshHost({ destination: sshd.alias, config: sshd.config, env: sshd.env }));
    });
  }
});
