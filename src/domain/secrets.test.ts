import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { maskArguments, maskText, maskValue } from "./secrets";

const tokens = { hf: `hf_${"aB3".repeat(11)}`, model: "hf_my_long_model_name_v2" };

const values: [name: string, text: string, masked: string][] = [
  ["lr", "0.1", "0.1"],
  ["api_key", "abc", "***"],
  ["apiKey", "abc", "***"],
  ["model.api.key", "abc", "***"],
  ["--api-key", "abc", "***"],
  ["key", "abc", "abc"],
  ["sort_key", "abc", "abc"],
  ["password", "1234", "***"],
  ["password", "", ""],
  ["api_key", "1234", "1234"],
  ["auth", "None", "None"],
  ["hf_token", "abc", "***"],
  ["max_tokens", "512", "512"],
  ["pad_token", "<pad>", "<pad>"],
  ["token", "abc", "***"],
  ["author", "me", "me"],
  ["AWS_SECRET_ACCESS_KEY", "abc", "***"],
  ["model", tokens.hf, "***"],
  ["model", tokens.model, tokens.model],
  ["url", "https://me:key@host/a?b=c", "https://***@host/a?b=c"],
  ["url", "https://host/a@b", "https://host/a@b"],
  ["urls", "s3://a@b http://c:d@e@f/x", "s3://***@b http://***@f/x"],
];

const commands: [command: string[], masked: string[]][] = [
  [
    ["python", "train.py", "--token", "abc", "--lr", "0.1"],
    ["python", "train.py", "--token", "***", "--lr", "0.1"],
  ],
  [
    ["a", "--token=abc", "db.password=x", "plain=x", tokens.hf],
    ["a", "--token=***", "db.password=***", "plain=x", "***"],
  ],
  [
    ["a", "--password", "--verbose", "x"],
    ["a", "--password", "--verbose", "x"],
  ],
  [
    ["python", "-c", "token = 'x'; print(token)"],
    ["python", "-c", "token = 'x'; print(token)"],
  ],
  [
    ["=x", "", "--", "https://u:p@h", "https://u:p@h/x?y=1", "--uri=pg://u:p@h/d"],
    ["=x", "", "--", "https://***@h", "https://***@h/x?y=1", "--uri=pg://***@h/d"],
  ],
];

test.each(values)("%s = %s gives %s", (name, text, masked) => {
  expect(maskValue(name, text)).toBe(masked);
});

test.each(commands)("%j gives %j", (command, masked) => {
  expect(maskArguments(command)).toEqual(masked);
});

test("text keeps everything but the login and the token", () => {
  expect(maskText("see https://me:key@host for more")).toBe("see https://***@host for more");
});

test.skipIf(spawnSync("python3", ["--version"]).status !== 0)("the tracer masks the same", () => {
  const tracer = path.resolve(import.meta.dirname, "../../python");
  const program = `import json, sys
sys.path.insert(0, sys.argv[1])
from modeltrail import _secrets as secrets
values, commands = json.load(sys.stdin)
print(json.dumps([[secrets.mask_value(name, text) for name, text, _ in values], [secrets.mask_arguments(c) for c, _ in commands]]))`;
  const input = JSON.stringify([values, commands]);
  const output = execFileSync("python3", ["-I", "-c", program, tracer], { input, encoding: "utf8" });
  expect(JSON.parse(output)).toEqual([values.map(([, , masked]) => masked), commands.map(([, masked]) => masked)]);
});
