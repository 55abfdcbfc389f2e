import { expect, test } from "vitest";
import { parseDuration } from "./parseDuration";

test.each([
  ["90s", 90],
  ["1h30m", 5_400],
  [" 2 d ", 172_800],
  ["1.5 H", 5_400],
  ["10min 5sec", 605],
  ["90", undefined],
  ["", undefined],
  ["2 weeks", undefined],
  ["-5s", undefined],
])("%j is %s", (text, seconds) => expect(parseDuration(text)).toBe(seconds));
