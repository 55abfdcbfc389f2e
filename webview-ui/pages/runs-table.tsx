/** The Runs table. */
import "../noEval";
import "../base/base.css";
import "../runs-table/runs-table.css";
import { createRoot } from "react-dom/client";
import { RunsTablePage } from "../runs-table/RunsTablePage";

createRoot(document.getElementById("root")!).render(<RunsTablePage />);
