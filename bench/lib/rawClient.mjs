/** An HTTP client that costs next to nothing, so that what is measured is the server: one connection, kept, bytes made beforehand. */
import { connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

/**
 * The bytes of a request to a tracking server; `message` is the query of a GET, else the body.
 * @param {string} uri @param {"GET" | "POST"} method @param {string} path below the API @param {object} message
 */
export function requestBytes(uri, method, path, message) {
  const { host, pathname } = new URL(uri);
  const isGet = method === "GET";
  const query = isGet ? `?${new URLSearchParams(message)}` : "";
  const body = isGet ? "" : JSON.stringify(message);
  const target = `${pathname.replace(/\/$/, "")}/api/2.0/mlflow/${path}${query}`;
  const type = isGet ? "" : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${type}\r\n${body}`);
}

/**
 * A client of the server at `uri`, with one connection. `send` gives the body of the reply when its last byte is here, one
 * request at a time; rejects for a refusal. MLflow's server closes what is idle for five seconds: it is opened again.
 */
export async function openConnection(uri) {
  let socket = await dial(uri);
  return {
    async send(bytes) {
      if (socket.destroyed || socket.readableEnded) socket = await dial(uri);
      return exchange(socket, bytes);
    },
    close: () => socket.destroy(),
  };
}

function dial(uri) {
  const { hostname, port } = new URL(uri);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => resolve(socket));
    socket.on("error", reject);
  });
}

function exchange(socket, bytes) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let size = 0;
    const done = (settle, value) => {
      socket.off("data", take).off("close", closed);
      settle(value);
    };
    const closed = () => done(reject, new Error("The server closed the connection."));
    function take(part) {
      parts.push(part);
      size += part.length;
      const reply = wholeReply(parts, size);
      if (!reply) return;
      const { status, body } = reply;
      if (status === 200) done(resolve, body);
      else done(reject, new Error(`${status} ${body.toString().slice(0, 500)}`));
    }
    socket.on("data", take).on("close", closed);
    socket.write(bytes);
  });
}

/** Null while something is missing. */
function wholeReply(parts, size) {
  const end = parts[0].indexOf(HEAD_END);
  if (end < 0) {
    if (parts.length > 1) parts.splice(0, parts.length, Buffer.concat(parts));
    return null;
  }
  const head = parts[0].toString("latin1", 0, end).toLowerCase();
  const start = end + HEAD_END.length;
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length === undefined) {
    const last = Buffer.concat(parts.slice(-2));
    if (!last.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)) return null;
  } else if (size < start + Number(length)) return null;
  const body = Buffer.concat(parts).subarray(start);
  return { status: Number(head.slice(9, 12)), body: length === undefined ? withoutChunks(body) : body };
}

function withoutChunks(body) {
  const pieces = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const length = Number.parseInt(body.toString("latin1", at, end), 16);
    if (length === 0) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}
