/** Says that the form does not show everything that the script takes. */
export function UnreadNote({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  const count = notes.length === 1 ? "1 argument" : `${notes.length} arguments`;
  return (
    <div className="notice" role="note">
      <p>{count} could not be read from the script; type what is missing under Further arguments.</p>
      <details>
        <summary>Which</summary>
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
