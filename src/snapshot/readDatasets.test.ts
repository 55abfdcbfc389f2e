import { describe, expect, it } from "vitest";
import { groupReads } from "./readDatasets";

/** `count` files in a folder. */
const files = (folder: string, count: number, ending = "png") =>
  Array.from({ length: count }, (_, i) => `${folder}/${i}.${ending}`);

/** Names with numbers of files. */
function named(paths: string[], known: string[] = [], isTooWide?: (folder: string) => boolean) {
  const groups = groupReads(paths, new Set(known), isTooWide);
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

  it("keeps to the folders that were datasets before", () => {
    const known = ["data/a", "data/single.csv"];
    expect(named([...files("data/a", 20), ...files("data/b", 20)], known)).toEqual({ "data/a": 20, "data/b": 20 });
    expect(named(["data/a/deep/5.png", "data/single.csv"], known)).toEqual({ "data/a": 1, "data/single.csv": 1 });
    expect(named(files("data/a/deep", 20), [...known, "data/a/deep"])).toEqual({ "data/a/deep": 20 });
  });

  it("names folders outside the project, but none that is too wide", () => {
    const outside = ["n1", "n2"].flatMap((label) => files(`/data/imagenet/${label}`, 20));
    expect(named(outside)).toEqual({ "/data/imagenet": 40 });
    const home = [...files("/home/me/a", 20), ...files("/home/me/b", 20)];
    expect(named(home, [], (folder) => "/home/me".startsWith(folder))).toEqual({ "/home/me/a": 20, "/home/me/b": 20 });
    const windows = files("", 20).map((file) => `D:\\data\\set${file.replace("/", "\\")}`);
    expect(named(windows)).toEqual({ "D:\\data\\set": 20 });
    const share = windows.map((file) => file.replace("D:", "\\\\server"));
    expect(named(share)).toEqual({ "\\\\server\\data\\set": 20 });
  });
});
