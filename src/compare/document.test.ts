import { expect, it } from "vitest";
import { comparisonDocument } from "./document";
import { createFileComparison } from "./files";
import { comparisonOf, series, text } from "./testComparison";

const when = (time: number) => `at ${time / 60_000}`;

it("reads as a page, and as it is", () => {
  const data = createFileComparison();
  data.add({ path: "data/a.csv", files: [1, 2].map((size) => ({ path: "data/a.csv", sha256: `${size}`, size })) });
  const comparison = comparisonOf(["amber-falcon-12", "blue-otter-7"], {
    params: [text("lr", "0.1", "0.01"), text("note", null, "a|b\n<script>")],
    metrics: [{ ...text("accuracy"), values: [series(0.9, 0.5, 0.95), series(0.93, 0.5, 0.93)], change: [0, 0.03] }],
    environment: {
      summary: "1 package changed: numpy 1.26 → 2.0",
      known: [true, true],
      python: [],
      packages: [{ ...text("numpy", "1.26", "2.0"), imported: true }],
      variables: [],
    },
    data: data.result(),
    uncertain: [{ sides: [1], path: null, message: "Part of it was not seen." }],
  });
  expect(comparisonDocument(comparison, { when })).toBe(`# amber-falcon-12 → blue-otter-7

Summary: 2 params, numpy 1.26→2.0, a.csv.

| Run             |                                    |
| --------------- | ---------------------------------- |
| amber-falcon-12 | finished, started at 0, took 1.5 s |
| blue-otter-7    | finished, started at 1, took 1.5 s |

## Params

|      | amber-falcon-12 | blue-otter-7    |
| ---- | --------------- | --------------- |
| lr   | 0.1             | 0.01            |
| note | (none)          | a\\|b \\<script\\> |

## Metrics

|          | amber-falcon-12 | blue-otter-7 |         change | min |         max |
| -------- | --------------: | -----------: | -------------: | --: | ----------: |
| accuracy |             0.9 |         0.93 | +0.03 (+3.33%) | 0.5 | 0.95 → 0.93 |

## Environment

1 package changed: numpy 1.26 → 2.0

|       | amber-falcon-12 | blue-otter-7 |
| ----- | --------------- | ------------ |
| numpy | 1.26            | 2.0          |

## Data

1 changed

|         | File       | Size      |
| ------- | ---------- | --------- |
| changed | data/a.csv | 1 B → 2 B |

## The same

code, config, command, host.

## Uncertain

- blue-otter-7: Part of it was not seen.
`);
});

it("numbers the columns when there are many runs", () => {
  const names = ["a", "b", "c", "d", "e"];
  const document = comparisonDocument(comparisonOf(names, { params: [text("lr", ...names)] }), { when });
  expect(document).toContain("# a, b, c, d, e");
  expect(document).toMatch(/\| 5 +\| e +\| finished, started at 4/);
  expect(document).toMatch(/\| +\| 1 +\| 2 +\| 3 +\| 4 +\| 5 +\|/);
});

it("says how much it leaves out", () => {
  const params = Array.from({ length: 5 }, (_, at) => text(`p${at}`, "1", "2"));
  const document = comparisonDocument(comparisonOf(["a", "b"], { params }), { when, listed: 3 });
  expect(document).toContain("and 2 more");
  expect(document).not.toContain("p3");
});

it("takes nothing of what users wrote for Markdown", () => {
  const names = ["<b>", "*x*", "[a](b)", "`c`", "__init__", "my_model.py", "# h", "$x$", "a\\"];
  const document = comparisonDocument(comparisonOf(["a", "b"], { params: names.map((name) => text(name, "1", "2")) }));
  const cells = document.split("\n").flatMap((line) => /^\| (.*?) +\|/.exec(line)?.[1] ?? []);
  expect(cells).toEqual(
    expect.arrayContaining([
      "\\<b\\>",
      "\\*x\\*",
      "\\[a\\](b)",
      "\\`c\\`",
      "\\_\\_init\\_\\_",
      "my_model.py",
      "\\$x\\$",
      "a\\\\",
    ]),
  );
});
