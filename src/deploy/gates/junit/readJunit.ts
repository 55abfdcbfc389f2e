/**
 * Reads the XML that test runners write for JUnit's readers: how many tests, and which did not pass and why.
 * Only elements, attributes and text are understood. A document type, and so entities of its own, is refused: such a file
 * could be made to grow without end, or to name files.
 */
import { UserError } from "../../../domain/errors";
import { maskText } from "../../../domain/secrets";
import { type XmlEvent, xmlEvents } from "./xmlEvents";

export interface TestReport {
  tests: number;
  skipped: number;
  /** Failures and errors, in the file's order. */
  failures: TestFailure[];
}

export interface TestFailure {
  /** "test_wine.TestShape::test_rows" */
  name: string;
  kind: "failure" | "error";
  /** The first line of what it says. */
  message: string;
}

/** Throws UserError when it is no such file. */
export function readJunit(text: string): TestReport {
  const report: TestReport = { tests: 0, skipped: 0, failures: [] };
  const events = xmlEvents(text);
  let suites = 0;
  for (const event of events) {
    if (event.type !== "open") continue;
    if (event.name === "testsuite" || event.name === "testsuites") suites++;
    if (event.name === "testcase") readCase(event, events, report);
  }
  if (suites === 0) throw new UserError("It has no <testsuite>: it is no report of tests.");
  return report;
}

/** Reads on to the end of the test case. One test may fail and then break down in its clean-up: that is told as one. */
function readCase(start: XmlEvent & { type: "open" }, events: Iterator<XmlEvent>, report: TestReport): void {
  report.tests++;
  if (start.empty) return;
  const { classname, name = "?" } = start.attributes;
  let failure: TestFailure | null = null;
  let inFailure = false;
  let depth = 1;
  while (depth > 0) {
    const next = events.next();
    if (next.done) throw new UserError(`It ends within the test ${name}.`);
    const event = next.value;
    if (event.type === "text") {
      if (inFailure && failure && failure.message === "") failure.message = firstLine(event.text);
      continue;
    }
    if (event.type === "close") {
      depth--;
      inFailure = false;
      continue;
    }
    if (!event.empty) depth++;
    if (event.name === "skipped") report.skipped++;
    if (event.name !== "failure" && event.name !== "error") continue;
    if (failure) continue;
    inFailure = !event.empty;
    const message = firstLine(event.attributes.message ?? "");
    failure = { name: classname ? `${classname}::${name}` : name, kind: event.name, message };
  }
  if (failure) report.failures.push(failure);
}

/** Masked before it is cut, which could leave half a login. */
function firstLine(text: string): string {
  return maskText(text.trim().split("\n", 1)[0]!.trim()).slice(0, 500);
}
