import { expect, test } from "vitest";
import { type Comparison, comparisonsOf, SearchError } from "./filter";
import { EXPERIMENTS, type Grammar, LOGGED_MODELS, MODEL_VERSIONS, MODELS, RUNS } from "./grammars";
import { parseFilter } from "./parseFilter";
import { parseOrder } from "./parseOrder";

type Short = [entity: string, key: string, operator: string, value: Comparison["value"]];

/** What MLflow 3.17's own parser makes of each. */
const READ: [Grammar, string, ...Short[]][] = [
  [RUNS, "metrics.a > 1", ["metric", "a", ">", 1]],
  [RUNS, "metric.a>=.5", ["metric", "a", ">=", 0.5]],
  [RUNS, "metrics.a > -3 AND metrics.b <= 1e-3", ["metric", "a", ">", -3], ["metric", "b", "<=", 0.001]],
  [RUNS, "metrics.a > 1 metrics.b < 2", ["metric", "a", ">", 1], ["metric", "b", "<", 2]],
  [RUNS, "AND metrics.a > 1 and", ["metric", "a", ">", 1]],
  [RUNS, "metrics.a.b > 1", ["metric", "a.b", ">", 1]],
  [RUNS, "metrics.`a b` > 1", ["metric", "a b", ">", 1]],
  [RUNS, 'metrics."a.b c">=1', ["metric", "a.b c", ">=", 1]],
  [RUNS, 'metrics."X//Y#$$@&Z" = 3', ["metric", "X//Y#$$@&Z", "=", 3]],
  [RUNS, "`metrics`.a != 1", ["metric", "a", "!=", 1]],
  [RUNS, "metrics.2a > 1", ["metric", "2a", ">", 1]],
  [RUNS, "metrics.é > 1 and metrics.select > 2", ["metric", "é", ">", 1], ["metric", "select", ">", 2]],
  [RUNS, "params.'acc' = 'LR'", ["param", "acc", "=", "LR"]],
  [RUNS, 'parameters.a != "tf"', ["param", "a", "!=", "tf"]],
  [RUNS, "param.a = ''", ["param", "a", "=", ""]],
  [RUNS, 'params.a = "it\'s"', ["param", "a", "=", "it's"]],
  [RUNS, "params.a like 'x%' and params.a ilike 'Y'", ["param", "a", "LIKE", "x%"], ["param", "a", "ILIKE", "Y"]],
  [RUNS, "params.a = 'x and y = 3'", ["param", "a", "=", "x and y = 3"]],
  [RUNS, "params.a is null", ["param", "a", "IS NULL", null]],
  [RUNS, "tags.a IS NOT NULL and tag.b='1'", ["tag", "a", "IS NOT NULL", null], ["tag", "b", "=", "1"]],
  [RUNS, "tag.mlflow.source.name = 'x'", ["tag", "mlflow.source.name", "=", "x"]],
  [RUNS, "status = 'FINISHED'", ["attribute", "status", "=", "FINISHED"]],
  [RUNS, "run.status != 'RUNNING'", ["attribute", "status", "!=", "RUNNING"]],
  [RUNS, "attributes.`run name` = 'x'", ["attribute", "run_name", "=", "x"]],
  [RUNS, "attr.\"Run Name\" = 'x'", ["attribute", "run_name", "=", "x"]],
  [
    RUNS,
    "created > 5 and start_time < 1e3",
    ["attribute", "start_time", ">", 5],
    ["attribute", "start_time", "<", 1000],
  ],
  [RUNS, "run_id in ('a','b')", ["attribute", "run_id", "IN", ["a", "b"]]],
  [RUNS, 'run_id NOT IN ("a",)', ["attribute", "run_id", "NOT IN", ["a"]]],
  [RUNS, "dataset.name IN ('x')", ["dataset", "name", "IN", ["x"]]],
  [RUNS, "datasets.digest LIKE 'x%'", ["dataset", "digest", "LIKE", "x%"]],
  [EXPERIMENTS, "name like 'x%'", ["attribute", "name", "LIKE", "x%"]],
  [EXPERIMENTS, "attribute.creation_time >= 5", ["attribute", "creation_time", ">=", 5]],
  [EXPERIMENTS, "tags.a is null", ["tag", "a", "IS NULL", null]],
  [EXPERIMENTS, "experiment_id in ('1')", ["attribute", "experiment_id", "IN", ["1"]]],
  [MODELS, "name in ('a','b') and tags.`a b` = 'x'", ["attribute", "name", "IN", ["a", "b"]], ["tag", "a b", "=", "x"]],
  [MODEL_VERSIONS, "version_number > 3", ["attribute", "version_number", ">", 3]],
  [MODEL_VERSIONS, "version_number = '3'", ["attribute", "version_number", "=", 3]],
  [MODEL_VERSIONS, "source_path like 'x%'", ["attribute", "source_path", "LIKE", "x%"]],
  [LOGGED_MODELS, "metrics.a > 1 and params.a = 1", ["metric", "a", ">", 1], ["param", "a", "=", "1"]],
  [LOGGED_MODELS, "creation_time > 5", ["attribute", "creation_timestamp", ">", 5]],
  [LOGGED_MODELS, "status = READY", ["attribute", "status", "=", "READY"]],
  [LOGGED_MODELS, "model_id not in ('a')", ["attribute", "model_id", "NOT IN", ["a"]]],
];

test.each(READ)("%# reads %s %s", (grammar, text, ...expected) => {
  const read = comparisonsOf(parseFilter(text, grammar)).map(({ entity, key, operator, value }) => [
    entity,
    key,
    operator,
    value,
  ]);
  expect(read).toEqual(expected);
});

/** MLflow's own words, up to where it lists what is valid in an order that changes from run to run. */
const REFUSED: [Grammar, string, string][] = [
  [RUNS, "   ", "Invalid filter '   '. Could not be parsed."],
  [RUNS, "metrics.a > 1 or metrics.b < 2", "Invalid clause(s) in filter string: 'or'"],
  [RUNS, "(metrics.a > 1)", "Invalid clause(s) in filter string: '(metrics.a > 1)'"],
  [RUNS, "metrics.a > 1 and (metrics.b > 2)", "Invalid clause(s) in filter string: '(metrics.b > 2)'"],
  [RUNS, "metric.acc !=", "Invalid clause(s) in filter string: "],
  [RUNS, 'params.acc = "LR', "Invalid clause(s) in filter string: 'params.acc', '=', '\"', 'LR'"],
  [RUNS, "params.acc = 'LR", "Invalid clause(s) in filter string: "],
  [RUNS, "metrics.a > 1 /* c */", "Invalid clause(s) in filter string: '/* c */'"],
  [RUNS, "tags.a = 'x' -- c", "Invalid clause(s) in filter string: '-- c'"],
  [RUNS, "metrics.a > 1; metrics.b > 2", "Search filter contained multiple expression "],
  [RUNS, "1=1", "Invalid comparison clause. Expected 'Identifier' found '1'"],
  [RUNS, "1.0 > metrics.acc", "Invalid comparison clause. Expected 'Identifier' found '1.0'"],
  [RUNS, "metrics.a-b > 1", "Invalid comparison clause. Expected 'Identifier' found 'metrics.a-b'"],
  [RUNS, "params.a/b = 'x'", "Invalid comparison clause. Expected 'Identifier' found 'params.a/b'"],
  [RUNS, "name = 'x'", "Invalid attribute key 'name' specified. Valid keys are '{"],
  [RUNS, "__proto__ = 'x'", "Invalid attribute key '__proto__' specified. Valid keys are '{"],
  [
    RUNS,
    "foo.bar = 'x'",
    "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
  ],
  [RUNS, "dataset.foo = 'x'", "Invalid dataset key 'foo' specified. Valid keys are '{"],
  [RUNS, "metrics.a = nan", "Expected numeric value type for metric. Found nan"],
  [RUNS, "metrics.a != metrics.b", "Expected numeric value type for metric. Found metrics.b"],
  [RUNS, "metrics.a>1and metrics.b<2", "Expected numeric value type for metric. Found 1and"],
  [RUNS, "start_time > '5'", "Expected numeric value type for numeric attribute: start_time. Found '5'"],
  [RUNS, "status = 1", "Expected a quoted string value for attributes. Got value 1"],
  [RUNS, "params.a = 3", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 3"],
  [RUNS, "tags.a = 3", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 3"],
  [
    RUNS,
    "params.a = b",
    "Parameter value is either not quoted or unidentified quote types used for string value b. Use either single or double quotes.",
  ],
  [
    RUNS,
    "params.a = `x`",
    "Parameter value is either not quoted or unidentified quote types used for string value `x`.",
  ],
  [RUNS, "metrics.a == 3", "Invalid comparator '==' not one of '{"],
  [RUNS, "metrics.a like 3", "Invalid comparator 'LIKE' not one of '{"],
  [RUNS, "params.a > '3'", "Invalid comparator '>' not one of '{"],
  [RUNS, "params.a not  like '3'", "Invalid comparator 'NOT LIKE' not one of '{"],
  [RUNS, "metrics.a is null", "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'"],
  [RUNS, "status IN ('a')", "Only ['run_id'] attributes support comparison with a list of quoted string values."],
  [
    RUNS,
    "run_id IN ()",
    "While parsing a list in the query, expected a non-empty list of string values, but got empty list",
  ],
  [
    RUNS,
    "run_id IN ('a', 3)",
    "While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: (",
  ],
  [
    RUNS,
    "run_id IN ('a', b)",
    "While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.",
  ],
  [RUNS, "run_id IN ('a'", "Invalid clause(s) in filter string: "],
  [EXPERIMENTS, "foo = 'x'", "Invalid attribute key 'foo' specified. Valid keys are '{"],
  [EXPERIMENTS, "metrics.a > 1", "Invalid entity type 'metrics'. Valid entity types are ('attribute', 'tag', 'tags')"],
  [EXPERIMENTS, "name is null", "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'"],
  [EXPERIMENTS, "creation_time > '5'", "Expected numeric value type for numeric attribute: creation_time. Found '5'"],
  [EXPERIMENTS, "name > 'x'", "Invalid comparator '>' not one of '{"],
  [EXPERIMENTS, "tags.a > 'x'", "Invalid comparator for tag: >"],
  [MODELS, "run_id='x'", "Invalid attribute key 'run_id' specified. Valid keys are '{'name'}'"],
  [MODELS, "name = 'a' or name = 'b'", "Invalid clause(s) in filter string: or"],
  [MODELS, "name = 3", "Expected a quoted string value or a list of quoted string values for attributes. Got value 3"],
  [MODELS, "name > 'x'", "Invalid comparator for attribute: >"],
  [MODEL_VERSIONS, "run_id = 3", "Only the '{"],
  [MODEL_VERSIONS, "version_number = 'x'", "Invalid value for numeric attribute 'version_number': 'x'"],
  [
    MODEL_VERSIONS,
    "source_path in ('x')",
    "Only ['name', 'run_id'] attributes support comparison with a list of quoted string values.",
  ],
  [
    LOGGED_MODELS,
    "foo.a = 1",
    "Invalid entity type: 'foo'. Expected one of ['attributes', 'metrics', 'params', 'tags'].",
  ],
  [LOGGED_MODELS, "name > 'x'", "Invalid comparison operator for attributes.name: '>'. Expected one of ("],
  [LOGGED_MODELS, "name = 'x' or name = 'y'", "Invalid filter string: \"name = 'x' or name = 'y'\". Expected a list"],
];

test.each(REFUSED)("%# refuses %s %s", (grammar, text, message) => {
  const attempt = () => parseFilter(text, grammar);
  expect(attempt).toThrow(SearchError);
  expect(attempt).toThrow(message);
});

test("an empty filter asks for everything", () => {
  expect(parseFilter("", RUNS)).toEqual({ kind: "all", terms: [] });
});

test("our own tables know or and parentheses", () => {
  const filter = parseFilter(
    "metrics.a > 1 and (params.b = 'x' OR (params.b = 'y' and status = 'FAILED')) or tags.c = 'z'",
    RUNS,
    {
      nested: true,
    },
  );
  const shape = (node: typeof filter): unknown =>
    node.kind === "comparison" ? node.key : { [node.kind]: node.terms.map(shape) };
  expect(shape(filter)).toEqual({ any: [{ all: ["a", { any: ["b", { all: ["b", "status"] }] }] }, "c"] });
});

test.each([
  "metrics.a > 1 or",
  "or metrics.a > 1",
  "metrics.a > 1 metrics.b > 2",
  "(metrics.a > 1",
  "metrics.a > 1)",
  "()",
  "and",
])("our own tables refuse what is half said: %s", (text) => {
  expect(() => parseFilter(text, RUNS, { nested: true })).toThrow("Invalid clause(s) in filter string: ");
});

test("a mountain of parentheses is refused, not climbed", () => {
  expect(() => parseFilter("(".repeat(100_000), RUNS, { nested: true })).toThrow(SearchError);
  expect(() => parseFilter("(".repeat(100_000), RUNS)).toThrow(SearchError);
});

test("orders are read", () => {
  const texts = ["metrics.`a b` asc", 'params."x y" DESC', "created desc", "run_name", "metrics.a.b"];
  expect(parseOrder(texts, RUNS)).toEqual([
    { entity: "metric", key: "a b", descending: false },
    { entity: "param", key: "x y", descending: true },
    { entity: "attribute", key: "start_time", descending: true },
    { entity: "attribute", key: "run_name", descending: false },
    { entity: "metric", key: "a.b", descending: false },
  ]);
  expect(parseOrder(["timestamp", "name DESC"], MODELS)).toEqual([
    { entity: "attribute", key: "last_updated_timestamp", descending: false },
    { entity: "attribute", key: "name", descending: true },
  ]);
});

test.each([
  ["foo", "Invalid attribute key 'foo' specified. Valid keys are '{"],
  ["metrics.a foo", "Invalid ordering key in order_by clause 'metrics.a foo'."],
  ["metrics.a desc desc", "Invalid order_by clause 'metrics.a desc desc'. Could not be parsed."],
  ["metrics.a, metrics.b", "Invalid order_by clause 'metrics.a, metrics.b'. Could not be parsed."],
  ["", "Invalid order_by clause ''. Could not be parsed."],
])("the order %s is refused", (text, message) => {
  expect(() => parseOrder([text], RUNS)).toThrow(message);
});

test("of models MLflow says it in words of their own", () => {
  expect(() => parseOrder(["foo"], MODELS)).toThrow("Invalid order by key 'foo' specified. Valid keys are '{");
});

test("a key is ordered by once", () => {
  expect(() => parseOrder(["metrics.a", "metrics.a desc"], RUNS)).toThrow("`order_by` contains duplicate fields: ");
});
