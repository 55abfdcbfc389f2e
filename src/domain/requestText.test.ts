import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { asCurl, asPython } from "./requestText";

const run = promisify(execFile);
const body = JSON.stringify({ inputs: [[1, null, true]], note: `it's "quoted" $HOME \\n \u2028 ä` });

test("what is copied sends just this request, with the token of the variable", async () => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers } = request;
      seen.push([method, url, headers["content-type"], headers.authorization, Buffer.concat(chunks).toString()]);
      response.end("{}");
    });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = { ...process.env, MODELTRAIL_TOKEN: "s3cret" };
  await run("python3", ["-c", asPython({ endpoint, body, token: true })], { env });
  await run("python3", ["-c", asPython({ endpoint, body, token: false })], { env });
  const expected = ["POST", "/invocations", "application/json"];
  expect(seen).toEqual([
    [...expected, "Bearer s3cret", body],
    [...expected, undefined, body],
  ]);
});

test("the command of a shell is quoted", () => {
  const text = asCurl({ endpoint: "http://h:1", body: `{"a":"it's"}`, token: true });
  expect(text).toBe(
    `curl -sS -X POST http://h:1/invocations -H 'Content-Type: application/json' -d '{"a":"it'\\''s"}' -H "Authorization: Bearer $MODELTRAIL_TOKEN"`,
  );
});
