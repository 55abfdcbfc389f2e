/** Menus hand over whatever they belong to: gives what tells the elements of a view by their kind. */
export const guardsOf =
  <Node extends { kind: string }>() =>
  <Kind extends Node["kind"]>(kind: Kind) =>
  (value: unknown): value is Extract<Node, { kind: Kind }> =>
    typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
