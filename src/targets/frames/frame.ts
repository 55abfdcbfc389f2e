/**
 * Frames: lines of text that bring the bytes of files through a log or a connection that may be cut anywhere, be read twice, and
 * carry lines of others. The format is described where they are made, in python/agent/frames.py.
 */
import { crc32, inflateSync } from "node:zlib";
import { textOf } from "../host/localFolder";

export interface Frame {
  /** Of its sender: another one is another start of the job, or another connection to it. */
  session: string;
  /** Counts the frames of the sender, from 0. */
  number: number;
  /** `data`: bytes of a file. `status`, `last`, `files`: JSON. `beat`: nothing but a sign of life. */
  kind: "data" | "status" | "last" | "files" | "beat";
  /** Of the file; bad bytes as lone surrogates. */
  name: string;
  /** Of the first byte in the file. */
  offset: number;
  payload: Buffer;
}

const KINDS: Record<string, Frame["kind"]> = { d: "data", z: "data", s: "status", e: "last", f: "files", b: "beat" };
const LINE = /^%mt ([0-9a-f]+) (\d+) ([a-z]) (\S+) (\d+) (\S+) ([0-9a-f]{8})$/;

/** A line without its end; null when it is no frame, or a damaged one. */
export function parseFrame(line: string): Frame | null {
  const match = LINE.exec(line);
  if (!match) return null;
  const [, session, number, letter, name, offset, payload, check] = match as unknown as string[];
  const kind = KINDS[letter!];
  if (!kind || crc32(line.slice(0, line.lastIndexOf(" "))) !== Number.parseInt(check!, 16)) return null;
  const bytes = payload === "-" ? Buffer.alloc(0) : Buffer.from(payload!, "base64");
  return {
    session: session!,
    number: Number(number),
    kind,
    name: name === "-" ? "" : textOf(Buffer.from(name!, "base64url")),
    offset: Number(offset),
    payload: letter === "z" ? inflateSync(bytes) : bytes,
  };
}
