import { describe, expect, it } from "vitest";
import { groupReads, isDatasetFile, knownFolder } from "./readDatasets";

/** `count` files in a folder. */
const files = (folder: string, count: number, ending = "png") =>
  Array.from({ length: count }, (_, i) => `${folder}/${i}.${ending}`);

/** Names with numbers of files. */
function named(paths: string[], isTooWide?: (folder: string) => boolean) {
  const groups = groupReads(paths, isTooWide);
  return Object.fromEntries([...groups].map(([name, some]) => [name, some.length]));
}

describe("groupReads", () => {
  it("takes few files for themselves", () => {
    expect(named(["train.csv", "data/a.csv", "data/b.csv", "/shared/x.npy"])).toEqual({
      "train.csv": 1,
      "data/a.csv": 1,
      "data/b.csv": 1,
      "/shared/x.npy": 1,
    });
    expect(named([])).toEqual({});
  });

  it("takes many files of a folder together, with the few below it", () => {
    expect(named([...files("data/images", 50), "data/labels.csv"])).toEqual({
      "data/images": 50,
      "data/labels.csv": 1,
    });
    expect(named([...files("data", 12), "data/sub/a.csv"])).toEqual({ data: 13 });
    // The project itself is no dataset.
    expect(named(files("x", 12).map((file) => file.slice(2)))).toEqual(
      Object.fromEntries(files("x", 12).map((file) => [file.slice(2), 1])),
    );
  });

  it("takes a folder per class for one dataset, however few each has", () => {
    const classes = Array.from({ length: 100 }, (_, i) => files(`images/class-${i}`, 3)).flat();
    expect(named(classes)).toEqual({ images: 300 });
    const speech = Array.from({ length: 20 }, (_, i) => files(`speech/s${i % 5}/c${i}`, 4, "flac")).flat();
    expect(named([...speech, "speech/README"])).toEqual({ speech: 81 });
  });

  it("keeps train, val and test apart", () => {
    const split = (name: string) => ["cat", "dog"].flatMap((label) => files(`pets/${name}/${label}`, 20));
    expect(named([...split("train"), ...split("val"), ...split("test_a")])).toEqual({
      "pets/train": 40,
      "pets/val": 40,
      "pets/test_a": 40,
    });
    expect(named([...files("yolo/images/train2017", 20), ...files("yolo/labels/train2017", 20, "txt")])).toEqual({
      "yolo/images/train2017": 20,
      "yolo/labels/train2017": 20,
    });
  });

  it("keeps folders of different kinds apart", () => {
    expect(named([...files("voc/JPEGImages", 20, "jpg"), ...files("voc/Annotations", 20, "xml")])).toEqual({
      "voc/JPEGImages": 20,
      "voc/Annotations": 20,
    });
  });

  it("names folders outside the project, but none that is too wide", () => {
    const outside = ["n1", "n2"].flatMap((label) => files(`/data/imagenet/${label}`, 20));
    expect(named(outside)).toEqual({ "/data/imagenet": 40 });
    const home = [...files("/home/me/a", 20), ...files("/home/me/b", 20)];
    expect(named(home, (folder) => "/home/me".startsWith(folder))).toEqual({ "/home/me/a": 20, "/home/me/b": 20 });
    const windows = files("", 20).map((file) => `D:\\data\\set${file.replace("/", "\\")}`);
    expect(named(windows)).toEqual({ "D:\\data\\set": 20 });
    const share = windows.map((file) => file.replace("D:", "\\\\server"));
    expect(named(share)).toEqual({ "\\\\server\\data\\set": 20 });
  });
});

it("knows the lowest folder that is a dataset", () => {
  const known = new Set(["data", "data/a", "/x/y", "D:\\set"]);
  const files = ["data/a/deep/5.png", "data/b.csv", "data", "database/x", "/x/y/z", "D:\\set\\1.png", "other.csv"];
  expect(files.map((file) => knownFolder(file, known))).toEqual([
    "data/a",
    "data",
    undefined,
    undefined,
    "/x/y",
    "D:\\set",
    undefined,
  ]);
});

it("takes no source code, system or temporary files for datasets", () => {
  const not = [
    "train.py",
    "notes/a.ipynb",
    "/etc/hosts",
    "/usr/share/zoneinfo/UTC",
    "/tmp/x/a.csv",
    "C:\\Windows\\a.nls",
  ];
  for (const file of not) expect(isDatasetFile(file, ["/tmp"]), file).toBe(false);
  for (const file of ["data/a.csv", "README.md", "/data/a.csv", "/dev/shm/a.npy", "model.pt", "/tmpfiles/a.csv"]) {
    expect(isDatasetFile(file, ["/tmp"]), file).toBe(true);
  }
});
