import { expect, test } from "vitest";
import type { Route, RouteRole } from "../../domain/deployment";
import { sameRoutes, withChallengerAsChampion, withoutVersion, withPercent, withVersion } from "./routes";

const route = (version: number, role: RouteRole, percent: number): Route => ({
  model: "wine",
  version,
  bundle: `b${version}`,
  role,
  percent,
});
const wine = (version: number) => ({ model: "wine", version });
const short = (routes: readonly { version: number; role: string; percent: number }[]) =>
  routes.map(({ version, role, percent }) => `${version} ${role} ${percent}`);

test("a new champion takes the place of the old one; challenger and shadows stay", () => {
  const routes = [route(1, "champion", 80), route(2, "challenger", 20), route(3, "shadow", 100)];
  expect(short(withVersion(routes, wine(4), "champion"))).toEqual(["4 champion 80", "2 challenger 20", "3 shadow 100"]);
  expect(short(withVersion([], wine(1), "champion"))).toEqual(["1 champion 100"]);
});

test("a challenger that becomes champion leaves its place empty", () => {
  const routes = [route(1, "champion", 80), route(2, "challenger", 20)];
  expect(withChallengerAsChampion(routes)).toEqual([route(2, "champion", 100)]);
  expect(() => withChallengerAsChampion([route(1, "champion", 100)])).toThrow("no challenger");
});

test("challengers get their share, shadows add to each other", () => {
  const one = [route(1, "champion", 100)];
  const two = withVersion(one, wine(2), "challenger") as Route[];
  expect(short(two)).toEqual(["1 champion 90", "2 challenger 10"]);
  expect(short(withPercent(two, 50))).toEqual(["1 champion 50", "2 challenger 50"]);
  const three = withVersion(two, wine(3), "shadow", 25);
  expect(short(withVersion(three, wine(4), "shadow"))).toEqual([
    "1 champion 90",
    "2 challenger 10",
    "3 shadow 25",
    "4 shadow 100",
  ]);
  expect(() => withVersion([], wine(2), "challenger")).toThrow("needs a champion");
  // The champion itself cannot challenge: nothing would be left to answer the rest.
  expect(() => withVersion(one, wine(1), "challenger")).toThrow("needs a champion");
  expect(() => withPercent(two, 101)).toThrow("between 0 and 100");
});

test("a version can be taken out, but not the champion", () => {
  const routes = [route(1, "champion", 90), route(2, "challenger", 10)];
  expect(withoutVersion(routes, 2)).toEqual([route(1, "champion", 100)]);
  expect(() => withoutVersion(routes, 1)).toThrow("is the champion");
  expect(() => withoutVersion(routes, 7)).toThrow("Served are: 1, 2.");
  expect(sameRoutes(routes, [...routes])).toBe(true);
  expect(sameRoutes(routes, [route(1, "champion", 100)])).toBe(false);
});
