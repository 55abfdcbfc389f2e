/** Cells of tables that are opened in spreadsheets. */

/** What a spreadsheet would take for a formula begins with a quote mark instead. */
export const harmlessCell = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
