import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.{ts,tsx}", "webview-ui/**/*.test.{ts,tsx}", "scripts/**/*.test.ts", "test/**/*.test.ts"],
    // These two need a running VS Code and have runners of their own.
    exclude: ["test/host/**", "test/e2e/**", "**/node_modules/**"],
    environment: "node",
    globalSetup: "test/cliBuild.ts",
    pool: "forks",
    // One less by default, which is one of two; and what most files do is wait for the programs that they start.
    maxWorkers: "100%",
    // Machines differ: a limit only ends what hangs, it never judges speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
