/** Metrics of the machine: which of them belong into one chart. Ours, MLflow's and those imported of W&B are known. */

export interface SystemChart {
  title: string;
  /** "" when it is not known. */
  unit: string;
  /** Whole names of the metrics. */
  keys: string[];
}

const PREFIX = /^system[./]/;

export const isSystemMetric = (key: string): boolean => PREFIX.test(key);

/** What the metric is without what all of them have in common: "cpu_percent". */
export const systemName = (key: string): string => key.replace(PREFIX, "");

const ORDER = ["CPU", "Memory", "GPU", "GPU memory", "GPU power", "GPU temperature", "Disk", "Network"];

/** In the order in which people look for them; what is not known comes last, each in its own chart. */
export function systemCharts(keys: readonly string[]): SystemChart[] {
  const charts = new Map<string, SystemChart>();
  for (const key of keys.filter(isSystemMetric)) {
    const name = systemName(key);
    const [title, unit] = [titleOf(name), unitOf(name)];
    const chart = charts.get(`${title} ${unit}`);
    if (chart) chart.keys.push(key);
    else charts.set(`${title} ${unit}`, { title, unit, keys: [key] });
  }
  const rank = ({ title }: SystemChart) => (ORDER.indexOf(title) + 1 || ORDER.length + 1) - 1;
  return [...charts.values()].sort((a, b) => rank(a) - rank(b) || (a.title + a.unit < b.title + b.unit ? -1 : 1));
}

function titleOf(name: string): string {
  if (/gpu/i.test(name)) {
    if (/mem/i.test(name)) return "GPU memory";
    if (/power/i.test(name)) return "GPU power";
    return /temp/i.test(name) ? "GPU temperature" : "GPU";
  }
  if (/mem|rss|swap/i.test(name)) return "Memory";
  if (/cpu/i.test(name)) return "CPU";
  if (/disk/i.test(name)) return "Disk";
  return /net/i.test(name) ? "Network" : name;
}

function unitOf(name: string): string {
  if (/percent|utili[sz]ation|^(cpu|memory|disk)$|\.gpu$|memoryAllocated$/i.test(name)) return "%";
  // What we sample ourselves is in units of 2^20.
  if (/^(gpu_\d+_)?memory_mb$/.test(name)) return "MiB";
  if (/megabytes|mb$/i.test(name)) return "MB";
  if (/watts/i.test(name)) return "W";
  return /temp/i.test(name) ? "°C" : "";
}
