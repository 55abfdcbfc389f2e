/** Numbers as text files write them, from their bytes. */

/** What was read last; one object is filled anew for each number, as there are millions. */
export interface ReadNumber {
  value: number;
  isInteger: boolean;
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;
/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** So many digits always fit into the 53 bits of a double. */
const EXACT_DIGITS = 15;

/**
 * Reads "12", "-0.5", "+3.", "1e-7" into `result`; false for anything else. Digits behind a leading zero ("007") are no
 * number but a code. Rounds as JavaScript does up to 15 digits and nearly always beyond.
 */
export function readNumber(bytes: Uint8Array, start: number, end: number, result: ReadNumber): boolean {
  let i = start;
  const isNegative = bytes[i] === MINUS;
  if (isNegative || bytes[i] === PLUS) i++;
  const first = i;
  // The digits in two parts, each exact.
  let head = 0;
  let tail = 0;
  let digits = 0;
  let dot = -1;
  for (; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) {
      if (bytes[i] !== DOT || dot >= 0) break;
      dot = i;
      continue;
    }
    if (digits < EXACT_DIGITS) head = head * 10 + digit;
    else tail = tail * 10 + digit;
    // Leading zeros are not counted.
    if (digits + digit > 0) digits++;
  }
  const whole = (dot < 0 ? i : dot) - first;
  const fraction = dot < 0 ? 0 : i - dot - 1;
  if (whole + fraction === 0 || (whole > 1 && bytes[first] === ZERO)) return false;
  const exponent = readExponent(bytes, i, end);
  if (Number.isNaN(exponent)) return false;
  result.isInteger = dot < 0 && i === end;
  const value = assemble(head, tail, digits, exponent - fraction);
  // Rare: too many digits or too large a power for exact steps.
  if (Number.isNaN(value)) result.value = Number(new TextDecoder("latin1").decode(bytes.subarray(start, end)));
  else result.value = isNegative ? -value : value;
  return true;
}

/** What stands behind the digits: nothing or "e-7"; NaN when it is something else. */
function readExponent(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  if ((bytes[start]! | 0x20) !== LOWER_E) return Number.NaN;
  const isNegative = bytes[start + 1] === MINUS;
  let i = isNegative || bytes[start + 1] === PLUS ? start + 2 : start + 1;
  if (i >= end || end - i > 5) return Number.NaN;
  let exponent = 0;
  for (; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    exponent = exponent * 10 + digit;
  }
  return isNegative ? -exponent : exponent;
}

/**
 * head · 10^(digits - 15) + tail, times 10^scale; NaN when that is not to be had in exact steps.
 * Sources: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990 (up to 15 digits);
 * T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", Numerische Mathematik 18, 1971 (beyond).
 */
function assemble(head: number, tail: number, digits: number, scale: number): number {
  if (scale < -22 || scale > 22) return head === 0 ? 0 : Number.NaN;
  if (digits <= EXACT_DIGITS) return scale < 0 ? head / POWERS[-scale]! : head * POWERS[scale]!;
  const tailDigits = digits - EXACT_DIGITS;
  if (tailDigits > EXACT_DIGITS || scale > 0) return Number.NaN;
  const power = POWERS[tailDigits]!;
  const product = head * power;
  const sum = product + tail;
  const rest = productError(head, power, product) + (tail - (sum - product));
  if (scale === 0) return sum + rest;
  const divisor = POWERS[-scale]!;
  const quotient = sum / divisor;
  const back = quotient * divisor;
  return quotient + (sum - back - productError(quotient, divisor, back) + rest) / divisor;
}

/** What a · b has beyond `product`, its rounded value. */
function productError(a: number, b: number, product: number): number {
  const splitA = a * 134217729;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = b * 134217729;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}
