import { expect, test } from "vitest";
import { runSourceWords } from "./runSource";
import { isSystemMetric, systemCharts } from "./systemMetrics";

test("our own samples, MLflow's and W&B's come together by what they measure", () => {
  const keys = ["gpu_1_percent", "memory_mb", "cpu_percent", "gpu_0_percent", "gpu_0_memory_mb"].map(
    (name) => `system/${name}`,
  );
  expect(systemCharts([...keys, "loss"])).toEqual([
    { title: "CPU", unit: "%", keys: ["system/cpu_percent"] },
    { title: "Memory", unit: "MiB", keys: ["system/memory_mb"] },
    { title: "GPU", unit: "%", keys: ["system/gpu_1_percent", "system/gpu_0_percent"] },
    { title: "GPU memory", unit: "MiB", keys: ["system/gpu_0_memory_mb"] },
  ]);
  const mlflow = ["system_memory_usage_megabytes", "system_memory_usage_percentage", "network_receive_megabytes"];
  expect(systemCharts(mlflow.map((name) => `system/${name}`)).map(({ title, unit }) => `${title} ${unit}`)).toEqual([
    "Memory %",
    "Memory MB",
    "Network MB",
  ]);
  const wandb = ["gpu.0.gpu", "gpu.0.powerWatts", "proc.memory.rssMB", "threads"];
  expect(systemCharts(wandb.map((name) => `system/${name}`)).map(({ title, unit }) => [title, unit])).toEqual([
    ["Memory", "MB"],
    ["GPU", "%"],
    ["GPU power", "W"],
    ["threads", ""],
  ]);
});

test("a metric whose name only begins alike is none of the machine", () => {
  expect(["system/cpu", "system.cpu", "system_loss", "val/system"].filter(isSystemMetric)).toEqual([
    "system/cpu",
    "system.cpu",
  ]);
});

test("who started a run is said in words, as far as they are known", () => {
  expect(["cli", "vscode", "airflow", "constructor"].map(runSourceWords)).toEqual([
    ...["the modeltrail command", "VS Code", "airflow", "constructor"],
  ]);
});
