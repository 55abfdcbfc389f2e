import { MessageChannel } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { UserError } from "../domain/errors";
import { type ChannelOptions, type Checks, openChannel, type Port } from "./channel";

interface Host {
  add(argument: { a: number; b: number }): number;
  fail(argument: { user: boolean }): void;
  wait(argument: null): string;
}
interface Page {
  told(argument: string): void;
}

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const port of opened.splice(0)) port.close();
});

function connect(checks?: Checks) {
  const { port1, port2 } = new MessageChannel();
  opened.push(port1);
  const portOf = (port: typeof port1): Port => ({
    post: (message) => port.postMessage(message),
    listen: (listener) => {
      port.on("message", listener);
      return () => port.off("message", listener);
    },
  });
  const told = vi.fn();
  const onFault = vi.fn();
  const aborted = vi.fn();
  const handlers: ChannelOptions<Host>["handlers"] = {
    add: ({ a, b }) => a + b,
    fail: ({ user }) => {
      throw user ? new UserError("Not this one.") : new TypeError("ours");
    },
    wait: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted();
          reject(new Error("stopped"));
        });
      }),
  };
  const host = openChannel<Host, Page>({ port: portOf(port1), handlers, checks, onFault });
  const page = openChannel<Page, Host>({ port: portOf(port2), handlers: { told }, checks, onFault });
  return { host, page, told, onFault, aborted, raw: port2 };
}

test("calls are answered, also many at once", async () => {
  const { page } = connect();
  const sums = await Promise.all([1, 2, 3].map((a) => page.call("add", { a, b: 10 })));
  expect(sums).toEqual([11, 12, 13]);
});

test("a user's error stays one, others keep their name", async () => {
  const { page } = connect();
  await expect(page.call("fail", { user: true })).rejects.toThrow(UserError);
  await expect(page.call("fail", { user: false })).rejects.toMatchObject({ name: "TypeError", message: "ours" });
});

test("both sides can speak", async () => {
  const { host, told } = connect();
  host.notify("told", "news");
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith("news", expect.anything()));
});

test("a call that is cancelled ends on both sides", async () => {
  const { page, aborted } = connect();
  const controller = new AbortController();
  const waiting = page.call("wait", null, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce());
  await expect(page.call("wait", null, controller.signal)).rejects.toMatchObject({ name: "AbortError" });
});

test("closing fails what is under way and all that follows", async () => {
  const { page } = connect();
  const waiting = page.call("wait", null);
  page.close(new Error("The worker ended."));
  await expect(waiting).rejects.toThrow("The worker ended.");
  await expect(page.call("add", { a: 1, b: 1 })).rejects.toThrow("The worker ended.");
});

test("a method that is none, of any name, is an error", async () => {
  const { page } = connect();
  for (const name of ["gone", "toString", "__proto__"]) {
    await expect(page.call(name as "add", { a: 1, b: 1 })).rejects.toThrow("There is no method");
  }
});

test("what arrives is checked on both sides", async () => {
  const { page } = connect({
    argument: (method, value) => {
      if (method === "add" && (value as { a: number }).a < 0) throw new Error("negative");
      return value;
    },
    result: (_, value) => {
      if ((value as number) > 100) throw new Error("too much");
      return value;
    },
  });
  await expect(page.call("add", { a: -1, b: 0 })).rejects.toThrow("negative");
  await expect(page.call("add", { a: 100, b: 1 })).rejects.toThrow("too much");
  await expect(page.call("add", { a: 100, b: 0 })).resolves.toBe(100);
});

test.each([null, 7, "text", {}, { kind: "call" }, { kind: "call", id: "1", method: "add" }, { kind: "other", id: 1 }])(
  "%j is no message of ours and does no harm",
  async (message) => {
    const { page, raw, onFault } = connect();
    raw.postMessage(message);
    await vi.waitFor(() => expect(onFault).toHaveBeenCalledOnce());
    await expect(page.call("add", { a: 1, b: 2 })).resolves.toBe(3);
  },
);
