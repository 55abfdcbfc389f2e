import { describe, expect, test } from "vitest";
import { isOneCommand } from "./commandLine";
import { createMarkerFilter } from "./markers";
import { createOutputCut, type Owner } from "./outputCut";

describe("a command line", () => {
  test.each([
    "python train.py",
    "CUDA_VISIBLE_DEVICES=0 python train.py --lr 0.1",
    "python train.py > log.txt 2>&1",
    "python train.py &> log.txt",
    `python train.py --note "a; b | c" --name 'x && $(y)'`,
    "python train.py --name a\\;b",
    "  python train.py\n",
  ])("is one command: %s", (line) => expect(isOneCommand(line)).toBe(true));

  test.each([
    "python a.py; python b.py",
    "python a.py && python b.py",
    "python a.py || true",
    "python train.py | tee log.txt",
    "python train.py |& tee log.txt",
    "python train.py &",
    "(cd src; python train.py)",
    "python train.py --seed $(date +%s)",
    'python train.py --name "$(hostname)"',
    "python train.py --name `hostname`",
    "python a.py\npython b.py",
  ])("is more than that: %s", (line) => expect(isOneCommand(line)).toBe(false));
});

describe("markers of shell integration", () => {
  const marked = "\u001b]633;C\u0007loss=1\r\n\u001b[31mred\u001b[0m\u001b]633;D;0\u001b\\\u001b]0;title\u0007end";
  const plain = "loss=1\r\n\u001b[31mred\u001b[0m\u001b]0;title\u0007end";

  test("are taken out, and nothing else", () => {
    expect(createMarkerFilter()(marked)).toBe(plain);
  });

  test("are taken out wherever the data is cut", () => {
    for (let at = 0; at <= marked.length; at++) {
      const filter = createMarkerFilter();
      expect(filter(marked.slice(0, at)) + filter(marked.slice(at))).toBe(plain);
    }
  });
});

describe("the output of a command line with several runs", () => {
  test("is told apart by time", () => {
    const cut = createOutputCut();
    const logs = { a: "", b: "" };
    cut.add("before\n", 90);
    cut.add("a1\n", 110);
    cut.add("b1\n", 210);
    const b: Owner = { since: 200, append: (text) => (logs.b += text) };
    cut.give(b);
    cut.give({ since: 100, append: (text) => (logs.a += text) });
    cut.flush(200);
    expect(logs).toEqual({ a: "a1\n", b: "" });
    cut.add("b2\n", 220);
    cut.flush();
    expect(logs).toEqual({ a: "a1\n", b: "b1\nb2\n" });
    b.until = 250;
    cut.add("nobody's\n", 260);
    cut.flush();
    expect(logs.b).toBe("b1\nb2\n");
  });

  test("of a single run passes at once", () => {
    const cut = createOutputCut();
    let log = "";
    cut.add("early\n", 1);
    cut.give({ since: 0, append: (text) => (log += text) });
    cut.release();
    cut.add("late\n", 2);
    expect(log).toBe("early\nlate\n");
  });

  test("takes no more memory than it may", () => {
    const cut = createOutputCut();
    let length = 0;
    for (let n = 0; n < 100; n++) cut.add("x".repeat(1 << 20), n);
    cut.give({ since: 0, append: (text) => (length += text.length) });
    cut.flush();
    expect(length).toBe(4 << 20);
  });
});
