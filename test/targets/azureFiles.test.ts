/** What we write for `az ml`, read by Microsoft's own package. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { withFolder, writeDeployment, writeEndpoint } from "../../src/deploy/azureml/files";
import { servedRoute } from "./fixtures/servedBundle";

const python = withPackage(process.env.MODELTRAIL_TEST_CLOUDS_PYTHON);
if (!python) console.warn("No MODELTRAIL_TEST_CLOUDS_PYTHON with azure-ai-ml: Azure's schemas are not asked.");

test.skipIf(!python)(
  "Microsoft's package understands all of it, and refuses what is not so",
  async () => {
    const bundles = mkdtempSync(path.join(tmpdir(), "modeltrail-azureml-"));
    onTestFinished(() => rmSync(bundles, { recursive: true }));
    const route = servedRoute(bundles, 1, { requirements: ["numpy==2.4.6", "fastapi==0.165.0", "uvloop==0.23.0"] });
    const settings = { target: "cloud", workers: 2, limits: { time: 600 } };
    const plan = { name: "wine", settings, routes: [route], token: null };
    const own = { kind: "azureml", workspace: "ws", resourceGroup: "rg", env: { COLOUR: "red" } } as const;
    await withFolder(async (folder) => {
      const endpoint = await writeEndpoint(folder, "mt-wine-1", "wine");
      const names = { endpoint: "mt-wine-1", name: "v1-abcd" };
      const deployment = await writeDeployment(folder, names, route, plan, own);
      const program = path.join(import.meta.dirname, "fixtures/azure_files.py");
      const read = (file: string) => promisify(execFile)(python!, [program, endpoint, file]);
      expect(JSON.parse((await read(deployment)).stdout)).toEqual({
        endpoint: ["ManagedOnlineEndpoint", "mt-wine-1", "key"],
        deployment: ["ManagedOnlineDeployment", "v1-abcd", "mt-wine-1"],
        model: route.ready.folder,
        script: "score.py",
        image: expect.stringContaining("mcr.microsoft.com/azureml/"),
        conda: [
          "python=3.11",
          "pip",
          { pip: [expect.stringMatching(/^azureml-inference-server-http==/), "numpy==2.4.6"] },
        ],
        variables: { COLOUR: "red", WORKER_COUNT: "2" },
        instances: ["Standard_DS3_v2", 1],
        timeout: 180_000,
      });
      const wrong = path.join(folder, "wrong.yml");
      writeFileSync(wrong, "name: x\nendpoint_name: y\ninstance_kind: z\n");
      await expect(read(wrong)).rejects.toThrow(/instance_kind/);
    });
  },
  60_000,
);

/** A Python that was made before the package was among those of the clouds has it not. */
function withPackage(python: string | undefined): string | undefined {
  try {
    const look = "import importlib.util as i, sys; sys.exit(i.find_spec('azure.ai.ml') is None)";
    if (python) execFileSync(python, ["-c", look], { stdio: "ignore" });
    return python;
  } catch {
    return undefined;
  }
}
