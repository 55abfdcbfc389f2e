/** From a method and a path to a route. */
import { MlflowError } from "./errors";
import type { Route } from "./route";

export interface Found {
  route: Route;
  path: Record<string, string>;
}

export interface Router {
  /** Throws MlflowError ENDPOINT_NOT_FOUND, and INVALID_PARAMETER_VALUE for a path that is wrongly encoded. */
  find(method: string, path: string): Found;
}

/** Routes without variable parts are found at once; of the others the first that fits. */
export function makeRouter(routes: readonly Route[]): Router {
  const fixed = new Map<string, Route>();
  const variable: { route: Route; pattern: RegExp; names: string[] }[] = [];
  for (const route of routes) {
    const names = [...route.path.matchAll(/\{\*?(\w+)\}/g)].map((match) => match[1]!);
    const key = `${route.method} ${route.path}`;
    if (names.length > 0) variable.push({ route, pattern: patternOf(route.path), names });
    else if (fixed.has(key)) throw new Error(`Two routes are called ${key}.`);
    else fixed.set(key, route);
  }
  return {
    find(method, path) {
      const route = fixed.get(`${method} ${path}`);
      if (route) return { route, path: {} };
      for (const { route, pattern, names } of variable) {
        const match = route.method === method ? pattern.exec(path) : null;
        if (match) return { route, path: Object.fromEntries(names.map((name, i) => [name, decode(match[i + 1]!)])) };
      }
      throw new MlflowError("ENDPOINT_NOT_FOUND", `There is no endpoint ${method} ${path.slice(0, 200)} here.`);
    },
  };
}

function patternOf(path: string): RegExp {
  const parts = path.split(/(\{\*?\w+\})/);
  const sources = parts.map((part) => {
    if (part.startsWith("{*")) return "(.*)";
    return part.startsWith("{") ? "([^/]+)" : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${sources.join("")}$`);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new MlflowError("INVALID_PARAMETER_VALUE", `The path is wrongly encoded at ${part.slice(0, 200)}.`);
  }
}
