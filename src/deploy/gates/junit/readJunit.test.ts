import { expect, test } from "vitest";
import { readJunit } from "./readJunit";

const suite = (cases: string) =>
  `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" tests="3">${cases}</testsuite></testsuites>`;

test("failures and errors are named with the first line of what they say", () => {
  const report = readJunit(
    suite(`<testcase classname="tests.test_wine.TestShape" name="test_rows[a&amp;b&#62;c]" time="0.1"/>
      <testcase classname="tests.test_wine" name="test_score"><failure message="assert 0.5 &gt; 0.9&#10;more">trace &lt;here&gt;</failure></testcase>
      <testcase classname="" name="tests.test_broken"><error><![CDATA[collection <failure> & more
        second]]></error></testcase>
      <!-- <testcase name="no"/> -->
      <testcase name="later"><skipped type="pytest.skip" message="no data">x</skipped></testcase>`),
  );
  expect(report).toEqual({
    tests: 4,
    skipped: 1,
    failures: [
      { name: "tests.test_wine::test_score", kind: "failure", message: "assert 0.5 > 0.9" },
      { name: "tests.test_broken", kind: "error", message: "collection <failure> & more" },
    ],
  });
});

test("of a login nothing is left, also where a long message is cut within it", () => {
  const before = `${"x".repeat(470)} postgres://ann:`;
  const { failures } = readJunit(
    suite(`<testcase name="a"><failure message="${before}${"sesame".repeat(20)}@db/wine"/></testcase>`),
  );
  expect(failures[0]!.message).toMatch(/ postgres:\/\/\*\*\*@db\/wine$/);
});

test("a test that fails and then breaks down in its clean-up is one failure", () => {
  const { tests, failures } = readJunit(
    suite('<testcase name="a"><failure message="one"/><system-out>x</system-out><error message="two"/></testcase>'),
  );
  expect([tests, failures.length, failures[0]!.message]).toEqual([1, 1, "one"]);
});

test("hostile files are refused quickly: entities, depth, tags that never end", () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${suite("&b;")}`;
  expect(() => readJunit(bomb)).toThrow(/document type/);
  expect(() => readJunit(`<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">${suite("")}`)).toThrow(
    /document type/,
  );
  expect(() => readJunit(`<testsuite>${"<a>".repeat(200)}`)).toThrow(/nested more than 100 deep/);
  expect(() => readJunit(`<testsuite><testcase name="${"a".repeat(1_000_000)}`)).toThrow(/no well-formed XML/);
  expect(() => readJunit("<testsuite><!-- never closed")).toThrow(/"-->" is missing/);
  expect(() => readJunit("<testsuite><testcase name='a'></testsuite>")).toThrow(/closes nothing/);
  expect(() => readJunit("<html/>")).toThrow(/no <testsuite>/);
  expect(() => readJunit("")).toThrow(/no <testsuite>/);
  // An entity that nobody has said is left as it is; names like those of objects do no harm.
  const odd = readJunit(suite('<testcase name="&unknown;" __proto__="x"><failure message="&#x110000;"/></testcase>'));
  expect(odd.failures[0]).toMatchObject({ name: "&unknown;", message: "&#x110000;" });
});
