import { expect, test } from "vitest";
import { UserError } from "../../domain/errors";
import { HostUnreachable } from "../host/contract";
import { errorOf } from "./cluster";

test.each([
  ["Error from server (ServiceUnavailable): the server is currently unable to handle the request", HostUnreachable],
  ["Error from server: etcdserver: request timed out", HostUnreachable],
  ["Error from server: etcdserver: leader changed", HostUnreachable],
  ["Unable to connect to the server: net/http: TLS handshake timeout", HostUnreachable],
  ["Error from server: etcdserver: mvcc: database space exceeded", UserError],
  ['Error from server (Forbidden): pods is forbidden: User "ada" cannot list resource "pods"', UserError],
])("what kubectl says is for the user, or the cluster is away: %s", (said, kind) => {
  expect(errorOf(`Warning: something else\n${said}\n`)).toBeInstanceOf(kind);
});
