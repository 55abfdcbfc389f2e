/** What people fill in on a model's card. It is kept with the version, so that writing the card again loses nothing. */
import { UserError } from "../domain/errors";
import type { Store } from "../store/contract";
import type { ModelVersion } from "../store/registry/contract";

/** Parts of the card that only people know, in their order: what stands there until it is filled in. */
export const CARD_TEXTS = {
  "intended-use": { title: "Intended use", hint: "What is it for, who uses it, and on which decisions does it bear?" },
  limitations: { title: "Limitations", hint: "What is it not for, where does it fail, and whom could that harm?" },
  notes: { title: "Notes", hint: "Anything else that one should know." },
} as const;

export type CardText = keyof typeof CARD_TEXTS;

const NAMES = Object.keys(CARD_TEXTS) as CardText[];
const tagOf = (name: CardText) => `modeltrail.card.${name}`;
/** Versions that are looked at for a text to take over. */
const FAR = 20;

export interface FilledIn {
  text: string;
  /** The version that it was written for, which may be an earlier one. */
  version: number;
}

/** The version's own texts, and where it has none those of the nearest version before it. */
export function cardTexts({ registry }: Store, { model, version }: ModelVersion): Partial<Record<CardText, FilledIn>> {
  const found: Partial<Record<CardText, FilledIn>> = {};
  for (let number = version; number > Math.max(0, version - FAR); number--) {
    const tags = registry.version(model, number)?.tags;
    for (const name of NAMES) {
      const text = tags?.[tagOf(name)];
      if (text) found[name] ??= { text, version: number };
    }
  }
  return found;
}

/** Keeps them with the version; an empty one is taken away, one that is undefined stays. */
export function fillCard(
  store: Store,
  version: ModelVersion,
  texts: Partial<Record<CardText, string | undefined>>,
): void {
  const { registry, audit } = store;
  audit.act(
    () => {
      for (const name of NAMES) {
        const text = texts[name]?.trim();
        const before = version.tags[tagOf(name)] ?? "";
        if (text === undefined || text === before) continue;
        registry.setVersionTag(version.model, version.version, tagOf(name), text === "" ? null : text);
      }
    },
    () => null,
  );
}

const mark = (name: CardText) => `<!-- modeltrail:${name} -->`;
const END = "<!-- /modeltrail -->";

/** The part as it stands in the card, between marks by which `readCardTexts` finds it again. */
export function writeCardText(name: CardText, filled: FilledIn | undefined, version: number): string {
  const { title, hint } = CARD_TEXTS[name];
  const origin = filled && filled.version !== version ? `\n\n*As of version ${filled.version}.*` : "";
  return `## ${title}\n\n${mark(name)}\n${filled?.text ?? `*${hint}*`}\n${END}${origin}`;
}

/** What was filled in in a card. Throws UserError when it is no card. */
export function readCardTexts(card: string): Partial<Record<CardText, string>> {
  const texts: Partial<Record<CardText, string>> = {};
  for (const name of NAMES) {
    const start = card.indexOf(mark(name));
    const end = card.indexOf(END, start);
    if (start < 0 || end < 0) continue;
    const text = card
      .slice(start + mark(name).length, end)
      .replaceAll("\r\n", "\n")
      .trim();
    if (text !== `*${CARD_TEXTS[name].hint}*`) texts[name] = text;
  }
  if (!NAMES.some((name) => card.includes(mark(name)))) {
    throw new UserError(
      "This is no model card: its marks are not there. Write one: modeltrail models card MODEL --out CARD.md",
    );
  }
  return texts;
}
