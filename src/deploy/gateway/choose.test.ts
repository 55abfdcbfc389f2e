import { expect, test } from "vitest";
import { chooseRoute, chooseShadows } from "./choose";

const champion = { role: "champion" as const, version: 1, percent: 90 };
const challenger = { role: "challenger" as const, version: 2, percent: 10 };

test("a challenger gets its share, within what chance allows", () => {
  const count = 20_000;
  let hits = 0;
  for (let turn = 0; turn < count; turn++) hits += chooseRoute([champion, challenger], "wine")!.version - 1;
  // Five standard deviations of the binomial distribution: once in two million.
  expect(Math.abs(hits - count * 0.1)).toBeLessThan(5 * Math.sqrt(count * 0.1 * 0.9));
});

test("a key stays with its version, also when the challenger's share grows, and keys share like requests", () => {
  const keys = Array.from({ length: 10_000 }, (_, place) => `user-${place}`);
  const atShare = (percent: number, salt = "wine") =>
    new Set(keys.filter((key) => chooseRoute([champion, { ...challenger, percent }], salt, key)!.version === 2));
  const [ten, thirty] = [atShare(10), atShare(30)];
  expect(atShare(10)).toEqual(ten);
  expect([...ten].filter((key) => !thirty.has(key))).toEqual([]);
  expect(Math.abs(ten.size - 1_000)).toBeLessThan(5 * 30);
  expect(atShare(10, "other")).not.toEqual(ten);
});

test("without a challenger all goes to the champion; nothing served is nothing chosen", () => {
  expect(chooseRoute([champion], "wine")).toBe(champion);
  expect(chooseRoute([], "wine")).toBeNull();
  const shadow = { role: "shadow" as const, version: 3, percent: 100 };
  expect(chooseRoute([champion, shadow], "wine")).toBe(champion);
  expect(chooseShadows([champion, shadow, { ...shadow, percent: 0 }])).toEqual([shadow]);
});
