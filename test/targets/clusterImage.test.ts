import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { clusterImage, imageOfRoute, removeMade } from "../../src/deploy/cluster/clusterImage";
import type { ReadyRoute } from "../../src/deploy/contract";
import { testManifest } from "../../src/deploy/testManifest";
import { startMockRegistry } from "./fixtures/mockRegistry";
import { findPodman } from "./fixtures/podman";

const podman = await findPodman();

describe.skipIf(!podman)("a bundle's image for a cluster", () => {
  test("is built here once, pushed, and asked for by its digest; what a registry refuses is said in words", async () => {
    const registry = await startMockRegistry();
    const folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
      return registry.stop();
    });
    writeFileSync(path.join(folder, "bundle.json"), `${Math.random()}`);
    writeFileSync(path.join(folder, "Dockerfile"), "FROM scratch\nCOPY bundle.json /\n");
    const config = path.join(folder, "registries.conf");
    writeFileSync(config, `[[registry]]\nlocation = "${registry.address}"\ninsecure = true\n`);
    const bundle = { hash: path.basename(folder).toLowerCase().padEnd(16, "0"), folder, manifest: testManifest() };
    const built: string[] = [];
    const steps: string[] = [];
    const options = {
      env: { ...podman!.env, CONTAINERS_REGISTRIES_CONF: config },
      onBuilt: (image: string) => void built.push(image),
      onStep: (step: string) => void steps.push(step),
      signal: AbortSignal.timeout(60_000),
    };
    const settings = { registry: `${registry.address}/team/`, build: { program: "podman" } };
    const image = await clusterImage(bundle, settings, options);
    const tag = bundle.hash.slice(0, 16);
    const name = `${registry.address}/team/wine`;
    expect([...registry.pushed.keys()]).toEqual([`team/wine:${tag}`]);
    expect(image).toBe(`${name}@${registry.pushed.get(`team/wine:${tag}`)}`);
    expect(steps).toContain(`Pushing ${name}:${tag}`);
    // Its own tag finds it again; that of the registry is not left here. Pushed again, its digest may be another.
    steps.length = 0;
    const again = await clusterImage(bundle, settings, options);
    expect(again).toBe(`${name}@${registry.pushed.get(`team/wine:${tag}`)}`);
    expect(steps.filter((step) => step.startsWith("Building"))).toEqual([]);
    expect(podman!.ask("images", "--quiet", "--filter", `reference=${name}`)).toBe("");
    registry.refusal = 401;
    await expect(clusterImage(bundle, settings, options)).rejects.toThrow(
      /could not be pushed to 127\.0\.0\.1:.*\. Sign in to the registry/,
    );
    await removeMade({ before: [], after: built.slice(0, 1) }, settings, options.env);
    expect(podman!.ask("images", "--quiet", "--filter", `reference=${built[0]}`)).toBe("");
  }, 60_000);

  test("may be one that somebody has pushed; without any, it is said what to do", async () => {
    const bundle = { hash: "0123456789abcdef01", folder: "/", manifest: testManifest({ version: 7 }) };
    const options = { env: {}, onBuilt() {}, onStep() {}, signal: AbortSignal.timeout(1_000) };
    const image = { image: "host/{model}:{version}-{hash}" };
    expect(await clusterImage(bundle, image, options)).toBe("host/wine:7-0123456789abcdef");
    await expect(clusterImage(bundle, {}, options)).rejects.toThrow(/Give the target a `registry`.*or name an `image`/);
  });

  test("is the one that it was before, unless the version is asked for as it is now", async () => {
    const route = { ready: { hash: "a" }, version: 1 } as ReadyRoute;
    const make = async () => "new";
    const take = (fresh?: number[]) => imageOfRoute(route, { ...(fresh ? { fresh } : {}) }, { a: "old", b: "b" }, make);
    expect(await take([2])).toEqual({ image: "old", known: { b: "b", a: "old" } });
    expect(await take([1])).toEqual({ image: "new", known: { b: "b", a: "new" } });
    expect((await take()).image).toBe("old");
  });
});
