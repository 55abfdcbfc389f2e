/** Runs are run again from what was recorded of them: the same comes of those that always give the same, and the reason of the others. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { gitIn } from "../../src/snapshot/code/testRepository";
import { pythonWithPackages } from "../examplePython";
import { makeProject, python, useCli, withStore } from "../recorder/cli";
import { commit, latest, makeRepository, record, reproduce, reproduceText, tell, useHome, write } from "./support";

useCli();
useHome();

const examples = path.resolve(import.meta.dirname, "../../examples");
const withPackages = pythonWithPackages();

/** The examples as a user has them: one project in a repository, in which runs write what git ignores. */
function copyExamples(): string {
  const folder = makeProject();
  cpSync(examples, path.join(folder, "examples"), {
    recursive: true,
    filter: (source) => ![".venv", "outputs", ".modeltrail"].includes(path.basename(source)),
  });
  gitIn(folder, "init", "--quiet");
  commit(folder, "first");
  return path.join(folder, "examples");
}

/** What git says of the user's repository. */
const gitState = (folder: string) =>
  ["rev-parse HEAD", "status --porcelain=v2 --branch", "stash list", "ls-files --stage"].map((question) =>
    gitIn(folder, ...question.split(" ")),
  );

describe("the examples", () => {
  it("quickstart gives the same, and leaves the repository alone", async () => {
    const project = copyExamples();
    const first = await record(path.join(project, "quickstart"), [python, "train.py", "--epochs", "3"]);
    const other = await record(project, [python, "quickstart/train.py", "--epochs", "2", "--seed", "5"]);
    // By now the project has other code, data and results.
    write(project, { "quickstart/train.py": "raise SystemExit(9)\n", "quickstart/data/iris.csv": "nothing\n" });
    rmSync(path.join(project, "quickstart/outputs"), { recursive: true });
    const before = gitState(project);

    for (const run of [first, other]) {
      const result = await reproduce(project, [], {}, run.id);
      expect(result).toMatchObject({ verdict: "same", code: 0, run: run.id, reasons: [], inputs: [], folder: null });
      expect(result.outputs.map(({ path: name, verdict }) => [name, verdict])).toEqual([
        ["quickstart/outputs/loss.svg", "same"],
        ["quickstart/outputs/metrics.json", "same"],
        ["quickstart/outputs/model.json", "same"],
      ]);
      const child = latest(project);
      expect(child).toMatchObject({ id: result.child, parent: run.id, script: run.script, experiment: run.experiment });
      expect(child.tags).toEqual({ "modeltrail.reproduces": run.id, "modeltrail.verdict": "same" });
      expect(child.snapshot.code).toEqual(run.snapshot.code);
      expect(child).toMatchObject({ inputs: run.inputs, repeatOf: run.id, gaps: run.gaps, warnings: [] });
    }
    expect(gitState(project)).toEqual(before);
    const { printed } = await tell(project, ["ls"]);
    expect(printed).toContain(`(repeat of ${first.name}; 2 runs: loss 0.`);
    expect((await tell(project, ["show", "latest"])).printed).toContain(
      `Repeat of ${other.name}; over 2 finished runs`,
    );
    expect(existsSync(path.join(project, "quickstart/outputs"))).toBe(false);
    expect(readdirSync(path.join(project, ".modeltrail/reproductions"))).toEqual([]);
  });

  it.skipIf(!withPackages)("wine gives the same by each model, its picture included", async () => {
    const wine = path.join(copyExamples(), "wine");
    const few = ["--n-estimators", "20", "--epochs", "3"];
    for (const model of ["logistic", "forest", "boosting"]) {
      const run = await record(wine, [withPackages!, "train.py", "--model", model, ...few]);
      const { verdict, outputs, reasons } = await reproduce(wine, [], {}, run.id);
      expect({ model, verdict, reasons }).toEqual({ model, verdict: "same", reasons: [] });
      const names = outputs.map((output) => path.basename(output.path)).sort();
      expect(names).toEqual(["confusion_matrix.png", "metrics.json", "model.joblib"]);
    }
  });
});

const METRIC = 'import json, os, random, sys, time\nopen("metrics.json", "w").write(json.dumps({"loss": loss}))\n';
const script = (loss: string, more = "") => METRIC.replace("open(", `loss = ${loss}\n${more}open(`);

describe("what is not the same has its reason", () => {
  it("a generator without a seed", async () => {
    const project = makeRepository({ "train.py": script("random.random()") });
    await record(project);
    const { code, printed } = await reproduceText(project);
    expect(code).toBe(3);
    expect(printed).toMatch(/^different: \S+ repeats \S+\n/);
    expect(printed).toContain("Its code sets no seed anywhere, so random numbers differ each time.");
    expect(printed).toMatch(/different: loss 0\.\d+ → 0\.\d+, up to/);
    const child = latest(project);
    const shown = await tell(project, ["show", child.parent!]);
    expect(shown.printed).toContain(`Reproduced\n  ${child.name}  different: All recorded inputs are the same`);
    expect(child.tags["modeltrail.verdict"]).toBe("different");
    expect(child.tags["modeltrail.verdict.reason"]).toContain("sets no seed");
    // It stays for a look.
    expect(existsSync(path.join(child.cwd, "metrics.json"))).toBe(true);
  });

  it("chance in spite of a seed", async () => {
    const project = makeRepository({
      "train.py": script("random.random() + int.from_bytes(os.urandom(2))", "random.seed(1)\n"),
    });
    await record(project);
    const { reasons } = await reproduce(project);
    expect(reasons[0]).toMatch(
      /the run itself does not give the same twice\. A seed is set, so look for another source/,
    );
  });

  it("a time in an output", async () => {
    const stamp =
      'open("report.txt", "w").write(f"{loss} at {time.strftime(\'%Y-%m-%d %H:%M:%S\')}.{time.time_ns()}")\n';
    const project = makeRepository({ "train.py": script("0.5", stamp) });
    await record(project);
    const result = await reproduce(project);
    expect(result).toMatchObject({ verdict: "different", reasons: ["In report.txt only dates and times differ."] });
    expect(result.outputs[0]).toMatchObject({ path: "report.txt", verdict: "different" });
    expect(result.metrics).toMatchObject([{ name: "loss", verdict: "same", difference: 0 }]);
  });

  it("another end", async () => {
    const project = makeRepository({ "train.py": script("0.5", 'if "FAIL" in os.environ: sys.exit(4)\n') });
    await record(project);
    const result = await reproduce(project, [], { FAIL: "1" });
    expect(result.reasons[0]).toBe("The first run finished, this one failed with exit code 4.");
    expect(result.metrics).toMatchObject([{ name: "loss", verdict: "missing" }]);
  });

  it("a package that was updated", async () => {
    const site = makeProject();
    const install = (version: string) => {
      rmSync(site, { recursive: true, force: true });
      write(site, {
        [`fake-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: fake\nVersion: ${version}\n`,
        [`fake-${version}.dist-info/top_level.txt`]: "fake\n",
        "fake.py": `value = ${version}\n`,
      });
    };
    install("1.5");
    const env = { PYTHONPATH: site };
    const project = makeRepository({ "train.py": script("fake.value", "").replace("loss =", "import fake\nloss =") });
    await record(project, undefined, { env });
    install("2.5");
    const result = await reproduce(project, [], env);
    expect(result.said).toContain(
      "the environment is not as it was: 1 package changed: fake 1.5 → 2.5. With --environment",
    );
    expect(result.reasons[0]).toBe("The environment is another: 1 package changed: fake 1.5 → 2.5.");
  });
});

describe("data of which only the hash was kept", () => {
  const LARGE = 51 * 2 ** 20;
  const files = { "train.py": script('float(open("data/large.bin", "rb").read(4))'), ".gitignore": "data\n" };

  async function recordLarge(): Promise<{ project: string; data: string }> {
    const project = makeRepository(files);
    write(project, { "data/large.bin": "0.25" });
    const data = path.join(project, "data/large.bin");
    truncateSync(data, LARGE);
    await record(project);
    return { project, data };
  }

  it("gives the same while it is there, is the reason when it has changed, and is missed when it is gone", async () => {
    const { project, data } = await recordLarge();
    expect(await reproduce(project)).toMatchObject({ verdict: "same", inputs: [] });

    write(project, { "data/large.bin": "0.75" });
    truncateSync(data, LARGE);
    const changed = await reproduce(project, [], {}, latest(project).parent!);
    const reason = "data/large.bin has changed since the run: only its hash had been kept.";
    expect(changed).toMatchObject({ verdict: "different", reasons: [reason] });
    expect(changed.inputs).toEqual([{ part: "data", path: "data/large.bin", message: reason }]);

    rmSync(data);
    const gone = await reproduceText(project, [], {}, changed.run);
    expect(gone).toMatchObject({ code: 1, printed: "" });
    expect(gone.said).toContain("cannot be run again without data/large.bin");
  });
});

describe("the tolerance", () => {
  const project = () => makeRepository({ "train.py": script("0.5 * (1 + float(os.environ.get('JITTER', 0)))") });

  it("lets small differences of numbers pass, in metrics and in files", async () => {
    const folder = project();
    await record(folder);
    const near = await reproduce(folder, [], { JITTER: "1e-9" });
    expect(near).toMatchObject({ verdict: "within-tolerance", code: 0, tolerance: 1e-6, reasons: [] });
    expect(near.outputs[0]).toMatchObject({ path: "metrics.json", verdict: "within-tolerance" });
    const strict = await reproduce(folder, ["--tolerance", "0"], { JITTER: "1e-9" }, near.run);
    expect(strict).toMatchObject({ verdict: "different", code: 3 });
    const loose = await reproduce(folder, ["--tolerance", "0.1"], { JITTER: "0.01" }, near.run);
    expect(loose.verdict).toBe("within-tolerance");
    expect((await reproduceText(folder, ["--tolerance", "much"])).said).toContain('"much" is no tolerance');
  });
});

describe("a run sees what it saw", () => {
  it("the recorded variables, and not those of today", async () => {
    const project = makeRepository({ "train.py": script("float(os.environ.get('TRAIN_SEED', 1)) + hash('a') % 7") });
    await record(project, undefined, { env: { PYTHONHASHSEED: "3", TRAIN_SEED: "5" } });
    expect(await reproduce(project, [], { PYTHONHASHSEED: "4", TRAIN_SEED: "6" })).toMatchObject({ verdict: "same" });
    await record(project, undefined, { env: { PYTHONHASHSEED: "3" } });
    expect(await reproduce(project, [], { TRAIN_SEED: "6" })).toMatchObject({ verdict: "same" });
  });

  it("its commit, its own modules and its files by their full names, whatever has become of them", async () => {
    const source = `import subprocess, sys, helper
out = lambda *words: subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout
open("report.txt", "w").write(out("rev-parse", "HEAD") + out("branch", "--show-current") + out("status", "--short"))
loss = float(open(sys.argv[1]).read()) + helper.VALUE
`;
    const project = makeRepository({
      "src/train.py": source + script("loss"),
      "lib/helper.py": "VALUE = 1\n",
      "data.txt": "0.5",
      ".gitignore": "metrics.json\nreport.txt\n__pycache__\n",
    });
    write(project, { "untracked.py": "x = 1\n", "data.txt": "0.75" });
    const env = { PYTHONPATH: path.join(project, "lib") };
    const command = [python, path.join(project, "src/train.py"), path.join(project, "data.txt")];
    const first = await record(project, command, { env });
    write(project, { "lib/helper.py": "VALUE = 2\n", "data.txt": "9" });
    rmSync(path.join(project, "untracked.py"));
    commit(project, "later");
    gitIn(project, "checkout", "--quiet", "-b", "other");
    const { verdict, reasons } = await reproduce(project, [], env);
    expect({ verdict, reasons }).toEqual({ verdict: "same", reasons: [] });
    expect(latest(project)).toMatchObject({ parent: first.id, inputs: first.inputs });
    expect(gitIn(project, "status", "--short")).toBe("");
  });

  it("its submodule as it was, uncommitted changes included", async () => {
    const library = makeRepository({ "helper.py": "VALUE = 1\n" });
    const project = makeRepository({
      "train.py": script("helper.VALUE").replace("loss =", 'sys.path.insert(0, "lib")\nimport helper\nloss ='),
      ".gitignore": "__pycache__\n",
    });
    gitIn(project, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library, "lib");
    commit(project, "with a submodule");
    write(project, { "lib/helper.py": "VALUE = 2\n" });
    const first = await record(project);
    write(project, { "lib/helper.py": "VALUE = 3\n" });
    expect(await reproduce(project)).toMatchObject({ verdict: "same", inputs: [] });
    expect(latest(project)).toMatchObject({ parent: first.id, inputs: first.inputs, gaps: first.gaps });
  });

  it("its code when git knows nothing of it, also in a folder within some repository", async () => {
    const project = makeProject({ "train.py": script("0.5"), "conf/a.yaml": "lr: 1\n" });
    await record(project);
    write(project, { "train.py": "raise SystemExit(1)\n" });
    const elsewhere = path.join(makeRepository({ "README.md": "" }), "deep/again");
    const result = await reproduce(project, ["--to", elsewhere]);
    expect(result).toMatchObject({ verdict: "same", folder: elsewhere });
    expect(readFileSync(path.join(elsewhere, "train.py"), "utf8")).toBe(script("0.5"));
    expect(latest(project).cwd).toBe(elsewhere);
    // Not into what is there.
    const again = await reproduceText(project, ["--to", elsewhere], {}, result.run);
    expect(again).toMatchObject({ code: 1, printed: "" });
    expect(again.said).toContain(elsewhere);
  });
});

describe("what cannot be run again says so", () => {
  it("a reproduction, a masked secret, a result outside the project, a Python that is gone", async () => {
    const project = makeRepository({ "train.py": script("0.5") });
    const venv = path.join(makeProject(), "bin/python");
    await record(project, [python, "train.py", "--api-key", "hunter2hunter2"]);
    expect((await reproduceText(project)).said).toMatch(/holds a secret, which was not stored \(--api-key\)/);

    const first = await record(project);
    await reproduce(project);
    expect((await reproduceText(project)).said).toContain("is itself a reproduction");

    const outside = await record(project);
    const file = { path: "/results/model.bin", sha256: "a".repeat(64), size: 1, role: "write" as const };
    withStore(project, (store) => store.ingest(outside.id, { data: [file] }));
    const careful = await reproduceText(project);
    expect(careful).toMatchObject({
      code: 1,
      said: expect.stringContaining("wrote /results/model.bin, outside the project"),
    });
    const { outputs } = await reproduce(project, ["--overwrite"]);
    expect(outputs[0]).toMatchObject({ path: "/results/model.bin", verdict: "missing" });

    withStore(project, (store) => {
      const { environment } = store.getRun(first.id)!.snapshot;
      store.ingest(first.id, { environment: { ...environment!, executable: venv } });
    });
    const { code, said } = await reproduceText(project, [], {}, first.id);
    expect(code).toBe(1);
    expect(said).toMatch(/The Python of this run, .*, is no longer there\. With --environment/);
  });
});
