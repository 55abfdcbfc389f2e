/** Ids of predictions: they begin with the time, so that they sort by it and tell in which file to look. */
import { randomBytes } from "node:crypto";

const TIME_DIGITS = 12;
/** Of each id; ids are given with each answer, so bytes for many are drawn at once. */
const RANDOM_BYTES = 8;
let pool = Buffer.alloc(0);
let used = 0;
let last = 0;
let within = 0;

/** 32 hexadecimal digits: the time (ms since the epoch), a number within the millisecond, and 64 random bits. */
export function predictionId(time: number): string {
  if (used >= pool.length) {
    pool = randomBytes(256 * RANDOM_BYTES);
    used = 0;
  }
  used += RANDOM_BYTES;
  within = time === last ? (within + 1) % 0x10000 : 0;
  last = time;
  return lowestId(time) + within.toString(16).padStart(4, "0") + pool.toString("hex", used - RANDOM_BYTES, used);
}

/** What ids of this time begin with, which sorts before all of them. */
export function lowestId(time: number): string {
  return Math.max(0, Math.floor(time)).toString(16).padStart(TIME_DIGITS, "0");
}
