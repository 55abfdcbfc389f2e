/**
 * What a terminal would show after printing a log: carriage returns and cursor moves overwrite, colours are left out. Rows
 * that scrolled far off are settled; only the last ones can still be written over, as on a screen.
 */

const SCREEN_ROWS = 200;
/** A program can move the cursor anywhere; a column beyond this is not padded out to. */
const WIDEST = 10_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\r\n\x08\x1b]/g;
const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  /\x1b(?:\[([0-?]*)[ -/]*(?:([@-~])|$)|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])?/y;

export function terminalText(log: string): string {
  const screen = new Screen();
  let at = 0;
  CONTROL.lastIndex = 0;
  for (let found = CONTROL.exec(log); found; found = CONTROL.exec(log)) {
    screen.write(log.slice(at, found.index));
    at = found.index + 1;
    if (found[0] === "\x1b") {
      ESCAPE.lastIndex = found.index;
      const [whole, parameters, command] = ESCAPE.exec(log)!;
      at = found.index + whole.length;
      if (command) screen.escape(command, parameters ?? "");
    } else screen.control(found[0]);
    CONTROL.lastIndex = at;
  }
  screen.write(log.slice(at));
  return screen.text();
}

class Screen {
  private readonly settled: string[] = [];
  private rows = [""];
  private row = 0;
  private column = 0;

  write(text: string): void {
    if (text === "") return;
    const old = this.rows[this.row]!;
    // Nearly always the cursor is at the row's end.
    this.rows[this.row] =
      this.column === old.length
        ? old + text
        : old.slice(0, this.column).padEnd(this.column) + text + old.slice(this.column + text.length);
    this.column += text.length;
  }

  control(character: string): void {
    if (character === "\r") this.column = 0;
    else if (character === "\b") this.column = Math.max(0, this.column - 1);
    else this.down();
  }

  private down(): void {
    this.column = 0;
    this.row++;
    if (this.row === this.rows.length) this.rows.push("");
    if (this.rows.length >= 2 * SCREEN_ROWS) {
      const gone = this.rows.splice(0, this.rows.length - SCREEN_ROWS);
      this.settled.push(...gone);
      this.row = Math.max(0, this.row - gone.length);
    }
  }

  /** The sequences that progress bars use; all others change only looks. */
  escape(command: string, parameters: string): void {
    const count = Number.parseInt(parameters, 10);
    const steps = count > 0 ? count : 1;
    switch (command) {
      case "A":
        this.row = Math.max(0, this.row - steps);
        break;
      case "B":
        this.row = Math.min(this.rows.length - 1, this.row + steps);
        break;
      case "C":
        this.column = Math.min(WIDEST, this.column + steps);
        break;
      case "D":
        this.column = Math.max(0, this.column - steps);
        break;
      case "F":
        this.row = Math.max(0, this.row - steps);
        this.column = 0;
        break;
      case "G":
        this.column = Math.min(WIDEST, steps - 1);
        break;
      case "K":
        this.eraseLine(count);
        break;
      case "J":
        // "Erase below" redraws a block of bars; what "erase all" would take away is kept, since it is a log.
        if (!(count > 0)) this.rows = this.rows.slice(0, this.row + 1);
        if (!(count > 0)) this.eraseLine(0);
        break;
    }
  }

  private eraseLine(which: number): void {
    const old = this.rows[this.row]!;
    if (which === 2) this.rows[this.row] = "";
    else if (which === 1) this.rows[this.row] = " ".repeat(Math.min(this.column, old.length)) + old.slice(this.column);
    else this.rows[this.row] = old.slice(0, this.column);
  }

  text(): string {
    return [...this.settled, ...this.rows].join("\n");
  }
}
