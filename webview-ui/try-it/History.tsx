import type { Try } from "../../src/protocol/tryIt";
import { showText } from "../base/numbers";
import { readAnswer, statusInWords, timeInWords } from "./answer";

export interface HistoryProps {
  /** The newest first. */
  tries: Try[];
  /** Its input is wanted again. */
  onChoose(tried: Try): void;
}

/** What was tried since the page was opened. */
export function History({ tries, onChoose }: HistoryProps) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">Tries</h2>
      <table className="history">
        <thead>
          <tr>
            <th scope="col">Try</th>
            <th scope="col">Status</th>
            <th scope="col">Time</th>
            <th scope="col">Version</th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          {tries.map((tried) => (
            <tr key={tried.number}>
              <td>
                <button
                  type="button"
                  className="link"
                  aria-label={`Use the input of try ${tried.number} again`}
                  onClick={() => onChoose(tried)}
                >
                  {tried.number}
                </button>
              </td>
              <td>{tried.answer ? statusInWords(tried.answer.status) : "no answer"}</td>
              <td>{tried.answer && timeInWords(tried.answer.duration)}</td>
              <td>{tried.answer?.version && showText(tried.answer.version)}</td>
              <td>{showText(inShort(tried), 120)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function inShort({ answer, fault }: Try): string {
  if (!answer) return fault ?? "";
  const { predictions, problem, text } = readAnswer(answer);
  return predictions?.join(", ") ?? problem ?? text;
}
