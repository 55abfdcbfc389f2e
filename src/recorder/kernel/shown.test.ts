import { expect, test } from "vitest";
import type { BridgeEvent } from "./bridgeMessages";
import { shownOutputs } from "./shown";

const id = "cell";
const stream = (text: string, name: "stdout" | "stderr" = "stdout"): BridgeEvent => ({ e: "stream", id, name, text });
const display = (data: Record<string, unknown>, displayId?: string): BridgeEvent => ({
  e: "display",
  id,
  data,
  metadata: {},
  displayId,
});

function contents(...events: BridgeEvent[]) {
  const shown = shownOutputs(id);
  const told = events.flatMap(shown.take);
  return {
    told: [...told, ...shown.finish()],
    outputs: shown
      .contents()
      .map(({ kind, items }) => [
        kind,
        ...items.map((item) => `${item.mime} ${"bytes" in item ? Buffer.from(item.bytes).toString("latin1") : ""}`),
      ]),
    shown,
  };
}

test("printed text goes on in the output that it began, until something else is shown", () => {
  const { outputs, told } = contents(
    stream("a"),
    stream("b"),
    stream("!", "stderr"),
    stream("c"),
    display({ "text/plain": "x" }),
  );
  expect(outputs.map((output) => output.join(" ").replaceAll("application/vnd.code.notebook.", ""))).toEqual([
    "stdout stdout ab",
    "stderr stderr !",
    "stdout stdout c",
    "display text/plain x",
  ]);
  expect(told).toHaveLength(5);
});

test("forms are kept as what they are: text, the bytes of pictures, JSON", () => {
  const png = Buffer.from([0x89, 0x50]).toString("base64");
  const { outputs } = contents(display({ "image/png": png, "application/json": { a: [1] }, "text/html": "<b>" }));
  expect(outputs).toEqual([["display", "image/png \x89P", 'application/json {"a":[1]}', "text/html <b>"]]);
});

test("a display is replaced by its id, and what is cleared is gone when something comes, or at once", () => {
  const update: BridgeEvent = { e: "update", id, data: { "text/plain": "new" }, metadata: {}, displayId: "d" };
  const first = display({ "text/plain": "old" }, "d");
  expect(contents(first, stream("x"), update).outputs[0]).toEqual(["display", "text/plain new"]);
  expect(contents(first, { e: "clear", id, wait: true }).outputs).toHaveLength(1);
  expect(contents(first, { e: "clear", id, wait: true }, stream("x")).outputs).toHaveLength(1);
  expect(contents(first, { e: "clear", id, wait: false }).outputs).toEqual([]);
});

test("an editor is not given what would make it heavy; the record is", () => {
  const html = "x".repeat(11 * 1024 * 1024);
  const { outputs, told } = contents(display({ "text/html": html, "text/plain": "<HTML>" }));
  expect((told[0] as { data: unknown }).data).toEqual({
    "text/plain": "[text/html, 11.5 MB: too large to be shown here]\n<HTML>",
  });
  expect(outputs[0]![1]).toHaveLength("text/html ".length + html.length);
});

test("very many outputs are counted, and what was lost on the way is said", () => {
  const many = Array.from({ length: 3_000 }, (_, at) => display({ "text/plain": `${at}` }));
  const { outputs, told } = contents(...many);
  expect(outputs).toHaveLength(2_000);
  expect(told.at(-1)).toMatchObject({ e: "stream", text: "[… 1000 more outputs were not kept …]\n" });
  const lost = contents({ e: "cut", id, bytes: 1_000_000 }, { e: "cut", id, bytes: 1_000_000 });
  expect(lost.told).toMatchObject([
    { e: "stream", name: "stderr", text: expect.stringContaining("2.0 MB came faster") },
  ]);
});

test("the error that it ended with is told apart", () => {
  const error: BridgeEvent = { e: "error", id, name: "ValueError", value: "no", traceback: ["one", "two"] };
  expect(contents(stream("x"), error).shown.error).toEqual({
    name: "ValueError",
    message: "no",
    traceback: "one\ntwo",
  });
  expect(contents(stream("x")).shown.error).toBeNull();
});
