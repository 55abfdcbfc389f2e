import { expect, test } from "vitest";
import { HostRefused, HostUnreachable } from "./contract";
import { explainSsh } from "./sshFailure";

const host = { name: "gpu-box", destination: "me@gpu-box" };

test.each([
  [
    "@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@\nHost key verification failed.",
    "is not the one that is known",
  ],
  [
    "No ED25519 host key is known for gpu-box and you have requested strict checking.\nHost key verification failed.",
    "is not known yet",
  ],
  ["me@gpu-box: Permission denied (publickey,password).", "accepts none of your keys"],
  ["/home/me/.ssh/config: line 3: Bad configuration option: nonsense", "does not accept its configuration"],
])("%s stays until the user does something", (said, part) => {
  const error = explainSsh(host, said);
  expect(error).toBeInstanceOf(HostRefused);
  expect(error.message).toContain(part);
  // In ssh's own words, too.
  expect(error.message).toContain(said.split("\n").at(-1));
  expect(error.message).not.toContain("@@@@");
});

test.each([
  ["ssh: Could not resolve hostname gpu-box: Name or service not known", "is not known: check it"],
  ["ssh: connect to host gpu-box port 22: Connection refused", "cannot be reached"],
  ["ssh: connect to host gpu-box port 22: No route to host", "cannot be reached"],
  ["Timeout, server gpu-box not responding.", "cannot be reached"],
  ["", "The connection to gpu-box broke"],
])("%s may be over by itself", (said, part) => {
  const error = explainSsh(host, said);
  expect(error).toBeInstanceOf(HostUnreachable);
  expect(error).not.toBeInstanceOf(HostRefused);
  expect(error.message).toContain(part);
});
