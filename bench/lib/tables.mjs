/** A table as data scientists have them: an identifier, a time, numbers, words, texts with quotes, what is missing. */
import { closeSync, openSync, writeSync } from "node:fs";

const CITIES = ["Berlin", "Paris", "São Paulo", "New York", "Tokyo", "Nairobi", "Lima", "Oslo"];
const START = Date.UTC(2020, 8, 13);

/**
 * Writes a CSV file of `rows` rows and 10 columns, about 90 bytes a row. With `changed` one row in a thousand is missing and
 * one in 500 has another income.
 */
export function writeTable(path, rows, { changed = false } = {}) {
  const random = createRandom();
  const file = openSync(path, "w");
  let lines = ["id,created,age,income,score,city,segment,note,active,label\n"];
  for (let i = 0; i < rows; i++) {
    const [age, income, score, city, segment, note, active] = Array.from({ length: 7 }, random);
    if (changed && i % 1000 === 7) continue;
    lines.push(
      `${i},${new Date(START + i * 60_000).toISOString().slice(0, 19)},${18 + Math.floor(age * 70)},` +
        `${(income * 1e5 + (changed && i % 500 === 3 ? 1000 : 0)).toFixed(2)},${score},${CITIES[Math.floor(city * 8)]},` +
        `seg-${Math.floor(segment * 500)},${noteOf(note)},${active < 0.5},${Math.floor(active * 10)}\n`,
    );
    if (lines.length < 20_000) continue;
    writeSync(file, lines.join(""));
    lines = [];
  }
  writeSync(file, lines.join(""));
  closeSync(file);
}

function noteOf(random) {
  if (random < 0.1) return '"said ""hi"", left"';
  return random < 0.2 ? "" : `note ${Math.floor(random * 1e6)}`;
}

/** The same numbers in [0, 1) each time. */
function createRandom() {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
