import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isSecretName, maskCommand, maskText, maskValue } from "./secrets";

const NAMES = {
  secret: [
    "password",
    "--db-password",
    "apiKey",
    "api_key",
    "model.api.key",
    "HF_TOKEN",
    "wandb-token",
    "client_secret",
    "AUTH",
    "accessKeys",
  ],
  harmless: [
    "lr",
    "key",
    "monkey",
    "tokenizer",
    "max_tokens",
    "pad_token",
    "keyboard",
    "author",
    "n_tokens",
    "primary_key",
    "Ünïcode",
  ],
};
const COMMANDS: [string[], string[]][] = [
  [
    ["python", "t.py", "--token", "abc", "--lr", "0.1"],
    ["python", "t.py", "--token", "***", "--lr", "0.1"],
  ],
  [
    ["t.py", "--api-key=abc", "db.password=x", "max_tokens=5"],
    ["t.py", "--api-key=***", "db.password=***", "max_tokens=5"],
  ],
  [
    ["t.py", "--token", "--verbose"],
    ["t.py", "--token", "--verbose"],
  ],
  [
    ["t.py", "https://me:pw@host/x?y=1"],
    ["t.py", "https://***@host/x?y=1"],
  ],
  [
    ["t.py", "--uri=postgres://u:p@h/db"],
    ["t.py", "--uri=postgres://***@h/db"],
  ],
  [
    ["t.py", "hf_abcdefghijKLMNOP1234567890", "hf_my_long_model_name_here"],
    ["t.py", "***", "hf_my_long_model_name_here"],
  ],
  [
    ["sh", "-c", "echo a=b 'c d'=e"],
    ["sh", "-c", "echo a=b 'c d'=e"],
  ],
  [[], []],
];

describe("secrets", () => {
  it("are known by the words of their names", () => {
    for (const name of NAMES.secret) expect(isSecretName(name), name).toBe(true);
    for (const name of NAMES.harmless) expect(isSecretName(name), name).toBe(false);
  });

  it("are masked on a command line", () => {
    for (const [command, masked] of COMMANDS) expect(maskCommand(command)).toEqual(masked);
  });

  it("leave numbers, flags and empty values readable, but never a password", () => {
    expect(maskValue("token", "5")).toBe("5");
    expect(maskValue("api_key", "None")).toBe("None");
    expect(maskValue("password", "1234")).toBe("***");
    expect(maskValue("password", "")).toBe("");
    expect(maskText("see http://a@b:1@c/d and ftp://x/y@z")).toBe("see http://***@c/d and ftp://x/y@z");
  });

  it("are the same to the tracer", () => {
    const tracer = fileURLToPath(new URL("../../python/tracer/_modeltrail/secrets.py", import.meta.url));
    const script = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("tracer_secrets", sys.argv[1])
secrets = importlib.util.module_from_spec(spec)
spec.loader.exec_module(secrets)
names, commands = json.loads(sys.argv[2])
print(json.dumps([[secrets.is_secret_name(name) for name in names], [secrets.mask_arguments(c) for c in commands]]))`;
    const names = [...NAMES.secret, ...NAMES.harmless];
    const input = JSON.stringify([names, COMMANDS.map(([command]) => command)]);
    const [secret, masked] = JSON.parse(
      execFileSync("python3", ["-I", "-B", "-c", script, tracer, input], { encoding: "utf8" }),
    );
    expect(secret).toEqual(names.map(isSecretName));
    expect(masked).toEqual(COMMANDS.map(([command]) => maskCommand(command)));
  });
});
