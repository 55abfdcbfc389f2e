/** Reproducing in an environment made from the recorded packages, which come from a folder of wheels: no network is needed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { makeProject, python, useCli, withStore } from "../recorder/cli";
import { latest, makeRepository, record, reproduce, reproduceText, useHome, write } from "./support";

useCli();
useHome();

const BUILD = `
import sys, zipfile
folder, version = sys.argv[1:]
info = f"fake-{version}.dist-info"
files = {
    "fake.py": f"value = {version}\\n",
    f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: fake\\nVersion: {version}\\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(f"{folder}/fake-{version}-py3-none-any.whl", "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
`;

/** A folder with the wheel of a package that is nothing but its version. */
function wheelOf(version: string): string {
  const folder = makeProject();
  execFileSync(python, ["-c", BUILD, folder, version]);
  return folder;
}

/** The interpreter of an environment that has this package alone: not even pip. */
function environmentWith(version: string): { folder: string; site: string; interpreter: string } {
  const folder = makeProject();
  execFileSync(python, ["-m", "venv", "--without-pip", folder]);
  const interpreter = path.join(folder, "bin/python");
  const where = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const site = execFileSync(interpreter, ["-c", where], { encoding: "utf8" }).trim();
  mkdirSync(site, { recursive: true });
  const wheel = path.join(wheelOf(version), `fake-${version}-py3-none-any.whl`);
  execFileSync(python, ["-m", "zipfile", "-e", wheel, site]);
  return { folder, site, interpreter };
}

const TRAIN = `import json, fake
from importlib.metadata import distributions
names = sorted(one.metadata["Name"] for one in distributions())
open("metrics.json", "w").write(json.dumps({"version": fake.value, "packages": len(names)}))
`;
/** Where pip is told to look: the user's own configuration. */
const onlyFrom = (folder: string) => ({ PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder });

it("is made from the recorded packages, exactly, and kept for the next time", async () => {
  const project = makeRepository({ "train.py": TRAIN });
  const { folder, interpreter } = environmentWith("1.5");
  const first = await record(project, [interpreter, "train.py"]);
  expect(first.snapshot.environment?.packages).toEqual({ fake: "1.5" });
  rmSync(folder, { recursive: true });
  expect((await reproduceText(project)).said).toContain("is no longer there. With --environment");

  const env = onlyFrom(wheelOf("1.5"));
  const made = await reproduce(project, ["--environment"], env);
  expect(made).toMatchObject({ verdict: "same", reasons: [], inputs: [] });
  expect(made.said).toMatch(/making an environment: Python \S+, 1 package/);
  expect(latest(project).snapshot.environment).toMatchObject({
    python: first.snapshot.environment!.python,
    packages: { fake: "1.5" },
    executable: expect.stringContaining(path.join(project, ".modeltrail/environments")),
  });

  // Nothing need be installed now.
  const again = await reproduce(project, ["--environment"], onlyFrom("/nowhere"), first.id);
  expect(again).toMatchObject({ verdict: "same" });
  expect(again.said).not.toContain("making an environment");
});

it("imports the restored code of a package that was installed from the project", async () => {
  const project = makeRepository({
    "src/mine/__init__.py": "VALUE = 1\n",
    "pyproject.toml": '[project]\nname = "mine"\nversion = "0.1"\n',
    "train.py": 'import json, mine\nopen("metrics.json", "w").write(json.dumps({"value": mine.VALUE}))\n',
  });
  const { site, interpreter } = environmentWith("1.5");
  // As `pip install -e .` leaves it.
  const source = { url: pathToFileURL(project).href, dir_info: { editable: true } };
  write(site, {
    "mine.pth": `${path.join(project, "src")}\n`,
    "mine-0.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 0.1\n",
    "mine-0.1.dist-info/direct_url.json": JSON.stringify(source),
  });
  const first = await record(project, [interpreter, "train.py"]);
  write(project, { "src/mine/__init__.py": "VALUE = 2\n" });
  expect(await reproduce(project)).toMatchObject({ verdict: "same", inputs: [] });
  const made = await reproduce(project, ["--environment"], onlyFrom(wheelOf("1.5")), first.id);
  expect(made.said).toContain("mine is the project itself: it is imported from the restored code.");
  expect(made.metrics).toMatchObject([{ name: "value", verdict: "same" }]);
});

it("names the package that is not to be had, and the Python that is not here", async () => {
  const project = makeRepository({ "train.py": TRAIN });
  const { interpreter } = environmentWith("2.5");
  const first = await record(project, [interpreter, "train.py"]);
  const { code, said } = await reproduceText(project, ["--environment"], onlyFrom(wheelOf("1.5")));
  expect(code).toBe(1);
  expect(said).toMatch(/modeltrail: fake==2\.5 could not be installed for Python [\d.]+: .*fake==2\.5.*PIP_INDEX_URL/);

  withStore(project, (store) => {
    const { environment } = store.getRun(first.id)!.snapshot;
    store.ingest(first.id, { environment: { ...environment!, python: "3.99.1" } });
  });
  const gone = await reproduceText(project, ["--environment"]);
  expect(gone.code).toBe(1);
  expect(gone.said).toMatch(/The run had Python 3\.99\.1, which is not on this machine \(found: .*\)\. Install it/);
  expect((await reproduceText(project)).said).toMatch(
    /is Python [\d.]+ now; the run had 3\.99\.1\. With --environment/,
  );
});
