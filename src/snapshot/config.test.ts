import { describe, expect, it } from "vitest";
import { configParams, isConfigFile, MAX_CONFIG_BYTES } from "./config";

describe("config files", () => {
  it("are small files of the usual kinds that are not about packages or tools", () => {
    for (const name of ["params.yaml", "conf/model.yml", "a.toml", "settings.json", "old.ini", "x.CFG"]) {
      expect(isConfigFile(name, 100), name).toBe(true);
    }
    for (const name of [
      "data.csv",
      "package.json",
      "pyproject.toml",
      "out/metrics.json",
      "val_metrics.json",
      "train.py",
    ]) {
      expect(isConfigFile(name, 100), name).toBe(false);
    }
    expect(isConfigFile("big.json", MAX_CONFIG_BYTES + 1)).toBe(false);
  });

  it("give flat params, plain from params.yaml and named after the file from others", async () => {
    const yaml = "lr: 0.1\ntrain:\n  epochs: 3\n  layers: [64, 32]\n  name: null\n  on: true\n  empty: {}\n";
    expect(await configParams("params.yaml", yaml)).toEqual({
      lr: "0.1",
      "train.epochs": "3",
      "train.layers": "[64,32]",
      "train.name": "null",
      "train.on": "true",
      "train.empty": "{}",
    });
    expect(await configParams("conf/m.toml", "[a]\nb = 1.5\nd = 2024-01-02\n")).toEqual({
      "conf/m.toml:a.b": "1.5",
      "conf/m.toml:a.d": "2024-01-02",
    });
    expect(await configParams("c.json", '\ufeff{"a": {"b": "x"}, "rows": [{"id": 1}]}')).toEqual({ "c.json:a.b": "x" });
  });

  it("give nothing when they cannot be read, and never a secret", async () => {
    expect(await configParams("a.yaml", "a: [1\nb: }")).toEqual({});
    expect(await configParams("a.json", "[1, 2]")).toEqual({});
    expect(await configParams("a.json", "{")).toEqual({});
    expect(await configParams("a.ini", "[x]\ny=1")).toEqual({});
    expect(await configParams("params.yaml", "db:\n  password: hunter2\n  url: pg://u:p@h/x\n")).toEqual({
      "db.password": "***",
      "db.url": "pg://***@h/x",
    });
  });

  it("are bounded", async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, "v".repeat(5000)]));
    const params = await configParams("params.json", JSON.stringify(many));
    expect(Object.keys(params)).toHaveLength(200);
    expect(params.k0).toHaveLength(1000);
    const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
      .split("")
      .map((letter, i) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`)
      .join("\n")}\n`;
    expect(await configParams("params.yaml", laughs)).toEqual({});
  });
});
