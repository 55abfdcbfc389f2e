import { expect, test } from "vitest";
import { readMarks } from "./marks";
import { printedMetrics } from "./printed";

const lineOf = (source: string, place: number) => source.slice(0, place).split("\n").length;

/** "name:line" of each metric that is logged. */
function logged(source: string): string[] {
  const marks = readMarks(source);
  return marks.logged.map(({ name, end }) => `${name}:${lineOf(source, end)}`);
}

test("results stand above the main block, else above the first statement", () => {
  const start = (...lines: string[]) => readMarks(lines.join("\n")).start;
  expect(start('"""Trains."""', "", "# a comment", "import os", "x = 1")).toBe(3);
  expect(start('"""', "Trains", "import nothing", '"""', "import os")).toBe(4);
  expect(start("import os", "def main():", "  pass", 'if __name__ == "__main__":', "  main()")).toBe(3);
  expect(start('"""', 'if __name__ == "__main__":', '"""', "x = 1")).toBe(3);
  expect(start("", "# nothing")).toBeUndefined();
});

test.each([
  ['mlflow.log_metric("loss", loss)', ["loss:1"]],
  ['client.log_metric(run_id, "loss", loss, step=3)', ["loss:1"]],
  ['mlflow.log_metric(key="loss", value=1)', ["loss:1"]],
  ['mlflow.log_metrics({\n  "loss": loss,\n  "acc": acc,\n}, step=1)', ["loss:2", "acc:3"]],
  ['wandb.log({"train/loss": loss, f"{split}_x": 1, "acc": a["b"]})', ["train/loss:1", "acc:1"]],
  ["modeltrail.log(loss=loss,\n  acc=acc)", ["loss:1", "acc:2"]],
  ['self.log("val_loss", loss, prog_bar=True)', ["val_loss:1", "prog_bar:1"]],
  ['writer.add_scalar("loss/train", loss, step)', ["loss/train:1"]],
  ['tune.report({"acc": acc})', ["acc:1"]],
  ["y = np.log(x)", []],
  ['logger.log("done")', []],
  ['# log_metric("loss", 1)', []],
  ['text = """\nlog_metric("loss", 1)\n"""', []],
  ['text = "log_metric(\\"loss\\", 1)"', []],
  ['def log_metric(name="x", y="z"): pass', []],
  ['log_metric("loss", 1', []],
  ['catalog("a", 1); print_log("a", 1)', []],
])("%s", (source, expected) => {
  expect(logged(source)).toEqual(expected);
});

test("the function around a call is found by its indentation", () => {
  const source = [
    "import x", // 0
    "@decorate", // 1
    "@decorate(", // 2: a decorator over several lines is left to stand above
    "  1)", // 3
    "def train(", // 4
    "    epochs,", // 5
    "):", // 6
    '    text = """', // 7
    "not code", // 8
    '"""', // 9
    "    for epoch in range(epochs):", // 10
    "", // 11
    "# a comment at the margin", // 12
    '        log_metric("in", 1)', // 13
    "    def inner():", // 14
    '        log_metric("inner", 1)', // 15
    '    log_metric("after", 1)', // 16
    "if True:", // 17
    '    log_metric("outside", 1)', // 18
    "class A:", // 19
    "    @staticmethod", // 20
    "    async def method(self):", // 21
    '        log_metric("method", 1)', // 22
    'log_metric("top", 1)', // 23
  ].join("\n");
  const { logged, functionAt } = readMarks(source);
  expect(logged.map(({ name, end }) => [name, functionAt(end)])).toEqual([
    ["in", { name: "train", line: 4 }],
    ["inner", { name: "inner", line: 14 }],
    ["after", { name: "train", line: 4 }],
    ["outside", undefined],
    ["method", { name: "method", line: 20 }],
    ["top", undefined],
  ]);
});

test("arguments are found with the place of their default", () => {
  const source = [
    'parser.add_argument("--learning-rate", "-l", type=float, default=0.1, help="x")',
    'parser.add_argument("data")',
    "parser.add_argument(*names, default=3)",
    "group.add_argument(",
    '    "--depth",',
    "    default=max(",
    "        1, 2),",
    '    dest="layers",',
    ")",
  ].join("\n");
  const found = readMarks(source).arguments.map(({ dest, end }) => [dest, source.slice(0, end).split("\n").at(-1)]);
  expect(found).toEqual([
    ["learning_rate", 'parser.add_argument("--learning-rate", "-l", type=float, default=0.1'],
    ["data", 'parser.add_argument("data")'],
    ["layers", "        1, 2)"],
  ]);
});

test("printed texts name the metrics that are known, whatever is filled in", () => {
  const source = [
    'print(f"epoch {epoch}: loss {loss:.3f} acc={acc}")',
    'print("val: auc", auc, "lossless")',
    'print(f"{loss}")',
    "print(loss)",
    'progress = f"loss={loss:.4f}, acc: {acc}"',
    'name = f"loss of {loss}"',
    'print(f"Saved the loss curves in {out}, loss %.3f" % loss)',
  ].join("\n");
  const found = printedMetrics(readMarks(source), ["loss", "acc", "val/auc"]);
  const lines = new Set(found.map(({ name, end }) => `${name}:${lineOf(source, end)}`));
  expect([...lines].sort()).toEqual(["acc:1", "acc:5", "loss:1", "loss:5", "loss:7", "val/auc:2"]);
});

test("a method `fit` is told from a function of that name", () => {
  expect(readMarks("model.fit(x, y)\nfit(x)\nmodel.fitted(x)").fits).toEqual([6]);
});
