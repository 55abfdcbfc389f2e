/** Run With Arguments. */
import "../noEval";
import { createRoot } from "react-dom/client";
import { RunFormPage } from "../run-form/RunFormPage";

createRoot(document.getElementById("root")!).render(<RunFormPage />);
