import { describe, expect, test } from "vitest";
import { Cell, KIND_NAMES } from "./cell";
import { type ReadNumber, readNumber } from "./numberText";
import { createRandom } from "./testTables";
import { type ReadTime, readTime } from "./timeText";

const bytes = (text: string) => new TextEncoder().encode(text);

function number(text: string): ReadNumber | null {
  const result = { value: 0, isInteger: false };
  return readNumber(bytes(`x${text}x`), 1, 1 + bytes(text).length, result) ? result : null;
}

function time(text: string): string | null {
  const result: ReadTime = { ms: 0, ns: 0 };
  if (!readTime(bytes(text), 0, text.length, result)) return null;
  return `${new Date(result.ms).toISOString()}${result.ns ? ` +${result.ns}` : ""}`;
}

function cellOf(fill: (cell: Cell) => void) {
  const cell = new Cell();
  fill(cell);
  return { kind: KIND_NAMES[cell.kind], hash: `${cell.low} ${cell.high}`, text: cell.kind === 0 ? null : cell.text() };
}

const field = (text: string) => cellOf((cell) => cell.setField(bytes(`,${text},`), 1, 1 + bytes(text).length));

describe("numbers", () => {
  test.each([
    "0",
    "-0.5",
    ".5",
    "5.",
    "1e-7",
    "1E+5",
    "-12.25e2",
    "+3",
    "123456789012345678",
    "1e300",
    "-4.9e-324",
    "1e400",
  ])("%s is one", (text) => expect(number(text)?.value).toBe(Number(text)));

  test.each(["", "-", ".", "-.", "007", "-01.5", "1.2.3", "1e", "e5", "1e+", "12a", "0x1f", "1_000", "1,5", "--1"])(
    "%s is none",
    (text) => expect(number(text)).toBeNull(),
  );

  test("integers have neither a point nor an exponent", () => {
    expect(["12", "-3", "12.", "12.0", "1e3"].map((text) => number(text)?.isInteger)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test("are rounded as JavaScript does, however they are written", () => {
    const random = createRandom();
    const double = new DataView(new ArrayBuffer(8));
    const wrong: string[] = [];
    for (let i = 0; i < 20_000; i++) {
      double.setUint32(0, random() * 2 ** 32);
      double.setUint32(4, random() * 2 ** 32);
      const anything = double.getFloat64(0);
      const texts = [random(), random() * 1e6, (random() - 0.5) * 1e-5, Math.floor(random() * 1e18)].map(String);
      texts.push((random() * 1e4).toFixed(6), random().toPrecision(17), (random() * 1e15).toFixed(3));
      if (Number.isFinite(anything)) texts.push(String(anything));
      wrong.push(...texts.filter((text) => number(text)?.value !== Number(text)));
    }
    expect(wrong).toEqual([]);
  });
});

test.each([
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2024-02-29 13:05", "2024-02-29T13:05:00.000Z"],
  ["2024-02-29T13:05:09Z", "2024-02-29T13:05:09.000Z"],
  ["2024-02-29 13:05:09.123456789", "2024-02-29T13:05:09.123Z +456789"],
  ["2024-02-29T13:05:09.5+02:00", "2024-02-29T11:05:09.500Z"],
  ["2024-02-29T13:05:09-0530", "2024-02-29T18:35:09.000Z"],
  ["1969-12-31 23:59:59", "1969-12-31T23:59:59.000Z"],
  ["2023-02-29", null],
  ["2024-13-01", null],
  ["2024-04-31", null],
  ["2024-1-01", null],
  ["2024-02-29X13:05", null],
  ["2024-02-29 13", null],
  ["2024-02-29 13:05:", null],
  ["2024-02-29 13:05:09.", null],
  ["2024-02-29 13:05:09+", null],
  ["555-12-2024", null],
])("the time %s is %s", (text, expected) => expect(time(text)).toBe(expected));

test.each([
  ["", undefined],
  ["NA", undefined],
  ["NaN", undefined],
  ["#N/A N/A", undefined],
  ["None", undefined],
  [" nan ", undefined],
  ["nano", "text"],
  ["True", "boolean"],
  ["false", "boolean"],
  ["truest", "text"],
  ["-inf", "number"],
  [" 12 ", "integer"],
  ["12.0", "number"],
  ["007", "text"],
  ["2024-02-29", "time"],
  ["2024-02-30", "text"],
  ["192.168.0.1", "text"],
  ["-", "text"],
])('the field "%s" is of the kind %s', (text, kind) => expect(field(text).kind ?? undefined).toBe(kind));

test("equal values have equal hashes, whatever they come from", () => {
  expect(field("1.50").hash).toBe(cellOf((cell) => cell.setNumber(1.5)).hash);
  expect(field("12").hash).toBe(cellOf((cell) => cell.setBigInt(12n)).hash);
  expect(field("9007199254740993").hash).toBe(cellOf((cell) => cell.setBigInt(9007199254740993n)).hash);
  expect(field("9007199254740993").hash).not.toBe(field("9007199254740992").hash);
  expect(field("-0").hash).toBe(field("0").hash);
  expect(field("TRUE").hash).toBe(cellOf((cell) => cell.setBoolean(true)).hash);
  expect(field("São Paulo").hash).toBe(cellOf((cell) => cell.setText("São Paulo")).hash);
  expect(field("a".repeat(1000)).hash).toBe(cellOf((cell) => cell.setText("a".repeat(1000))).hash);
  const instant = cellOf((cell) => cell.setTime(Date.UTC(2024, 1, 29, 13), 500));
  expect(field("2024-02-29 13:00:00.0000005").hash).toBe(instant.hash);
  expect(cellOf((cell) => cell.setText("2024-02-29T14:00:00.0000005+01:00")).hash).toBe(instant.hash);
});

test("hashes of values that are alike are not", () => {
  const values = Array.from({ length: 100_000 }, (_, i) => [
    field(`${i}`).hash,
    field(`v${i}`).hash,
    field(`${i}.5`).hash,
  ]).flat();
  expect(new Set(values).size).toBe(values.length);
});

test("texts are shown in full when short, else cut, with what is no UTF-8 replaced", () => {
  expect(field("São Paulo").text).toBe("São Paulo");
  expect(field("é".repeat(5000)).text).toBe(`${"é".repeat(119)}…`);
  expect(cellOf((cell) => cell.setField(Uint8Array.of(0x41, 0xe9), 0, 2)).text).toBe("A\ufffd");
});
