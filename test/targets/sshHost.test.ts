import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createSshHost } from "../../src/targets/host/ssh";
import { describeHost } from "../../src/targets/host/testHost";
import { type Sshd, type SshdOptions, sshdProgram, startSshd } from "./fixtures/sshd";

const { signal } = new AbortController();

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

  test("more programs at the same time than a connection may have", async () => {
    const sshd = await startSshd();
    try {
      const host = createSshHost({ destination: sshd.alias, config: sshd.config, env: sshd.env });
      const asked = Array.from({ length: 25 }, async (_, index) => {
        const { stdout } = await host.exec(["sh", "-c", 'sleep 0.5; echo "$1"', "sh", String(index)], { signal });
        return Number(stdout.toString());
      });
      expect(await Promise.all(asked)).toEqual(Array.from({ length: 25 }, (_, index) => index));
    } finally {
      await sshd.stop();
    }
  });

  test("a machine behind another one, and one behind one that nobody knows", async () => {
    const [gate, inner] = [await startSshd({ alias: "gate" }), await startSshd({ alias: "inner" })];
    try {
      const config = path.join(inner.folder, "both");
      const [first, second] = [gate, inner].map((one) => readFileSync(one.config, "utf8"));
      writeFileSync(config, `${second}  ProxyJump gate\n${first}`, { mode: 0o600 });
      const open = () => createSshHost({ destination: "inner", config, env: inner.env });
      const { stdout } = await open().exec(["printf", "%s", "it's there"], { signal });
      expect(stdout.toString()).toBe("it's there");
      expect(gate.link.connections).toBeGreaterThan(0);
      // Nobody is asked about the one in between either, nor is its key noted down.
      writeFileSync(gate.knownHosts, "");
      inner.link.cut("refuse");
      inner.link.restore();
      // The connection that is shared may take one more question before it ends.
      const notKnown = () => expect(open().exec(["true"], { signal })).rejects.toThrow("is not known yet");
      await vi.waitFor(notKnown, { timeout: 20_000 });
      expect(readFileSync(gate.knownHosts, "utf8")).toBe("");
    } finally {
      await gate.stop();
      await inner.stop();
    }
  });
});
