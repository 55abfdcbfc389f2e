import { expect, test } from "vitest";
import { tempStore } from "../testStore";

test("a source is trusted from when it was said until it is taken back, and each is told in the audit log once", () => {
  const { trust, audit } = tempStore();
  expect(trust.isTrusted("runs here")).toBe(false);
  trust.trust("runs here");
  trust.trust("runs here");
  expect(trust.isTrusted("runs here")).toBe(true);
  expect(trust.isTrusted("runs")).toBe(false);
  expect(trust.list().map(({ source }) => source)).toEqual(["runs here"]);

  trust.forget("runs here");
  trust.forget("runs here");
  expect(trust.isTrusted("runs here")).toBe(false);
  const told = audit.list({ subject: "sources" }).map(({ action }) => action);
  expect(told).toEqual(["source.distrust", "source.trust"]);
  expect(audit.verify()).toMatchObject({ intact: true });
});
