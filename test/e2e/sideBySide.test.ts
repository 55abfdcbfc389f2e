import { writeFile } from "node:fs/promises";
import path from "node:path";
import { checkInAllThemes } from "./accessibility";
import { expect, test } from "./fixtures";

test.use({ example: "quickstart", venv: false });

/** Pictures, a text and a table, some of them over steps; and an SVG that would like to run a script. */
const DRAW = `import argparse, json, pathlib, struct, zlib
parser = argparse.ArgumentParser()
parser.add_argument("--shade", type=int)
shade = parser.parse_args().shade
out = pathlib.Path("out"); out.mkdir(exist_ok=True)
def png(value):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\\0" + bytes([value, shade, 90]) * 40 for _ in range(30))
    head = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
for step in range(0, 50, 10):
    (out / f"sample_step{step}.png").write_bytes(png(step * 5))
(out / "notes.txt").write_text(f"shade {shade}\\n")
(out / "rows.csv").write_text("name,value\\nfirst,%d\\n" % shade)
(out / "confusion_matrix.json").write_text(json.dumps([[90, 10], [255 - shade, shade]]))
(out / "bad.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>parent.document.title="owned"</script></svg>')
print(f"accuracy={shade / 255}")
`;

test("pictures, texts and tables of runs at the same step, with what differs", async ({
  workbench,
  page,
  folder,
  records,
}) => {
  await writeFile(path.join(folder, "draw.py"), DRAW);
  for (const shade of ["40", "200"]) {
    await records.record(["python3", "draw.py", "--shade", shade], { name: `shade-${shade}` });
  }
  const { experiments } = workbench;
  await experiments.open();
  await experiments.tick(["shade-40", "shade-200"].map((name) => experiments.run(name)));
  await workbench.runCommand("Modeltrail: Open Side by Side");
  const sides = workbench.webview();

  await expect(sides.getByRole("columnheader", { name: "shade-200" })).toBeVisible();
  const param = sides.getByRole("row", { name: /^shade / });
  await expect(param.getByRole("cell")).toHaveText(["40", "200"]);
  await expect(sides.getByText("shade 40→200").first()).toBeVisible();

  const last = sides.getByRole("img", { name: "out/sample.png of shade-40 at step 40" });
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeVisible();
  await expect.poll(() => last.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(40);
  await expect(sides.getByRole("region", { name: "out/notes.txt of shade-200" })).toHaveText("shade 200");
  await expect(sides.getByRole("region", { name: "out/rows.csv of shade-40" })).toContainText("first40");
  await expect(sides.getByRole("img", { name: /^Confusion matrix of .* of shade-200. 81.7% right/ })).toBeVisible();
  await workbench.look("side-by-side");

  const slider = sides.getByRole("slider", { name: "Step" });
  await slider.focus();
  for (const key of ["ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
  for (const name of ["shade-40", "shade-200"]) {
    await expect(sides.getByRole("img", { name: `out/sample.png of ${name} at step 20` })).toBeVisible();
  }
  expect(await page.title()).not.toContain("owned");

  await checkInAllThemes(workbench, param, "side-by-side");
  await sides.getByRole("button", { name: "Compare Code" }).click();
  await expect(workbench.notifications.with("the code is the same")).toBeVisible();
});
