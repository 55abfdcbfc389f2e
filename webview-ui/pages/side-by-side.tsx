/** Runs side by side. */
import "../noEval";
import { createRoot } from "react-dom/client";
import { SideBySidePage } from "../side-by-side/SideBySidePage";

createRoot(document.getElementById("root")!).render(<SideBySidePage />);
