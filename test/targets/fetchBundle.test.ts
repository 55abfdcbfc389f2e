/** What brings a bundle to an image that has the packages only, from a stub of Cloud Storage. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { python } from "../recorder/cli";
import { askStorage } from "./fixtures/storageStub";

const PROGRAM = path.resolve(import.meta.dirname, "../../python/serve/fetch_bundle.py");
const folder = mkdtempSync(path.join(tmpdir(), "modeltrail-fetch-"));
const objects = new Map<string, Buffer>();
let host = "";
const server = createServer((request, response) => {
  const url = new URL(request.url!, `http://${host}`);
  const isPass = url.pathname.startsWith("/computeMetadata/") && request.headers["metadata-flavor"] === "Google";
  const isLetIn = request.headers.authorization === "Bearer pass";
  const [status, told] = isPass
    ? [200, { access_token: "pass" }]
    : isLetIn
      ? paged(url, askStorage(objects, request, url, Buffer.alloc(0))!)
      : [401, {}];
  response.writeHead(status as number).end(Buffer.isBuffer(told) ? told : JSON.stringify(told));
});

/** One object on each page. */
function paged(url: URL, [status, told]: [number, unknown]): [number, unknown] {
  const { items } = told as { items?: unknown[] };
  if (!items) return [status, told];
  const at = Number(url.searchParams.get("pageToken") ?? 0);
  const next = at + 1 < items.length ? { nextPageToken: String(at + 1) } : {};
  return [status, { items: items.slice(at, at + 1), ...next }];
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const fetchBundle = (uri: string) =>
  promisify(execFile)(python, [PROGRAM, "--port", "1"], {
    env: { TMPDIR: folder, AIP_STORAGE_URI: uri, STORAGE_EMULATOR_HOST: `http://${host}`, GCE_METADATA_HOST: host },
  });

test("all of it is brought, and the app in it is what runs then", async () => {
  const app = "import os, sys; print(sys.argv[1:], open('model/a b.txt').read(), os.getcwd() == sys.argv[2])";
  objects.set("bucket/x/hash/modeltrail_serve/__main__.py", Buffer.from(app));
  objects.set("bucket/x/hash/model/a b.txt", Buffer.from("ä"));
  objects.set("bucket/x/hash-of-another/model/a b.txt", Buffer.from("other"));
  const { stdout } = await fetchBundle("gs://bucket/x/hash");
  expect(stdout).toMatch(/^\['--bundle', '[^']+bundle-\w+', '--port', '1'\] ä True/);
});

test("what is no bundle is refused", async () => {
  await expect(fetchBundle("gs://bucket/nothing")).rejects.toThrow("There is no bundle at gs://bucket/nothing/.");
  objects.set("bucket/bad/../../etc/x", Buffer.from("x"));
  await expect(fetchBundle("gs://bucket/bad")).rejects.toThrow("../../etc/x is no file of a bundle.");
});
