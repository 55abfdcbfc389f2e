/** What a bundle says of itself, for tests: what the test does not care about is filled in. */
import type { BundleManifest } from "../domain/bundle";

export function testManifest(part: Partial<BundleManifest> = {}): BundleManifest {
  return {
    format: 1,
    model: "wine",
    version: 1,
    run: null,
    flavour: "sklearn",
    modelFormat: "joblib",
    executesCode: true,
    entry: "model/model.joblib",
    python: "3.11",
    requirements: [],
    input: null,
    sample: null,
    files: [],
    created: "2026-01-01T00:00:00.000Z",
    ...part,
  };
}
