import { expect, type Locator, type Page } from "@playwright/test";
import { pickFromMenu } from "./menu";

/** The active editor group: its tabs, its title's buttons, its text, and both sides of a comparison. */
export class Editor {
  private readonly group: Locator;

  constructor(private readonly page: Page) {
    this.group = page.locator(".editor-group-container.active");
  }

  /** The tab with this name; it has the class `active` when it is the one that shows. */
  tab(name: string | RegExp): Locator {
    return this.group.getByRole("tab", { name, exact: true });
  }

  /** A button in the editor's title, by its tooltip. */
  titleAction(label: string | RegExp): Locator {
    return this.group.locator(".editor-actions").getByRole("button", { name: label });
  }

  /** Picks an entry of a menu in the editor's title; `menu` is the tooltip of its arrow. */
  async pickTitleMenu(menu: string, entry: string): Promise<void> {
    await this.titleAction(menu).click();
    await pickFromMenu(this.page, entry);
  }

  /** The lines of the active editor that are on the screen now, without line numbers. */
  async text(): Promise<string> {
    return await shownText(this.group.locator(".editor-instance .monaco-editor").last());
  }

  /** What stands above lines of the active editor, each to be pressed: CodeLenses with this text. */
  lens(text: string | RegExp): Locator {
    return this.group.locator(".codelens-decoration a").filter({ hasText: text });
  }

  /** The line of the active editor that has this text. */
  line(text: string): Locator {
    return this.group.locator(".editor-instance .monaco-editor").last().locator(".view-line").filter({ hasText: text });
  }

  /** A word of a line of the active editor, to rest the pointer on. */
  word(text: string): Locator {
    return this.line(text).first().locator("span span").filter({ hasText: text }).first();
  }

  /** Shows a line (from 1) in the middle, and puts the cursor there. */
  async goToLine(line: number): Promise<void> {
    await this.group.locator(".monaco-editor .view-lines").last().click();
    await this.page.keyboard.press("Control+G");
    const input = this.page.locator(".quick-input-widget .quick-input-filter input");
    await expect(input).toBeFocused();
    await input.fill(`:${line}`);
    await input.press("Enter");
    await expect(input).toBeHidden();
  }

  /** What stands behind the line with this text, drawn by an extension, and whether it looks old. */
  async note(line: string): Promise<{ text: string; isOld: boolean } | undefined> {
    // The browser has such texts in styles only.
    return await this.line(line)
      .first()
      .evaluate((element) => {
        for (const part of element.querySelectorAll("span")) {
          const style = getComputedStyle(part, "::after");
          const text = /^"(.+)"$/.exec(style.content)?.[1];
          if (text) return { text, isOld: style.fontStyle === "italic" };
        }
        return undefined;
      });
  }

  /** Waits until the active editor shows this text. */
  async shows(text: string | RegExp): Promise<void> {
    const matching = typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text);
    await expect.poll(() => this.text()).toEqual(matching);
  }

  /** Waits for a comparison and gives the lines that its two sides show. */
  async diff(): Promise<{ original: string; modified: string }> {
    const [original, modified] = [this.diffSide("original"), this.diffSide("modified")];
    await expect(original.locator(".view-line").first()).toBeVisible();
    await expect(modified.locator(".view-line").first()).toBeVisible();
    return { original: await shownText(original), modified: await shownText(modified) };
  }

  /** The files in a comparison of several, in order: "model.py A" for an added one, D for deleted, R for renamed. */
  async changedFiles(): Promise<string[]> {
    return await this.group.locator(".multiDiffEntry .file-path").evaluateAll((entries) =>
      entries.map((entry) => {
        const text = (selector: string) => entry.querySelector(selector)?.textContent ?? "";
        return `${text(".title .label-name")} ${text(".status")}`.trim();
      }),
    );
  }

  /** Waits until the text of a file in the group has the focus: an editor that takes it late closes menus. */
  async untilFocused(): Promise<void> {
    await expect(this.group.locator(".monaco-editor.focused").first()).toBeVisible();
  }

  diffSide(side: "original" | "modified"): Locator {
    return this.group.locator(`.monaco-diff-editor .editor.${side}`);
  }

  /** Replaces everything in the active file and saves it. */
  async replaceAndSave(text: string): Promise<void> {
    await this.group.locator(".monaco-editor .view-lines").last().click();
    await this.page.keyboard.press("ControlOrMeta+A");
    // Pasted: what is typed would be indented and its brackets closed.
    await this.page.evaluate((content) => navigator.clipboard.writeText(content), text);
    await this.page.keyboard.press("ControlOrMeta+V");
    await expect(this.group.locator(".tab.active")).toHaveClass(/dirty/);
    await this.save();
  }

  /** Saves the active file. */
  async save(): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+S");
    await expect(this.group.locator(".tab.active")).not.toHaveClass(/dirty/);
  }
}

/** Lines are placed by position, in any order in the page. */
async function shownText(editor: Locator): Promise<string> {
  const lines = await editor.locator(".view-lines .view-line").evaluateAll((elements) =>
    elements
      .map((element) => ({
        top: Number.parseFloat((element as HTMLElement).style.top),
        text: element.textContent ?? "",
      }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text),
  );
  return lines.join("\n").replaceAll("\u00a0", " ");
}
