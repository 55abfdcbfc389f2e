/** The nodes below a run. They are made anew each time: VS Code knows them again by their ids. */
import type { RunDetails } from "../worker/api";
import type { Node, RunNode, SectionNode } from "./nodes";
import { type Entry, sectionsOf } from "./sections";

export function sectionNodes(run: RunNode, details: RunDetails | null): SectionNode[] {
  if (!details) return [];
  return sectionsOf(details).map((section) => {
    return { kind: "section", id: `${run.id}|${section.kind}`, root: run.root, parent: run, run, section };
  });
}

export function entryNodes(parent: SectionNode): Node[] {
  return parent.section.entries.map((entry) => entryNode(parent, entry));
}

function entryNode(parent: SectionNode, entry: Entry): Node {
  const { run, root } = parent;
  const base = { id: `${parent.id}|${entry.key}`, root, parent, run };
  switch (entry.kind) {
    case "field":
      return { ...base, kind: "field", entry };
    case "file":
      return { ...base, kind: "file", entry };
    case "section":
      return { ...base, kind: "section", section: entry.section };
  }
}
