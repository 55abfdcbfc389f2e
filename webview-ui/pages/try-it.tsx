/** The page on which a deployment is tried. */
import "../noEval";
import { createRoot } from "react-dom/client";
import { TryItPage } from "../try-it/TryItPage";

createRoot(document.getElementById("root")!).render(<TryItPage />);
