import { expect, test } from "vitest";
import { paramsFromCommand } from "./commandLine";

test.each<[string, Record<string, string>]>([
  ["python train.py --lr 0.1 --epochs=3 -b 32", { lr: "0.1", epochs: "3", b: "32" }],
  ["python -u train.py --learning-rate 0.1 --verbose", { learning_rate: "0.1", verbose: "true" }],
  ["python -W ignore -m pkg.train --lr -0.5 --fast --depth 3", { lr: "-0.5", fast: "true", depth: "3" }],
  ["torchrun --nproc-per-node 2 train.py --lr 1", { lr: "1" }],
  [
    "python train.py model.depth=3 +trainer.fast=true ++seed=1 ~data.cache",
    { "model.depth": "3", "trainer.fast": "true", seed: "1" },
  ],
  ["./train --layers 64 32 out.bin --name a b", { layers: "64 32", name: "a" }],
  ["python train.py --tag a --tag b", { tag: "a, b" }],
  ["python train.py --api-key abc --max-tokens 5", { api_key: "***", max_tokens: "5" }],
  ["python train.py --url=https://me:pw@host/x", { url: "https://***@host/x" }],
  ["python train.py --lr 0.1 -- --not 1", { lr: "0.1" }],
  ["python train.py data.csv out/", {}],
  ["python train.py --empty= --x", { empty: "", x: "true" }],
  ["Rscript fit.R --alpha 0.5", { alpha: "0.5" }],
  ["/usr/bin/python3.11 -c x=1 --lr 0.1", { lr: "0.1" }],
  ["bash -c a=1", {}],
  ["./train -c conf.yaml", { c: "conf.yaml" }],
  ["make", {}],
])("%s", (command, params) => {
  expect(paramsFromCommand(command.split(" "))).toEqual(params);
});

test("names that objects have are ordinary names", () => {
  expect(paramsFromCommand(["a", "--constructor", "1"])).toEqual({ constructor: "1" });
});
