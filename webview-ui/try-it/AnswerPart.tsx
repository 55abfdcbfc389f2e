import type { Try } from "../../src/protocol/tryIt";
import { showText } from "../base/numbers";
import { readAnswer, statusInWords, timeInWords } from "./answer";

/** What came of the last request. */
export function AnswerPart({ tried }: { tried: Try }) {
  const { answer, fault } = tried;
  if (!answer) {
    return (
      <section aria-labelledby="answer" aria-live="polite">
        <h2 id="answer">No Answer</h2>
        <p className="notice" role="alert">
          {showText(fault ?? "", 2_000)}
        </p>
      </section>
    );
  }
  const { predictions, problem, text } = readAnswer(answer);
  return (
    <section aria-labelledby="answer" aria-live="polite">
      <h2 id="answer">Answer</h2>
      <p className="state">
        <span className={answer.status < 300 ? "status live" : "status bad"}>{statusInWords(answer.status)}</span>
        <span>{timeInWords(answer.duration)}</span>
        {answer.version !== null && <span>version {showText(answer.version)}</span>}
      </p>
      {problem !== null && (
        <p className="notice" role="alert">
          {showText(problem, 2_000)}
        </p>
      )}
      {predictions && (
        <ol className="predictions" start={1} aria-label="Predictions">
          {predictions.map((prediction, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: predictions have no name but their place.
            <li key={at}>{showText(prediction, 500)}</li>
          ))}
        </ol>
      )}
      <details open={!predictions && problem === null}>
        <summary>{answer.cut ? "Body (its beginning)" : "Body"}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard. */}
        <pre tabIndex={0}>{text}</pre>
      </details>
    </section>
  );
}
