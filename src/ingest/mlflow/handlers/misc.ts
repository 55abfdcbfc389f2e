/** What a client asks of the server itself. */
import { version } from "../../../../package.json";
import { API_3, get } from "../route";
import { sendText } from "../send";

export const miscRoutes = [
  get("/health", ({ response }) => {
    sendText(response, "OK");
    return null;
  }),
  // Ours: a number of MLflow's from 3.4 on would make clients send spans as OTLP. They ask before nothing else.
  get("/version", ({ response }) => {
    sendText(response, version);
    return null;
  }),
  get(`${API_3}/server-info`, () => ({ store_type: "Modeltrail", workspaces_enabled: false })),
];
