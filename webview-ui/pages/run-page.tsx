/** The page of a run. */
import "../noEval";
import { createRoot } from "react-dom/client";
import { RunPage } from "../run-page/RunPage";

createRoot(document.getElementById("root")!).render(<RunPage />);
