/** Charts of runs. */
import "../noEval";
import { createRoot } from "react-dom/client";
import { ChartsPage } from "../charts/ChartsPage";

createRoot(document.getElementById("root")!).render(<ChartsPage />);
