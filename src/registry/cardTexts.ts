/** What people fill in on a model's card. It is kept with the version, so that writing the card again loses nothing. */
import { UserError } from "../domain/errors";
import { maskText } from "../domain/secrets";
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

/** The version's own texts, and where it has none those of the nearest version before it, unless they were emptied since. */
export function cardTexts({ registry }: Store, { model, version }: ModelVersion): Partial<Record<CardText, FilledIn>> {
  const found: Partial<Record<CardText, FilledIn>> = {};
  for (let number = version; number > Math.max(0, version - FAR); number--) {
    const tags = registry.version(model, number)?.tags;
    for (const name of NAMES) {
      const text = tags?.[tagOf(name)];
      if (text !== undefined) found[name] ??= { text, version: number };
    }
  }
  for (const name of NAMES) if (found[name]?.text === "") delete found[name];
  return found;
}

/** Keeps them with the version; an empty one holds back that of the version before, one that is undefined stays. */
export function fillCard(
  store: Store,
  version: ModelVersion,
  texts: Partial<Record<CardText, string | undefined>>,
): void {
  store.audit.act(
    () => {
      for (const [name, text] of changesOf(store, version, texts)) {
        store.registry.setVersionTag(version.model, version.version, tagOf(name), text);
      }
    },
    () => null,
  );
}

/** Titles of the parts that are filled in otherwise in this card than they are kept. Throws UserError when it is no card. */
export function notTakenOver(store: Store, version: ModelVersion, card: string): string[] {
  return changesOf(store, version, readCardTexts(card)).map(([name]) => CARD_TEXTS[name].title);
}

function changesOf(store: Store, version: ModelVersion, texts: Partial<Record<CardText, string | undefined>>) {
  const kept = cardTexts(store, version);
  return NAMES.flatMap((name): [name: CardText, text: string][] => {
    const text = texts[name]?.trim();
    // A login in it was masked when it was kept.
    return text === undefined || maskText(text) === (kept[name]?.text ?? "") ? [] : [[name, text]];
  });
}

const mark = (name: CardText) => `<!-- modeltrail:${name} -->`;
const END = "<!-- /modeltrail -->";

/** The part as it stands in the card, between marks by which `readCardTexts` finds it again. */
export function writeCardText(name: CardText, filled: FilledIn | undefined, version: number): string {
  const { title, hint } = CARD_TEXTS[name];
  const origin = filled && filled.version !== version ? `\n\n*As of version ${filled.version}.*` : "";
  return `## ${title}\n\n${mark(name)}\n${filled?.text ?? `*${hint}*`}\n${END}${origin}`;
}

/** The parts alone, to be filled in: `readCardTexts` reads them back. */
export function cardForm(store: Store, version: ModelVersion): string {
  const texts = cardTexts(store, version);
  const parts = NAMES.map((name) => writeCardText(name, texts[name], version.version));
  return `${[`# Model card of ${version.model}/${version.version}`, FORM_HINT, ...parts].join("\n\n")}\n`;
}

const FORM_HINT =
  "<!-- Write between the marks of each part, and save: it is kept with this version. The rest of the card is made from the record. -->";

export const isCard = (text: string) => NAMES.some((name) => text.includes(mark(name)));

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
  if (!isCard(card)) {
    throw new UserError(
      "This is no model card: its marks are not there. Write one: modeltrail models card MODEL --out CARD.md",
    );
  }
  return texts;
}
