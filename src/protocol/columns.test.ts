import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { openChannel } from "./channel";
import { Float64Column, movedWith, moving } from "./columns";

test("an answer's columns are moved, not copied, and arrive as they were", async () => {
  const { port1, port2 } = new MessageChannel();
  const sent = Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 1e-300, -0);
  const endOf = (port: typeof port1) => ({
    post: (message: unknown) => port.postMessage(message, movedWith(message)),
    listen: (listener: (message: unknown) => void) => {
      port.on("message", listener);
      return () => port.off("message", listener);
    },
  });
  type Api = { column(argument: null): { values: Float64Array } };
  const onFault = (fault: unknown) => expect.fail(String(fault));
  const handlers = { column: () => moving({ values: sent }, [sent]) };
  openChannel<Api, object>({ port: endOf(port1), handlers, onFault });
  const asker = openChannel<object, Api>({ port: endOf(port2), handlers: {}, onFault });

  const { values } = await asker.call("column", null);
  expect(Float64Column.parse(values)).toEqual(Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 1e-300, -0));
  expect(sent.length).toBe(0);
  port1.close();
  await once(port2, "close");
});
