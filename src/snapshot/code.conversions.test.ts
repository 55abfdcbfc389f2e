import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { hasObject } from "../store/objects";
import {
  filesInSnapshot,
  gitIn,
  makeRepository,
  makeStore,
  program,
  SOURCES,
  take,
  takeExact,
  temporaryFolder,
  writeFiles,
} from "./code/testRepository";

/** Sets a file's times back, so that what is learned about it may be remembered. */
function settle(root: string, name: string): void {
  const past = new Date(Date.now() - 60_000.5);
  fs.utimesSync(path.join(root, name), past, past);
}

describe("line endings are kept as they are on disk", () => {
  const CRLF = {
    "win.py": "a\r\nb\r\n",
    "mixed.py": "a\r\nb\n",
    "unix.py": "a\nb\n",
    "bin.dat": Buffer.from([0, 13, 10]),
  };

  test("core.autocrlf", async () => {
    const root = makeRepository(CRLF, { "core.autocrlf": "true" });
    const { code } = await takeExact(root);
    // To the user's git nothing has changed.
    expect(gitIn(root, "status", "--short")).toBe("");
    expect(code.dirty).toBe(false);
    expect(gitIn(root, "cat-file", "blob", `${code.head}:win.py`)).toBe("a\nb");
    writeFiles(root, { "mixed.py": "changed\r\nc\n", "new.py": "n\r\n" });
    expect((await takeExact(root)).code.dirty).toBe(true);
  });

  test.each([["* text=auto\n"], ["* eol=crlf\n"], ["*.py text\n"], ["[attr]code text\n*.py code\n"], ["*.py crlf\n"]])(
    "attributes %j",
    async (attributes) => {
      const root = makeRepository({ ...CRLF, ".gitattributes": attributes }, { "core.safecrlf": "false" });
      await takeExact(root);
    },
  );

  test("attributes in a folder, in the git directory, in the user's settings, and ignored ones", async () => {
    const inFolder = makeRepository({ "sub/.gitattributes": "* text\n", "sub/a.py": "a\r\n" });
    await takeExact(inFolder);

    const inGit = makeRepository(SOURCES);
    writeFiles(inGit, { ".git/info/attributes": "* text\n", "a.py": "a\r\n" });
    gitIn(inGit, "add", "a.py");
    await takeExact(inGit);

    const file = path.join(temporaryFolder(), "attributes");
    fs.writeFileSync(file, "* text\n");
    await takeExact(makeRepository({ "a.py": "a\r\n" }, { "core.attributesFile": file }));

    const ignored = makeRepository({ ".gitignore": ".gitattributes\n", "x.py": "x" });
    writeFiles(ignored, { ".gitattributes": "* text\n", "a.py": "a\r\n" });
    gitIn(ignored, "add", "a.py");
    gitIn(ignored, "commit", "--quiet", "-m", "second");
    await takeExact(ignored, [".gitattributes"]);
  });

  test("a change of nothing but line endings is seen, also when the file was known before", async () => {
    const root = makeRepository({ "a.py": "a\r\nb\r\n", ".gitattributes": "* text=auto\n" });
    const store = makeStore();
    settle(root, "a.py");
    gitIn(root, "status");
    await takeExact(root, [], { store });
    const again = await takeExact(root, [], { store });
    writeFiles(root, { "a.py": "a\nb\n" });
    settle(root, "a.py");
    gitIn(root, "status");
    const { code } = await takeExact(root, [], { store });
    expect(code.commit).not.toBe(again.code.commit);
    expect(code.commit).toBe(code.head);
  });

  test("ident and encodings", async () => {
    const utf16 = Buffer.from("\ufeffa = 1\n", "utf16le");
    const root = makeRepository({
      ".gitattributes": "*.py ident\n*.txt working-tree-encoding=UTF-16LE-BOM eol=lf\n",
      "a.py": "# $Id: expanded $\n",
      "b.txt": utf16,
    });
    await takeExact(root);
  });

  test("what the cache knows may be gone from the object database", async () => {
    const root = makeRepository({ "a.py": "a\r\n", ".gitattributes": "* text=auto\n" });
    const store = makeStore();
    settle(root, "a.py");
    const { code } = await takeExact(root, [], { store });
    gitIn(root, "update-ref", "-d", `refs/modeltrail/snapshots/${code.commit}`);
    gitIn(root, "gc", "--quiet", "--prune=now");
    await takeExact(root, [], { store });
  });
});

describe("filters", () => {
  const strip = "*.ipynb filter=strip\n";

  test("what a filter would strip is kept, and the filter is not run", async () => {
    const ran = path.join(temporaryFolder(), "ran");
    const filter = program(`echo >> '${ran}'; sed s/output//`);
    const root = makeRepository(
      { ".gitattributes": strip, "a.ipynb": "code output\n" },
      { "filter.strip.clean": filter },
    );
    expect(gitIn(root, "show", "HEAD:a.ipynb")).toBe("code");
    settle(root, "a.ipynb");
    gitIn(root, "status");
    fs.rmSync(ran);
    expect((await takeExact(root)).code.dirty).toBe(false);
    writeFiles(root, { "a.ipynb": "more code output\n", "b.ipynb": "new output\n" });
    await takeExact(root);
    expect(fs.existsSync(ran)).toBe(false);
  });

  test("a required filter that is missing stops nothing", async () => {
    const root = makeRepository({ ".gitattributes": strip, "a.ipynb": "1\n" });
    gitIn(root, "config", "filter.strip.required", "true");
    gitIn(root, "config", "filter.strip.clean", "/nonexistent/filter");
    gitIn(root, "config", "filter.strip.process", "/nonexistent/filter");
    writeFiles(root, { "a.ipynb": "2\n" });
    await takeExact(root);
  });

  describe("Git LFS", () => {
    const pointer = (oid: string, size: number) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
    const HI = "98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4";

    function lfsRepository(): string {
      const root = makeRepository({
        ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
        "a.bin": pointer("a".repeat(64), 5),
      });
      const settings = { clean: "git-lfs clean -- %f", process: "git-lfs filter-process", required: "true" };
      for (const [name, value] of Object.entries(settings)) gitIn(root, "config", `filter.lfs.${name}`, value);
      return root;
    }

    test("pointers on disk are kept as such", async () => {
      const root = lfsRepository();
      expect((await takeExact(root)).code.dirty).toBe(false);
      writeFiles(root, { "b.bin": pointer("b".repeat(64), 7) });
      await takeExact(root);
    });

    test("contents become pointers, as LFS makes them; their bytes are kept in the store", async () => {
      const root = lfsRepository();
      const store = makeStore();
      writeFiles(root, { "a.bin": "hi\n", "new.bin": "hi\n" });
      const { code, gaps } = await take(root, { store });
      expect(gaps).toEqual([]);
      for (const name of ["a.bin", "new.bin"]) {
        expect(gitIn(root, "show", `${code.commit}:${name}`)).toBe(pointer(HI, 3).trimEnd());
      }
      expect(hasObject(store, HI)).toBe(true);
    });

    test("a changed file that is too big to keep is named", async () => {
      const root = lfsRepository();
      writeFiles(root, { "a.bin": Buffer.alloc(2000) });
      const { code, gaps } = await take(root, { limits: { fileBytes: 1000 } });
      expect(gaps).toMatchObject([{ kind: "too-big", path: "a.bin" }]);
      expect(code.dirty).toBe(true);
    });
  });

  describe("files that git keeps encrypted", () => {
    const files = { ".gitattributes": "*.key filter=git-crypt\n", "a.key": "secret\n", "b.key": "x\n" };
    const reverse = { "filter.git-crypt.clean": program("rev"), "filter.git-crypt.smudge": program("rev") };

    test("are encrypted in the snapshot", async () => {
      const root = makeRepository(files, reverse);
      expect((await take(root)).gaps).toEqual([]);
      writeFiles(root, { "a.key": "other secret\n", "new.key": "new secret\n" });
      const { code, gaps } = await take(root);
      expect(gaps).toEqual([]);
      expect(gitIn(root, "show", `${code.commit}:a.key`)).toBe("terces rehto");
      expect(gitIn(root, "show", `${code.commit}:b.key`)).toBe("x");
      expect(gitIn(root, "show", `${code.commit}:new.key`)).toBe("terces wen");
    });

    test.each([["false"], ["/nonexistent/filter"], [null]])("stay out when the filter is %j", async (filter) => {
      const root = makeRepository(files, reverse);
      gitIn(root, "status");
      if (filter) gitIn(root, "config", "filter.git-crypt.clean", filter);
      else gitIn(root, "config", "--remove-section", "filter.git-crypt");
      writeFiles(root, { "a.key": "other secret\n", "new.key": "new secret\n" });
      const { code, gaps } = await take(root);
      expect(gaps.map(({ path: name }) => name)).toEqual(expect.arrayContaining(["a.key", "new.key"]));
      expect(gitIn(root, "show", `${code.commit}:a.key`)).toBe("terces");
      expect(Object.keys(filesInSnapshot(code))).not.toContain("new.key");
    });
  });
});
