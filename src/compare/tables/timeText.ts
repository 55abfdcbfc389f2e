/** Dates and times of day as ISO 8601 and databases write them, from their bytes. */

/** What was read last; one object is filled anew for each time. */
export interface ReadTime {
  /** Ms since the epoch; without a zone as if in UTC. */
  ms: number;
  /** What is finer than that, from 0 to 999,999 ns. */
  ns: number;
}

const DASH = 0x2d;
const COLON = 0x3a;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Reads "2024-02-29", with " 13:05", "T13:05:09.123456" and "Z" or "+02:00" behind it; false for anything else. */
export function readTime(bytes: Uint8Array, start: number, end: number, result: ReadTime): boolean {
  if (end - start < 10 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return false;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  // Date.UTC takes years below 100 for those of the last century; NaN fails every comparison.
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1]!)) return false;
  if (month === 2 && day === 29 && new Date(Date.UTC(year, 1, 29)).getUTCMonth() !== 1) return false;
  result.ms = Date.UTC(year, month - 1, day);
  result.ns = 0;
  if (end - start === 10) return true;
  const separator = bytes[start + 10]!;
  if (separator !== 0x54 && separator !== 0x20) return false;
  return readClock(bytes, start + 11, end, result);
}

/** Adds "13:05", ":09", ".123456" and a zone to the day that `result` holds. */
function readClock(bytes: Uint8Array, start: number, end: number, result: ReadTime): boolean {
  const hour = twoDigits(bytes, start);
  const minute = twoDigits(bytes, start + 3);
  if (end - start < 5 || bytes[start + 2] !== COLON || !(hour <= 24 && minute <= 59)) return false;
  result.ms += (hour * 60 + minute) * 60_000;
  let i = start + 5;
  if (i < end && bytes[i] === COLON) {
    const second = twoDigits(bytes, i + 1);
    if (end - i < 3 || !(second <= 60)) return false;
    result.ms += second * 1000;
    i += 3;
    if (i < end && (bytes[i] === 0x2e || bytes[i] === 0x2c)) {
      let unit = 100_000_000;
      let ns = 0;
      const first = ++i;
      for (; i < end && isDigit(bytes[i]!); i++, unit = Math.floor(unit / 10)) ns += (bytes[i]! - 0x30) * unit;
      if (i === first) return false;
      result.ms += Math.floor(ns / 1e6);
      result.ns = ns % 1e6;
    }
  }
  return i === end || readZone(bytes, i, end, result);
}

function readZone(bytes: Uint8Array, start: number, end: number, result: ReadTime): boolean {
  if (bytes[start] === 0x5a || bytes[start] === 0x7a) return end === start + 1;
  const sign = bytes[start] === 0x2b ? 1 : bytes[start] === DASH ? -1 : 0;
  const hours = twoDigits(bytes, start + 1);
  if (sign === 0 || end < start + 3 || !(hours <= 15)) return false;
  let minutes = 0;
  if (end > start + 3) {
    const at = bytes[start + 3] === COLON ? start + 4 : start + 3;
    minutes = twoDigits(bytes, at);
    if (end !== at + 2 || !(minutes <= 59)) return false;
  }
  result.ms -= sign * (hours * 60 + minutes) * 60_000;
  return true;
}

/** NaN when these are no digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]!;
  const ones = bytes[at + 1]!;
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + (ones - 0x30) : Number.NaN;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
